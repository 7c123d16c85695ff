package resil_test

// A hedged call ends when it is decided, and what is still running then is looked after.

import (
	"context"
	"errors"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	resil "github.com/resilgen/resilgen/runtime"
)

// deaf are attempts that do not listen to their contexts: each goes on until it is let go, and
// returns its number.
type deaf struct {
	mu        sync.Mutex
	contexts  []context.Context
	discarded []int
	letGo     chan error
}

func newDeaf() *deaf { return &deaf{letGo: make(chan error)} }

func (d *deaf) attempt(ctx context.Context) (int, error) {
	d.mu.Lock()
	d.contexts = append(d.contexts, ctx)
	n := len(d.contexts)
	d.mu.Unlock()
	err := <-d.letGo
	return n, err
}

// begun returns the contexts of those that have begun.
func (d *deaf) begun() []context.Context {
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.Clone(d.contexts)
}

func (d *deaf) discard(n int) {
	if n == 0 {
		return // what an attempt returned that has not returned
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.discarded = append(d.discarded, n)
}

// dropped returns, sorted, what has been discarded.
func (d *deaf) dropped() []int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.Sorted(slices.Values(d.discarded))
}

// end lets those go that still run, so many, and holds that all are looked after: their contexts
// have ended, and of the results exactly these are discarded, each once.
func (d *deaf) end(t *testing.T, running int, err error, discarded ...int) {
	t.Helper()
	synctest.Wait()
	for i, ctx := range d.begun() {
		if ctx.Err() == nil {
			t.Errorf("the context of attempt %d lives", i+1)
		}
	}
	for range running {
		select {
		case d.letGo <- err:
		case <-time.After(time.Second):
			t.Errorf("fewer than %d attempts are running", running)
		}
	}
	close(d.letGo)
	synctest.Wait()
	if dropped := d.dropped(); !slices.Equal(dropped, discarded) {
		t.Errorf("discarded %v, want %v", dropped, discarded)
	}
}

// TestHedgesOfDeafAttemptsEndInTime: a hedged call does not wait for attempts whose time is over or
// whose caller has gone.
func TestHedgesOfDeafAttemptsEndInTime(t *testing.T) {
	const s = time.Second
	for _, test := range []struct {
		name, policy string
		caller       time.Duration // when the caller cancels; 0 for never
		took         time.Duration
		attempts     int
		is           error
		failed       int64
	}{
		{"a call timeout", "hedge after=100ms\ntimeout call=1s", 0, s, 2, resil.ErrTimeout, 1},
		{"a call timeout and more hedges", "hedge after=100ms max=5\nretry budget=off\ntimeout call=1s", 0, s, 6, resil.ErrTimeout, 1},
		{"a call timeout before a quantile is known", "hedge after=p95 max=5\nretry budget=off\ntimeout call=1s", 0, s, 1, resil.ErrTimeout, 1},
		{"an attempt timeout", "hedge after=100ms\ntimeout attempt=1s", 0, 1100 * time.Millisecond, 2, resil.ErrTimeout, 1},
		{"both", "hedge after=100ms\ntimeout attempt=1s call=1s", 0, s, 2, resil.ErrTimeout, 1},
		{"an attempt timeout, and retries", "hedge after=100ms\ntimeout attempt=1s\nretry attempts=2 initial=1s jitter=none budget=off", 0, 3200 * time.Millisecond, 4, resil.ErrTimeout, 1},
		{"a call timeout, and retries", "hedge after=100ms\ntimeout attempt=1s call=2s\nretry attempts=9 initial=0 budget=off", 0, 2 * s, 4, resil.ErrTimeout, 1},
		{"the caller", "hedge after=100ms", s, s, 2, context.Canceled, 0},
		{"the caller, before timeouts", "hedge after=100ms\ntimeout attempt=2s call=3s\nretry", s, s, 2, context.Canceled, 0},
		{"the caller, while one is alone", "hedge after=2s", s, s, 1, context.Canceled, 0},
	} {
		for _, late := range []error{nil, errBackend} {
			t.Run(test.name+map[bool]string{true: ", successes", false: ", failures"}[late == nil], func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					g := guard(t, test.policy)
					ctx, cancel := context.WithCancel(t.Context())
					defer cancel()
					if test.caller > 0 {
						time.AfterFunc(test.caller, cancel)
					}
					d, began := newDeaf(), time.Now()
					_, err := resil.Hedged(ctx, g, d.attempt, d.discard)
					if time.Since(began) != test.took || !errors.Is(err, test.is) {
						t.Errorf("%v after %s", err, time.Since(began))
					}
					time.Sleep(time.Hour)
					var all []int
					for n := range test.attempts {
						all = append(all, n+1)
					}
					d.end(t, test.attempts, late, all...)
					if n := len(d.begun()); n != test.attempts {
						t.Errorf("%d attempts", n)
					}
					if m := snapshot(g); m.Calls != 1 || m.Failed != test.failed || m.Neither != 1-test.failed || m.Attempts != int64(test.attempts) {
						t.Errorf("%+v", m)
					}
				})
			})
		}
	}
}

// TestHedgesAfterTheCallTimeout: when the time of a call is over, no further attempt begins.
func TestHedgesAfterTheCallTimeout(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := guard(t, "hedge after=p95 max=3\ntimeout call=1s")
		r := racer{attempt: func(int) (time.Duration, error) { return time.Hour, nil }}
		began := time.Now()
		_, err := resil.Hedged(t.Context(), g, r.call, nil)
		synctest.Wait()
		if m := snapshot(g); r.began.Load() != 1 || m.Hedges != 0 || !errors.Is(err, resil.ErrTimeout) || time.Since(began) != time.Second {
			t.Errorf("%d attempts: %v after %s; %+v", r.began.Load(), err, time.Since(began), m)
		}
	})
}

// TestHedgesTimeOutForTheBreaker: an attempt that its timeout ends is a failure to the breaker,
// whether it listens or not, and whether or not the call is over when it ends.
func TestHedgesTimeOutForTheBreaker(t *testing.T) {
	for _, policy := range []string{"timeout attempt=100ms", "timeout call=100ms", "timeout attempt=100ms call=1s", "timeout attempt=100ms\nretry attempts=2 initial=0 budget=off"} {
		for name, call := range map[string]func(ctx context.Context) (int, error){
			"listening": func(ctx context.Context) (int, error) { <-ctx.Done(); return 0, ctx.Err() },
			"deaf":      func(ctx context.Context) (int, error) { time.Sleep(time.Second); return 0, errBackend },
		} {
			t.Run(name+" "+policy, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					g := guard(t, "hedge after=50ms\nbreaker failures=40 open=1h\n"+policy)
					for range 20 {
						resil.Hedged(t.Context(), g, call, nil)
					}
					time.Sleep(time.Minute)
					if m := snapshot(g); m.Attempts < 40 || m.State != resil.Open {
						t.Errorf("%s after %d attempts", m.State, m.Attempts)
					}
				})
			})
		}
	}
}

// TestHedgesSayWhatAttemptsSaid: what attempts return when their time is over or their caller has
// gone is what the call returns, if it comes at once. On one processor: the runtime, which answers
// for attempts that are deaf, yields so that others answer first, and only there does that mean
// that they run; on several, one may still be waking up on another.
func TestHedgesSayWhatAttemptsSaid(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	for _, policy := range []string{"hedge after=500ms\ntimeout call=1s", "hedge after=500ms\ntimeout attempt=1s", "hedge after=500ms"} {
		t.Run(policy, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				g := guard(t, policy)
				other := 0
				for range 50 {
					ctx, cancel := context.WithCancel(t.Context())
					if policy == "hedge after=500ms" {
						time.AfterFunc(time.Second, cancel)
					}
					n, err := resil.Hedged(ctx, g, func(ctx context.Context) (int, error) { <-ctx.Done(); return 7, errBackend }, nil)
					if n != 7 || !errors.Is(err, errBackend) {
						other++
					}
					cancel()
				}
				if other > 0 {
					t.Errorf("%d of 50 calls returned something else", other)
				}
			})
		})
	}
}

// TestHedgesDiscardResults: what is discarded is what attempts have returned, and nothing else.
func TestHedgesDiscardResults(t *testing.T) {
	for name, test := range map[string]struct {
		policy string
		call   func(ctx context.Context) (*stream, error)
	}{
		"timed out":        {"hedge after=100ms\ntimeout call=1s", func(ctx context.Context) (*stream, error) { time.Sleep(time.Hour); return &stream{}, nil }},
		"panicked":         {"hedge after=100ms", func(ctx context.Context) (*stream, error) { time.Sleep(time.Second); panic("boom") }},
		"rejected":         {"hedge after=100ms\nbulkhead max=1", func(ctx context.Context) (*stream, error) { time.Sleep(time.Second); return &stream{}, nil }},
		"rejected at last": {"hedge after=100ms\nbulkhead max=1\nretry attempts=2 initial=0 budget=off", func(ctx context.Context) (*stream, error) { time.Sleep(time.Second); return &stream{}, errBackend }},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				g := guard(t, test.policy)
				survive(func() {
					resil.Hedged(t.Context(), g, test.call, func(s *stream) {
						if s == nil {
							t.Error("a result was discarded that no attempt returned")
						}
					})
				})
				time.Sleep(2 * time.Hour)
			})
		})
	}
}

// TestHedgesLookAfterLosers: when one has won, the others' contexts are cancelled, and what they
// return is discarded, each once; none of it is counted twice.
func TestHedgesLookAfterLosers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := guard(t, "hedge after=100ms max=3\nbreaker failures=1\nretry budget=off")
		d := newDeaf()
		time.AfterFunc(time.Second, func() { d.letGo <- nil })
		won, err := resil.Hedged(t.Context(), g, d.attempt, d.discard)
		if err != nil {
			t.Fatal(err)
		}
		lost := slices.DeleteFunc([]int{1, 2, 3, 4}, func(n int) bool { return n == won })
		d.end(t, 3, nil, lost...)
		if m := snapshot(g); m.Calls != 1 || m.Succeeded != 1 || m.Attempts != 4 || m.Hedges != 3 || m.State != resil.Closed {
			t.Errorf("%+v", m)
		}
	})
}

// TestHedgesThatPanic: a panic leaves no context alive, and the results of the others are
// discarded; what panics when nobody waits any more ends nothing.
func TestHedgesThatPanic(t *testing.T) {
	for name, thrown := range map[string]func(){"panic": func() { panic("boom") }, "Goexit": runtime.Goexit} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				g := guard(t, "hedge after=100ms max=2\nretry budget=off\ntimeout attempt=1m call=1h\nbreaker failures=1 probes=1")
				d := newDeaf()
				var begun atomic.Int64
				survive(func() {
					resil.Hedged(t.Context(), g, func(ctx context.Context) (int, error) {
						if begun.Add(1) == 1 {
							d.mu.Lock()
							d.contexts = append(d.contexts, ctx)
							d.mu.Unlock()
							time.Sleep(time.Second)
							thrown()
						}
						return d.attempt(ctx)
					}, d.discard)
				})
				d.end(t, 2, nil, 2, 3)
				m := snapshot(g)
				want := map[string][2]int64{"panic": {1, 0}, "Goexit": {0, 1}}[name]
				if m.Calls != 1 || m.Failed != want[0] || m.Neither != want[1] || m.Attempts != 3 || (m.State == resil.Open) != (name == "panic") {
					t.Errorf("%+v", m)
				}
			})
		})
	}
	t.Run("losers", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			g := guard(t, "hedge after=100ms max=2\nretry budget=off")
			d := newDeaf()
			var begun atomic.Int64
			won, err := resil.Hedged(t.Context(), g, func(ctx context.Context) (int, error) {
				switch begun.Add(1) {
				case 1:
					<-ctx.Done()
					panic("boom")
				case 2:
					<-ctx.Done()
					time.Sleep(time.Second)
					return 2, nil
				}
				return 3, nil
			}, func(n int) {
				if n == 2 {
					d.discard(n)
					panic("Close panicked")
				}
			})
			time.Sleep(time.Minute)
			if dropped := d.dropped(); won != 3 || err != nil || !slices.Equal(dropped, []int{2}) || g.Client().Snapshot().DiscardPanics != 1 {
				t.Errorf("%d, %v; discarded %v", won, err, dropped)
			}
		})
	})
}

// TestHedgesThatCannotBeJudged: a predicate that panics while other attempts run is the caller's,
// and those that run are looked after.
func TestHedgesThatCannotBeJudged(t *testing.T) {
	for _, where := range []string{"on", "never", "the error"} {
		t.Run(where, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := parse(t, "hedge after=100ms max=1\nretry budget=off")
				var failure error = errBackend
				switch where {
				case "on":
					p.Retry.On = boom
				case "never":
					p.Retry.Never = boom
				case "the error":
					failure = explosive{}
				}
				g := resil.New("test.Client", t).Guard("Method", p)
				d := newDeaf()
				var begun atomic.Int64
				func() {
					defer func() {
						if thrown := recover(); thrown == nil {
							t.Error("no panic")
						}
					}()
					resil.Hedged(t.Context(), g, func(ctx context.Context) (int, error) {
						if begun.Add(1) == 1 {
							time.Sleep(time.Second)
							return 17, failure
						}
						return d.attempt(ctx)
					}, d.discard)
				}()
				d.end(t, 1, nil, 1, 17)
				if m := snapshot(g); m.Calls != 1 || m.Failed != 1 || m.Attempts != 2 {
					t.Errorf("%+v", m)
				}
			})
		})
	}
}

// explosive is an error whose hint panics.
type explosive struct{}

func (explosive) Error() string             { return "explosive" }
func (explosive) RetryAfter() time.Duration { panic("boom") }

// TestHedgesWaitAsTheyAreTold: no further attempt begins before the time that a failed one asked
// for, whatever happens meanwhile; capped by hint=, and by its default where there is no retry.
func TestHedgesWaitAsTheyAreTold(t *testing.T) {
	const ms = time.Millisecond
	asks := resil.RetryAfter(errBackend, 10*time.Second)
	for _, test := range []struct {
		name, policy string
		attempts     func(n int) (time.Duration, error)
		began        []time.Duration
	}{
		{"beside one that runs", "hedge after=100ms max=2", func(n int) (time.Duration, error) {
			return []time.Duration{time.Minute, 0, time.Minute}[n-1], []error{nil, asks, nil}[n-1]
		}, []time.Duration{0, 100 * ms, 10100 * ms}},
		{"no longer than hint=", "hedge after=100ms max=2\nretry budget=off hint=3s", func(n int) (time.Duration, error) {
			return []time.Duration{time.Minute, 0, time.Minute}[n-1], []error{nil, asks, nil}[n-1]
		}, []time.Duration{0, 100 * ms, 3100 * ms}},
		{"hints that are ignored", "hedge after=100ms max=2\nretry budget=off hint=off", func(n int) (time.Duration, error) {
			return []time.Duration{time.Minute, 0, time.Minute}[n-1], []error{nil, asks, nil}[n-1]
		}, []time.Duration{0, 100 * ms, 100 * ms}},
		{"alone", "hedge after=100ms max=2", func(n int) (time.Duration, error) { return 0, asks }, []time.Duration{0}},
		{"alone, with a retry", "hedge after=100ms max=2\nretry attempts=2 initial=0 budget=off", func(n int) (time.Duration, error) { return 0, asks },
			[]time.Duration{0, 10 * time.Second}},
		{"another fails without asking", "hedge after=100ms max=3\nretry attempts=2 budget=off", func(n int) (time.Duration, error) {
			return []time.Duration{time.Minute, 150 * ms, 1000 * ms, time.Minute}[n-1], []error{nil, asks, errBackend, nil}[n-1]
		}, []time.Duration{0, 100 * ms, 200 * ms, 10250 * ms}},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				g := guard(t, test.policy)
				r := racer{attempt: test.attempts}
				start := time.Now()
				var mu sync.Mutex
				var began []time.Duration
				resil.Hedged(t.Context(), g, func(ctx context.Context) (int, error) {
					mu.Lock()
					began = append(began, time.Since(start))
					mu.Unlock()
					return r.call(ctx)
				}, nil)
				mu.Lock() // the call does not wait for losers
				defer mu.Unlock()
				if !slices.Equal(began, test.began) {
					t.Errorf("began at %v, want %v", began, test.began)
				}
			})
		})
	}
}

// TestHedgesCountForTheBudget: each call of a method that hedges counts once, whether it succeeds
// or fails and whether or not there is a retry, so that hedges are a share of all.
func TestHedgesCountForTheBudget(t *testing.T) {
	for _, retry := range []string{"", "\nretry attempts=2 initial=0 budget=20% floor=0/s"} {
		for _, end := range []error{nil, errBackend} {
			synctest.Test(t, func(t *testing.T) {
				c := resil.New("test.Client", t)
				c.Guard("Other", parse(t, "retry attempts=2 budget=20% floor=0/s"))
				g := c.Guard("Method", parse(t, "hedge after=1ms max=1"+retry))
				for range 1000 {
					resil.Hedged(t.Context(), g, func(context.Context) (int, error) { time.Sleep(2 * time.Millisecond); return 0, end }, nil)
					time.Sleep(time.Millisecond)
				}
				m := c.Snapshot().Methods[1]
				if got := m.Hedges + m.Retries; got < 199 || got > 201 {
					t.Errorf("%q and %v: %d hedges and %d retries of 1000 calls", retry, end, m.Hedges, m.Retries)
				}
			})
		}
	}
}

// TestHedgesThroughReloads: calls under way hedge or do not as their policy says, and those that
// begin go by the new one.
func TestHedgesThroughReloads(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newReloading(t, methods(t, "Method", "hedge after=1s max=2\nretry budget=off\nbreaker failures=5"))
		g := r.Method("Method")
		call := func() (attempts *atomic.Int64, done *sync.WaitGroup) {
			attempts, done = new(atomic.Int64), new(sync.WaitGroup)
			done.Go(func() {
				resil.Hedged(t.Context(), g, func(context.Context) (int, error) {
					attempts.Add(1)
					time.Sleep(10 * time.Second)
					return 1, nil
				}, nil)
			})
			synctest.Wait()
			return attempts, done
		}
		before, ended := call()
		time.Sleep(1500 * time.Millisecond)
		r.reload(t, `"hedge": "off", "breaker": {"scope": "client"}`)
		after, endedToo := call()
		ended.Wait()
		endedToo.Wait()
		if before.Load() != 3 || after.Load() != 1 {
			t.Errorf("%d attempts of the call under way, %d of the next", before.Load(), after.Load())
		}
		r.reload(t, "")
		if again, ended := call(); true {
			ended.Wait()
			if again.Load() != 3 {
				t.Errorf("%d attempts when hedges are back", again.Load())
			}
		}
		time.Sleep(time.Minute)
		if m := snapshot(g); m.Calls != 3 || m.Succeeded != 3 || m.Attempts != 7 || m.Hedges != 4 {
			t.Errorf("%+v", m)
		}
	})
}
