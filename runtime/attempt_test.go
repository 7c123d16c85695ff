package resil_test

// What the breaker and the counters make of attempts, whatever the user's code does.

import (
	"context"
	"errors"
	"runtime"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	resil "github.com/resilgen/resilgen/runtime"
)

// TestSlowIsTheOtherSide: the time that an attempt waits for our own limits is not the other
// side's.
func TestSlowIsTheOtherSide(t *testing.T) {
	const slow = "\nbreaker failures=100% slow=1s slowcalls=10% min=2 window=1m open=1h"
	for _, policy := range []string{"bulkhead max=1 wait=1m", "ratelimit rate=0.5/s burst=1 wait=1m", "ratelimit rate=0.5/s burst=1 wait=1m\nbulkhead max=1 wait=1m"} {
		for _, test := range []struct {
			takes time.Duration
			want  resil.State
		}{{400 * time.Millisecond, resil.Closed}, {time.Second, resil.Open}} {
			synctest.Test(t, func(t *testing.T) {
				g := guard(t, policy+slow)
				var calls sync.WaitGroup
				for range 10 {
					calls.Go(func() { g.Do(t.Context(), func(context.Context) error { time.Sleep(test.takes); return nil }) })
				}
				calls.Wait()
				if m := snapshot(g); m.State != test.want || test.want == resil.Closed && m.Succeeded != 10 {
					t.Errorf("%s, attempts of %s: %+v", policy, test.takes, m)
				}
			})
		}
	}
}

// TestProbesThatWaitForRoom: a probe that waits in our own bulkhead is not slow either.
func TestProbesThatWaitForRoom(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := resil.New("test.Client", t)
		g := c.Guard("Method", parse(t, "bulkhead max=1 wait=1m scope=client\nbreaker failures=100% slow=1s slowcalls=100% min=1 window=1m open=1m probes=1"))
		busy := c.Guard("Busy", parse(t, "bulkhead max=1 scope=client"))
		play(t, g, "F open 1m half-open")
		go busy.Do(t.Context(), func(context.Context) error { time.Sleep(10 * time.Second); return nil })
		synctest.Wait()
		play(t, g, "S closed")
	})
}

// TestHintsOfNestedClients: what the breaker of a client further in says of its open time is a hint
// like others, and so capped by hint=; the breaker of the method itself is waited for.
func TestHintsOfNestedClients(t *testing.T) {
	for hint, want := range map[string]time.Duration{"30s": 30 * time.Second, "1h": 5 * time.Minute, "off": time.Second} {
		synctest.Test(t, func(t *testing.T) {
			inner := guard(t, "breaker failures=1 open=5m probes=1")
			play(t, inner, "F open")
			outer := patient(t, "retry attempts=2 initial=1s jitter=none budget=off hint="+hint+"\nbreaker failures=9")
			began := time.Now()
			err := outer.Do(t.Context(), func(ctx context.Context) error { return inner.Do(ctx, outcome("S")) })
			if took := time.Since(began); took != want || errors.Is(err, resil.ErrOpen) != (want < 5*time.Minute) {
				t.Errorf("hint=%s: %v after %s", hint, err, took)
			}
		})
	}
}

// boom is a predicate that panics when it is asked of a failure of the backend.
var boom = []resil.Match{resil.MatchFunc("boom", func(err error) bool {
	if err == errBackend {
		panic("boom")
	}
	return false
})}

// TestPredicatesThatPanic: the panic reaches the caller; the call is counted, once; to the breaker
// the attempt has failed, and a probe's slot is free.
func TestPredicatesThatPanic(t *testing.T) {
	for name, set := range map[string]func(*resil.Policy){
		"retry on":       func(p *resil.Policy) { p.Retry.On = boom },
		"retry never":    func(p *resil.Policy) { p.Retry.Never = boom },
		"breaker never":  func(p *resil.Policy) { p.Breaker.Never = boom },
		"breaker ignore": func(p *resil.Policy) { p.Breaker.Ignore = boom },
	} {
		for _, more := range []string{"", " per=call", " key=host", "\nbulkhead max=1", "\ntimeout attempt=1m call=1h", "\nhedge after=1m"} {
			t.Run(name+more, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					p := parse(t, "retry budget=off\nbreaker failures=2 open=1s probes=1"+more)
					set(&p)
					c := resil.New("test.Client", t)
					g := c.Guard("Method", p).For("a")
					fails := func() {
						defer func() {
							thrown := recover()
							if hedged, ok := thrown.(*resil.Panic); ok {
								thrown = hedged.Value
							}
							if thrown != "boom" {
								t.Errorf("recovered %v", thrown)
							}
						}()
						resil.Hedged(t.Context(), g, func(context.Context) (int, error) { return 0, errBackend }, nil)
					}
					fails()
					play(t, g, "closed")
					fails()
					play(t, g, "open R 1s half-open")
					fails()
					play(t, g, "open R 1s half-open S closed S")
					m := c.Snapshot().Methods[0]
					if m.Calls != 7 || m.Failed != 3 || m.Succeeded != 2 || m.RejectedOpen != 2 || m.Attempts != 5 {
						t.Errorf("%+v", m)
					}
				})
			})
		}
	}
}

// TestGoexitIsCounted: what ends the goroutine is a call that came to nothing.
func TestGoexitIsCounted(t *testing.T) {
	for _, policy := range []string{"breaker failures=1", "breaker failures=1 per=call", "retry\nbreaker failures=1\nbulkhead max=1", "hedge after=1m\nbreaker failures=1"} {
		synctest.Test(t, func(t *testing.T) {
			g := guard(t, policy)
			survive(func() {
				resil.Hedged(t.Context(), g, func(context.Context) (int, error) { runtime.Goexit(); return 0, nil }, nil)
			})
			play(t, g, "closed S")
			if m := snapshot(g); m.Calls != 2 || m.Neither != 1 || m.Attempts != 2 {
				t.Errorf("%s: %+v", policy, m)
			}
		})
	}
}

// TestEarlierErrorsJudgeNothing: what an attempt before the last one said is told, and is no reason
// to take the call for what that was.
func TestEarlierErrorsJudgeNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		policy := parse(t, "retry attempts=2 initial=0 budget=off\ntimeout attempt=1s\nbreaker failures=1 per=call")
		policy.Breaker.Ignore = []resil.Match{resil.MatchError("errOther", errOther)}
		g := resil.New("test.Client", t).Guard("Method", policy)
		attempts := 0
		err := g.Do(t.Context(), func(ctx context.Context) error {
			if attempts++; attempts == 1 {
				return errOther
			}
			<-ctx.Done()
			return ctx.Err()
		})
		if m := snapshot(g); !errors.Is(err, resil.ErrTimeout) || !errors.Is(err, errOther) || m.State != resil.Open || m.Failed != 1 {
			t.Errorf("%v: %+v", err, m)
		}
	})
}

// TestNilContext: a nil context is a mistake in the program, which the panic says, and where.
func TestNilContext(t *testing.T) {
	for _, policy := range []string{"", "breaker", "timeout call=1s", "retry\nbulkhead max=1", "hedge after=1s", "breaker failures=1 key=host"} {
		var none context.Context
		var lease resil.Lease
		g := guard(t, policy).For("a")
		for name, call := range map[string]func(){
			"Do":         func() { g.Do(none, outcome("S")) },
			"DoOpen":     func() { g.DoOpen(none, &lease, outcome("S")) },
			"Hedged":     func() { resil.Hedged(none, g, func(context.Context) (int, error) { return 0, nil }, nil) },
			"HedgedOpen": func() { resil.HedgedOpen(none, &lease, g, func(context.Context) (int, error) { return 0, nil }, nil) },
		} {
			func() {
				defer func() {
					text, _ := recover().(string)
					if !strings.Contains(text, "test.Client.Method") || !strings.Contains(text, "context") {
						t.Errorf("%q, %s: %q", policy, name, text)
					}
				}()
				call()
			}()
		}
	}
}

// TestForcedOpenHasNoCause: an operator's decision is not a failure's.
func TestForcedOpenHasNoCause(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newReloading(t, methods(t, "Method", "breaker failures=2 open=1s"))
		g := r.Method("Method")
		play(t, g, "F F open")
		g.ForceOpen()
		if e := rejection(t, g); e.Cause != nil || !e.Until.IsZero() || e.RetryAfter() != 0 {
			t.Errorf("%#v", e)
		}
		r.reload(t, `"breaker": {"open": "2s"}`)
		if e := rejection(t, g); e.Cause != nil || !e.Until.IsZero() {
			t.Errorf("%#v after a change", e)
		}
		r.reload(t, `"breaker": {"scope": "client"}`)
		if e := rejection(t, g); e.Cause != nil || !e.Until.IsZero() {
			t.Errorf("%#v in another scope", e)
		}
	})
}

// TestResetForgets: a reset forgets the last failure too, and what was under way says nothing
// afterwards: neither to the state nor to the counts, be it an attempt or a probe.
func TestResetForgets(t *testing.T) {
	for name, steer := range map[string]func(*resil.Guard){
		"Reset": (*resil.Guard).Reset, "ForceOpen and Reset": func(g *resil.Guard) { g.ForceOpen(); g.Reset() },
		"ForceClosed and Reset": func(g *resil.Guard) { g.ForceClosed(); g.Reset() },
	} {
		for _, script := range []string{"", "F open", "F open 1s half-open"} {
			for _, answer := range []error{nil, errBackend, resil.Permanent(errBackend)} {
				t.Run(name+" "+script, func(t *testing.T) {
					synctest.Test(t, func(t *testing.T) {
						r := newReloading(t, methods(t, "Method", "breaker failures=1 open=1s probes=1"))
						g := r.Method("Method")
						var end func(error)
						if script == "F open" {
							end = underWay(t, g)
							play(t, g, script)
						} else {
							play(t, g, script)
							end = underWay(t, g)
						}
						steer(g)
						if m := snapshot(g); m.State != resil.Closed || m.LastCause != nil || m.TimeLeft != 0 {
							t.Errorf("%+v", m)
						}
						end(answer)
						if m := snapshot(g); m.State != resil.Closed || m.LastCause != nil {
							t.Errorf("%+v when what was under way had ended with %v", m, answer)
						}
						time.Sleep(time.Hour)
						play(t, g, "closed S F open 1s half-open S closed")
					})
				})
			}
		}
	}
}

// TestForcedWhileProbesAreUnderWay: what an operator decides holds, however a probe ends.
func TestForcedWhileProbesAreUnderWay(t *testing.T) {
	for _, answer := range []error{nil, errBackend} {
		synctest.Test(t, func(t *testing.T) {
			g := guard(t, "breaker failures=1 open=1s probes=1")
			for _, test := range []struct {
				force func()
				want  string
			}{{g.ForceOpen, "open R"}, {g.ForceClosed, "closed F closed"}} {
				g.Reset()
				play(t, g, "F open 1s half-open")
				end := underWay(t, g)
				test.force()
				end(answer)
				play(t, g, test.want+" 1h "+test.want)
			}
		})
	}
}

// TestIgnoredErrors: what ignore= names is neither: it does not open the breaker, does not end a
// streak, fills no window, and frees a probe's slot. never= wins over it.
func TestIgnoredErrors(t *testing.T) {
	ignored := errors.New("not found")
	i := func(context.Context) error { return ignored }
	test := func(name, policy string, change func(*resil.Breaker), f func(t *testing.T, g *resil.Guard)) {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := parse(t, policy)
				p.Breaker.Ignore = []resil.Match{resil.MatchError("ignored", ignored)}
				change(p.Breaker)
				f(t, resil.New("test.Client", t).Guard("Method", p))
			})
		})
	}
	nothing := func(*resil.Breaker) {}
	many := func(t *testing.T, g *resil.Guard, n int) {
		for range n {
			if err := g.Do(t.Context(), i); err != ignored {
				t.Errorf("%v", err)
			}
		}
	}
	test("opens nothing", "breaker failures=1", nothing, func(t *testing.T, g *resil.Guard) {
		many(t, g, 10)
		play(t, g, "closed")
		if m := snapshot(g); m.Neither != 10 || m.Attempts != 10 || m.Calls != 10 || m.LastCause != nil {
			t.Errorf("%+v", m)
		}
	})
	test("ends no streak", "breaker failures=3", nothing, func(t *testing.T, g *resil.Guard) {
		play(t, g, "F F")
		many(t, g, 10)
		play(t, g, "closed F open")
	})
	test("fills no window", "breaker failures=50% window=10 min=4", nothing, func(t *testing.T, g *resil.Guard) {
		play(t, g, "F F")
		many(t, g, 10)
		play(t, g, "F closed F open")
	})
	test("frees a slot", "breaker failures=1 open=1s probes=1", nothing, func(t *testing.T, g *resil.Guard) {
		play(t, g, "F open 1s half-open")
		many(t, g, 10)
		play(t, g, "half-open S closed")
	})
	test("is not slow", "breaker failures=100% slow=1s min=1 window=10s", nothing, func(t *testing.T, g *resil.Guard) {
		g.Do(t.Context(), func(context.Context) error { time.Sleep(time.Minute); return ignored })
		play(t, g, "closed")
	})
	test("judges whole calls", "breaker failures=3 per=call\nretry attempts=2 initial=0 budget=off", nothing, func(t *testing.T, g *resil.Guard) {
		play(t, g, "F F")
		g.Do(t.Context(), i)
		play(t, g, "closed F open")
	})
	test("a success wins", "breaker failures=2", func(b *resil.Breaker) { b.Never = b.Ignore }, func(t *testing.T, g *resil.Guard) {
		play(t, g, "F")
		many(t, g, 1)
		play(t, g, "F closed F open")
		if m := snapshot(g); m.Succeeded != 1 || m.Neither != 0 {
			t.Errorf("%+v", m)
		}
	})
}
