package resil_test

// An open breaker promises when it will let calls through.

import (
	"context"
	"errors"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	resil "github.com/resilgen/resilgen/runtime"
)

// waitsForOpen is a policy whose retry waits for an open breaker.
func waitsForOpen(t *testing.T, policy string) resil.Policy {
	t.Helper()
	p := parse(t, policy)
	p.Retry.On = []resil.Match{resil.MatchError("resil.ErrOpen", resil.ErrOpen)}
	return p
}

func patient(t *testing.T, policy string, opts ...resil.Option) *resil.Guard {
	t.Helper()
	return resil.New("test.Client", t, opts...).Guard("Method", waitsForOpen(t, policy))
}

// rejection makes a call that is rejected, and returns its error.
func rejection(t *testing.T, g *resil.Guard) *resil.OpenError {
	t.Helper()
	open, ok := errors.AsType[*resil.OpenError](g.Do(context.Background(), outcome("S")))
	if !ok {
		t.Fatal("not rejected")
	}
	return open
}

// TestOpenTimeIsOverForEverybody: whoever waits for exactly as long as he was told finds the
// breaker half-open, by the clock of the machine too.
func TestOpenTimeIsOverForEverybody(t *testing.T) {
	const tries = 50
	for _, open := range []string{"1ms", "5ms", "1010ms"} { // the last by the way of a timer that wakes a second before
		t.Run(open, func(t *testing.T) {
			t.Parallel()
			var all sync.WaitGroup
			for range tries {
				all.Go(func() {
					g := guard(t, "breaker failures=1 probes=10 open="+open)
					g.Do(context.Background(), outcome("F"))
					var callers sync.WaitGroup
					for range 10 {
						callers.Go(func() {
							var rejected *resil.OpenError
							if !errors.As(g.Do(context.Background(), outcome("S")), &rejected) {
								return // its time was over before this one came
							}
							time.Sleep(rejected.RetryAfter())
							if err := g.Do(context.Background(), outcome("S")); err != nil {
								t.Errorf("after exactly as long as it was told: %v", err)
							}
						})
					}
					callers.Wait()
				})
			}
			all.Wait()
		})
	}
}

// TestOpenTimeIsOverToTheNanosecond: not before the time that the error names, and not after.
func TestOpenTimeIsOverToTheNanosecond(t *testing.T) {
	for _, open := range []string{"2ns", "10ns", "1ms", "1s", "1s1ns", "1001ms", "1h"} {
		synctest.Test(t, func(t *testing.T) {
			g := guard(t, "breaker failures=1 probes=1 open="+open)
			play(t, g, "F open")
			e := rejection(t, g)
			d, _ := time.ParseDuration(open)
			if e.RetryAfter() != d || g.TimeLeft() != d || time.Until(e.Until) != d {
				t.Errorf("open=%s: %s, %s, %s left", open, e.RetryAfter(), g.TimeLeft(), time.Until(e.Until))
			}
			time.Sleep(d - 1)
			play(t, g, "open R 1ns half-open S closed")
		})
	}
}

// TestRetryWaitsForTheOpenBreaker: the second of two attempts is let through, by the clock of the
// machine too.
func TestRetryWaitsForTheOpenBreaker(t *testing.T) {
	var calls sync.WaitGroup
	for range 50 {
		calls.Go(func() {
			g := patient(t, "retry attempts=2 initial=0 budget=off\nbreaker failures=1 open=5ms probes=1")
			g.Do(context.Background(), outcome("F"))
			if err := g.Do(context.Background(), outcome("S")); err != nil {
				t.Error(err)
			}
		})
	}
	calls.Wait()
}

// A probing is a breaker with a probe under way, and callers that wait beside it.
type probing struct {
	*resil.Guard
	end   func(error) // of the probe
	leave func()      // the probe's caller goes away
	calls sync.WaitGroup
	mu    sync.Mutex
	let   []time.Duration // when callers were let through, counted from the opening
	errs  []error         // of the others
}

// probed opens the guard's breaker, which opens by one failure and probes by one attempt, and lets
// so many callers wait beside the probe.
func probed(t *testing.T, g *resil.Guard, callers int) *probing {
	t.Helper()
	p := &probing{Guard: g}
	opened := time.Now()
	g.Do(t.Context(), outcome("F"))
	time.Sleep(g.TimeLeft())
	var ctx context.Context
	ctx, p.leave = context.WithCancel(t.Context())
	answer := make(chan error, 1)
	p.end = func(err error) { answer <- err }
	go g.Do(ctx, func(ctx context.Context) error {
		select {
		case err := <-answer:
			return err
		case <-ctx.Done():
			return ctx.Err()
		}
	})
	synctest.Wait()
	for range callers {
		p.calls.Go(func() {
			let := time.Duration(-1)
			err := g.Do(t.Context(), func(context.Context) error { let = time.Since(opened); return nil })
			p.mu.Lock()
			defer p.mu.Unlock()
			if err != nil {
				p.errs = append(p.errs, err)
			} else {
				p.let = append(p.let, let)
			}
		})
	}
	synctest.Wait()
	return p
}

// spread reports whether callers were let through from one time to another, and hardly two at once.
func spread(let []time.Duration, from, to time.Duration) bool {
	slices.Sort(let)
	distinct := len(slices.Compact(slices.Clone(let)))
	return let[0] >= from && let[len(let)-1] <= to && distinct > len(let)*9/10
}

const besideProbe = "retry attempts=2 initial=100ms budget=off\nbreaker failures=1 open=10s probes=1"

// TestWaitingBesideAProbe: who waits beside a probe goes on when that is decided, and then waits a
// spread initial=, so that not all come at once. No try is spent on what happens meanwhile.
func TestWaitingBesideAProbe(t *testing.T) {
	const s = time.Second
	for _, test := range []struct {
		name   string
		change func(t *testing.T, r *reloading, p *probing) // a second after the probe began
		from   time.Duration                                // when they go on, counted from the opening
	}{
		{"it succeeds", func(_ *testing.T, _ *reloading, p *probing) { p.end(nil) }, 11 * s},
		{"it fails", func(_ *testing.T, _ *reloading, p *probing) { p.end(errBackend) }, 21 * s},
		{"its caller goes away", func(_ *testing.T, _ *reloading, p *probing) { p.leave() }, 11 * s},
		{"it hangs", func(*testing.T, *reloading, *probing) {}, 20 * s},
		{"reset", func(_ *testing.T, _ *reloading, p *probing) { p.Reset() }, 11 * s},
		{"forced closed", func(_ *testing.T, _ *reloading, p *probing) { p.ForceClosed() }, 11 * s},
		{"forced open and closed", func(_ *testing.T, _ *reloading, p *probing) { p.ForceOpen(); p.ForceClosed() }, 11 * s},
		{"switched off", func(t *testing.T, r *reloading, _ *probing) { r.reload(t, `"breaker": "off"`) }, 11 * s},
		{"another scope", func(t *testing.T, r *reloading, _ *probing) { r.reload(t, `"breaker": {"scope": "client"}`) }, 11 * s},
		{"a shorter lease", func(t *testing.T, r *reloading, _ *probing) { r.reload(t, `"breaker": {"open": "3s"}`) }, 13 * s},
		{"a longer lease", func(t *testing.T, r *reloading, _ *probing) { r.reload(t, `"breaker": {"open": "30s"}`) }, 40 * s},
		{"a lease that is over", func(t *testing.T, r *reloading, _ *probing) { r.reload(t, `"breaker": {"open": "1ms"}`) }, 11 * s},
		{"nothing that matters", func(t *testing.T, r *reloading, p *probing) {
			r.reload(t, `"timeout": {"call": "1h"}, "retry": {"initial": "1h", "max": "1h"}`)
			p.end(nil)
		}, 11 * s},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := newReloading(t, func(c *resil.Client) { c.Guard("Method", waitsForOpen(t, besideProbe)) })
				p := probed(t, r.Method("Method"), 50)
				time.Sleep(s)
				test.change(t, r, p)
				p.calls.Wait()
				p.leave()
				if len(p.errs) > 0 {
					t.Fatalf("%d of 50 failed: %v", len(p.errs), p.errs[0])
				}
				if !spread(p.let, test.from, test.from+s/10) {
					t.Errorf("let through at %v", p.let)
				}
			})
		})
	}
}

// TestWaitingForWhatIsForcedOpen: nobody waits for an operator; the tries that are left are spent.
func TestWaitingForWhatIsForcedOpen(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := probed(t, patient(t, besideProbe), 50)
		began := time.Now()
		p.ForceOpen()
		p.calls.Wait()
		p.leave()
		if took := time.Since(began); len(p.errs) != 50 || took > 100*time.Millisecond {
			t.Errorf("%d rejected after %s", len(p.errs), took)
		}
		for _, err := range p.errs {
			if e, ok := errors.AsType[*resil.OpenError](err); !ok || !e.Until.IsZero() || e.Cause != nil {
				t.Errorf("%v", err)
			}
		}
	})
}

// TestWaitingForTheOpenTime: who waits for the open time to end is spread as well.
func TestWaitingForTheOpenTime(t *testing.T) {
	for _, test := range []struct {
		change   string
		from, to time.Duration
	}{
		{``, 10 * time.Second, 10100 * time.Millisecond},
		{`"breaker": {"open": "5s"}`, 5 * time.Second, 5100 * time.Millisecond},
		{`"breaker": {"open": "1ms"}`, time.Second, 1100 * time.Millisecond},
		{`"breaker": {"open": "1h"}`, time.Hour, time.Hour + 100*time.Millisecond},
		{`"breaker": "off"`, time.Second, 1100 * time.Millisecond},
	} {
		t.Run(test.change, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := newReloading(t, func(c *resil.Client) { c.Guard("Method", waitsForOpen(t, besideProbe)) })
				g := r.Method("Method")
				began := time.Now()
				play(t, g, "F open")
				var calls sync.WaitGroup
				var mu sync.Mutex
				var let []time.Duration
				for range 50 {
					calls.Go(func() {
						if err := g.Do(t.Context(), func(context.Context) error {
							mu.Lock()
							defer mu.Unlock()
							let = append(let, time.Since(began))
							return nil
						}); err != nil {
							t.Error(err)
						}
					})
				}
				time.Sleep(time.Second)
				r.reload(t, test.change)
				calls.Wait()
				if len(let) == 0 || !spread(let, test.from, test.to) {
					t.Errorf("let through at %v", let)
				}
			})
		})
	}
}

// TestWaitingNoLongerThanTheCall: the caller's context and the call timeout end the waiting beside
// a probe. For the open time, which is known, nobody begins to wait who has not so much time.
func TestWaitingNoLongerThanTheCall(t *testing.T) {
	const limit = 3 * time.Second
	deadline := func(ctx context.Context) (context.Context, context.CancelFunc) {
		return context.WithTimeout(ctx, limit)
	}
	leaves := func(ctx context.Context) (context.Context, context.CancelFunc) {
		ctx, cancel := context.WithCancel(ctx)
		time.AfterFunc(limit, cancel)
		return ctx, cancel
	}
	for _, test := range []struct {
		name, policy string
		caller       func(context.Context) (context.Context, context.CancelFunc)
		waits        time.Duration // for the open time
	}{
		{"a call timeout", "\ntimeout call=3s", context.WithCancel, 0},
		{"the caller's deadline", "", deadline, 0},
		{"a caller that goes away", "", leaves, limit},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				g := patient(t, "retry attempts=3 initial=0 budget=off\nbreaker failures=1 open=10s probes=1"+test.policy)
				call := func(what string, want time.Duration) {
					t.Helper()
					ctx, cancel := test.caller(t.Context())
					defer cancel()
					began := time.Now()
					if err := g.Do(ctx, outcome("S")); !errors.Is(err, resil.ErrOpen) || time.Since(began) != want {
						t.Errorf("%s: %v after %s, want %s", what, err, time.Since(began), want)
					}
				}
				play(t, g, "F open")
				call("open", test.waits)
				time.Sleep(g.TimeLeft())
				end := underWay(t, g)
				call("beside a probe", limit)
				end(nil)
			})
		})
	}
}

// TestErrorsOfLastTriesThatWereRejected: the error is all that happened: that there are no tries
// left, how the last was rejected, and what the last attempt failed with.
func TestErrorsOfLastTriesThatWereRejected(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := waitsForOpen(t, "retry attempts=3 initial=0 budget=off\nbreaker failures=1 open=10s probes=1")
		p.Retry.On = append(p.Retry.On, resil.MatchError("errBackend", errBackend))
		g := resil.New("test.Client", t).Guard("Method", p)
		b := backend{next: func(context.Context, int) error { g.ForceOpen(); return errBackend }}
		err := g.Do(t.Context(), b.call)
		e, ok := errors.AsType[*resil.Error](err)
		if !ok || e.Reason != resil.ErrAttempts || e.Err != errBackend || e.Attempts != 1 || b.calls != 1 {
			t.Errorf("%#v after %d calls", err, b.calls)
		}
		for _, is := range []error{resil.ErrAttempts, resil.ErrOpen, errBackend} {
			if !errors.Is(err, is) {
				t.Errorf("%v is not %v", err, is)
			}
		}
		if _, ok := errors.AsType[*resil.OpenError](err); !ok {
			t.Errorf("%v does not hold the rejection", err)
		}
	})
}

// TestErrorsOfLastTriesThatALimitRejected is the same for a rate limit and a bulkhead.
func TestErrorsOfLastTriesThatALimitRejected(t *testing.T) {
	for policy, rejected := range map[string]error{"ratelimit rate=0.1/s burst=1": resil.ErrRateLimited, "bulkhead max=1 scope=client": resil.ErrBulkheadFull} {
		synctest.Test(t, func(t *testing.T) {
			p := parse(t, "retry attempts=3 initial=1s jitter=none budget=off\n"+policy)
			p.Retry.On = []resil.Match{resil.MatchError("rejected", rejected), resil.MatchError("errBackend", errBackend)}
			c := resil.New("test.Client", t)
			g, busy := c.Guard("Method", p), c.Guard("Busy", parse(t, "bulkhead max=1 scope=client"))
			time.AfterFunc(time.Second/2, func() {
				busy.Do(context.Background(), func(context.Context) error { time.Sleep(time.Hour); return nil })
			})
			b := backend{next: always(errBackend, 0)}
			err := g.Do(t.Context(), b.call)
			if b.calls != 1 || !errors.Is(err, resil.ErrAttempts) || !errors.Is(err, rejected) || !errors.Is(err, errBackend) {
				t.Errorf("%v after %d calls", err, b.calls)
			}
			time.Sleep(2 * time.Hour)
		})
	}
}

// openings opens the guard's breaker again and again, and returns how long it was open each time:
// as its error says, which must be what everybody else says, and what happens.
func openings(t *testing.T, g *resil.Guard, n int) (list []time.Duration) {
	t.Helper()
	for range n {
		g.Reset()
		list = append(list, openTime(t, g))
	}
	return list
}

// openTime opens the guard's breaker, be it closed or half-open, and returns for how long.
func openTime(t *testing.T, g *resil.Guard) time.Duration {
	t.Helper()
	play(t, g, "F open")
	e := rejection(t, g)
	d := e.RetryAfter()
	if left := g.TimeLeft(); d != left || !e.Until.Equal(time.Now().Add(d)) || snapshot(g).TimeLeft != d {
		t.Errorf("%s, %s, %s and %s left", d, left, time.Until(e.Until), snapshot(g).TimeLeft)
	}
	time.Sleep(d - 1)
	play(t, g, "open R")
	if left := g.TimeLeft(); left != 1 {
		t.Errorf("%s left", left)
	}
	time.Sleep(time.Nanosecond)
	if left := g.TimeLeft(); left != 0 || g.State() != resil.HalfOpen {
		t.Errorf("%s with %s left", g.State(), left)
	}
	return d
}

// TestOpenTimesVary: with jitter= open times lie evenly in what it allows, and none is exactly
// open=.
func TestOpenTimesVary(t *testing.T) {
	for jitter, lowest := range map[float64]time.Duration{0.1: 9 * time.Second, 0.5: 5 * time.Second, 1: 0} {
		synctest.Test(t, func(t *testing.T) {
			p := parse(t, "breaker failures=1 open=10s probes=1")
			p.Breaker.Jitter = jitter
			const longest, n = 10 * time.Second, 1000
			list := openings(t, resil.New("test.Client", t, resil.WithRandSource(rand.NewPCG(1, 2))).Guard("Method", p), n)
			tenths := map[int64]int{}
			for _, d := range list {
				if d < lowest || d >= longest {
					t.Fatalf("%g: open for %s", jitter, d)
				}
				tenths[int64(10*(d-lowest)/(longest-lowest))]++
			}
			for tenth, found := range tenths {
				if len(tenths) != 10 || found < n/10-40 || found > n/10+40 { // more than four standard deviations
					t.Errorf("%g: %d in tenth %d of %d", jitter, found, tenth, len(tenths))
				}
			}
		})
	}
}

// TestOpenTimesOfManyClientsVary: clients that open in one instant do not come back in one.
func TestOpenTimesOfManyClientsVary(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p, _ := resil.ParsePolicy("breaker failures=1 open=10s")
		times := map[time.Duration]bool{}
		for range 100 {
			g := resil.New("test.Client", t).Guard("Method", p)
			play(t, g, "F open")
			times[g.TimeLeft()] = true
		}
		if len(times) < 95 || times[10*time.Second] {
			t.Errorf("%d open times of 100 clients", len(times))
		}
	})
}

// TestOpenTimesGrow: each half-open state that fails doubles the next open time, up to maxopen=;
// one that succeeds, or a reset, begins anew. A longer or shorter maxopen= acts at once.
func TestOpenTimesGrow(t *testing.T) {
	const s = time.Second
	synctest.Test(t, func(t *testing.T) {
		r := newReloading(t, methods(t, "Method", "breaker failures=1 open=1s maxopen=5s probes=2"))
		g := r.Method("Method")
		expect := func(what string, want ...time.Duration) {
			t.Helper()
			var got []time.Duration
			for range want {
				got = append(got, openTime(t, g))
			}
			if !slices.Equal(got, want) {
				t.Errorf("%s: open for %v, want %v", what, got, want)
			}
		}
		expect("from closed", s, 2*s, 4*s, 5*s, 5*s, 5*s)
		play(t, g, "S half-open S closed")
		expect("closed in between", s, 2*s)
		play(t, g, "S half-open")
		expect("half closed", 4*s)
		g.Reset()
		expect("after a reset", s, 2*s, 4*s)
		r.reload(t, `"breaker": {"maxopen": "1h"}`)
		expect("a longer maxopen", 8*s, 16*s)
		play(t, g, "F open")
		if left := g.TimeLeft(); left != 32*s {
			t.Errorf("%s left", left)
		}
		r.reload(t, `"breaker": {"maxopen": "20s"}`)
		if left := g.TimeLeft(); left != 20*s {
			t.Errorf("%s left when maxopen is 20s", left)
		}
		play(t, g, "19999ms open R 1ms half-open")
		expect("a shorter maxopen", 20*s)
		r.reload(t, `"breaker": {"open": "3s", "maxopen": "3s"}`)
		expect("no growth", 3*s, 3*s)
	})
}

// TestOpenTimesGrowWithJitter: the jitter is of the time that has grown, and never makes it longer.
func TestOpenTimesGrowWithJitter(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := parse(t, "breaker failures=1 open=1s maxopen=1m probes=1")
		p.Breaker.Jitter = 0.2
		g := resil.New("test.Client", t).Guard("Method", p)
		for n, full := range []time.Duration{1, 2, 4, 8, 16, 32, 60, 60, 60} {
			if d := openTime(t, g); d > full*time.Second || d < full*time.Second*8/10 {
				t.Errorf("%d: open for %s", n, d)
			}
		}
	})
}

// TestOpenTimesThatCannotGrowForEver: a dead host's breaker does not overflow.
func TestOpenTimesThatCannotGrowForEver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := guard(t, "breaker failures=1 open=1h maxopen=10000h probes=1")
		for range 100 {
			if d := openTime(t, g); d < time.Hour || d > 10000*time.Hour {
				t.Fatalf("open for %s", d)
			}
		}
	})
}

// TestSeededOpenTimes: the same source of numbers brings the same waits and open times.
func TestSeededOpenTimes(t *testing.T) {
	play := func(seed uint64) (all []time.Duration) {
		synctest.Test(t, func(t *testing.T) {
			var seen record
			p := waitsForOpen(t, "retry attempts=6 initial=1s budget=off\nbreaker failures=2 open=10s maxopen=1m probes=1")
			p.Breaker.Jitter = 0.5
			p.Retry.On = append(p.Retry.On, resil.MatchError("errBackend", errBackend))
			c := resil.New("test.Client", t, resil.WithRandSource(rand.NewPCG(seed, 0)), resil.WithObserver(&seen))
			g := c.Guard("Method", p)
			for range 3 {
				g.Do(t.Context(), outcome("F"))
				all = append(all, g.TimeLeft())
			}
			flush(t, c)
			for _, e := range seen.events {
				all = append(all, e.Wait, time.Duration(e.Time.UnixNano()))
			}
		})
		return all
	}
	if first, again, other := play(1), play(1), play(2); !slices.Equal(first, again) || slices.Equal(first, other) {
		t.Errorf("by the same numbers\n%v and\n%v, by others\n%v", first, again, other)
	}
}
