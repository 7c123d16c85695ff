package resil_test

// This file holds what those find who are on their way, or wait, when their method goes by
// something else from now on.

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	resil "github.com/resilgen/resilgen/runtime"
)

// TestRetriesMeetTheOtherBreaker: what keeps load away now has the say over retries that are to
// come, whichever breaker their call began by.
func TestRetriesMeetTheOtherBreaker(t *testing.T) {
	for _, move := range []string{`"breaker": {"scope": "client"}`, `"breaker": {"scope": "client", "per": "call"}`} {
		synctest.Test(t, func(t *testing.T) {
			r := newReloading(t, methods(t, "Method", "retry attempts=5 initial=30s max=30s jitter=none budget=off\nbreaker failures=1000 open=1h"))
			g := r.Method("Method")
			var attempts atomic.Int64
			var calls sync.WaitGroup
			for range 100 {
				calls.Go(func() {
					g.Do(t.Context(), func(context.Context) error { attempts.Add(1); return errBackend })
				})
			}
			synctest.Wait()
			r.reload(t, move)
			g.ForceOpen()
			calls.Wait()
			if n := attempts.Load(); n != 100 {
				t.Errorf("%s: %d attempts more under a breaker that is open", move, n-100)
			}
		})
	}
}

// TestWaitingThroughAMove: who waits for an open breaker waits for the one that it has become.
func TestWaitingThroughAMove(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		policy := parse(t, "retry attempts=2 initial=0 budget=off\nbreaker failures=1 open=1m probes=100")
		policy.Retry.On = []resil.Match{resil.MatchError("resil.ErrOpen", resil.ErrOpen)}
		r := newReloading(t, func(c *resil.Client) { c.Guard("Method", policy) })
		g := r.Method("Method")
		g.Do(t.Context(), outcome("F"))
		began := time.Now()
		var calls sync.WaitGroup
		for range 100 {
			calls.Go(func() {
				if err := g.Do(t.Context(), outcome("S")); err != nil || time.Since(began) < time.Minute {
					t.Errorf("after %s: %v", time.Since(began), err)
				}
			})
		}
		time.Sleep(time.Second)
		for range 15 { // each move is a chance for who is woken too early
			for _, scope := range []string{"client", "x", "method"} {
				r.reload(t, fmt.Sprintf(`"breaker": {"scope": %q}`, scope))
				time.Sleep(time.Second)
			}
		}
		calls.Wait()
	})
}

// TestForcedOpenThroughMoves: no call gets through while a method that an operator has forced open
// moves from breaker to breaker, however it meets the move. Those who wait are woken by each.
func TestForcedOpenThroughMoves(t *testing.T) {
	policy := parse(t, "retry attempts=3 initial=0 budget=off\nbreaker failures=3 open=1h")
	policy.Retry.On = []resil.Match{resil.MatchError("resil.ErrOpen", resil.ErrOpen)}
	r := newReloading(t, func(c *resil.Client) { c.Guard("First", policy); c.Guard("Second", policy) })
	var passed atomic.Int64
	var callers sync.WaitGroup
	done := make(chan struct{})
	for _, name := range []string{"First", "Second"} {
		g := r.Method(name)
		g.ForceOpen()
		for range 4 {
			callers.Go(func() {
				for {
					select {
					case <-done:
						return
					default:
						ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
						g.Do(ctx, func(context.Context) error { passed.Add(1); return nil })
						cancel()
					}
				}
			})
		}
	}
	for i := range 3000 {
		r.reload(t, []string{`"breaker": {"scope": "client"}`, `"breaker": {"scope": "x"}`, ``, `"First": {"breaker": {"scope": "client"}}`}[i%4])
	}
	close(done)
	callers.Wait()
	if n := passed.Load(); n > 0 {
		t.Errorf("%d calls passed", n)
	}
}

// TestWaitingWhenOthersStay: who waits for a breaker that others still share goes on when its own
// method leaves it.
func TestWaitingWhenOthersStay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		policy := parse(t, "retry attempts=2 initial=0 budget=off\nbreaker failures=1 open=1h scope=client")
		policy.Retry.On = []resil.Match{resil.MatchError("resil.ErrOpen", resil.ErrOpen)}
		r := newReloading(t, func(c *resil.Client) { c.Guard("First", policy); c.Guard("Second", policy) })
		r.Method("First").Do(t.Context(), outcome("F"))
		began := time.Now()
		time.AfterFunc(time.Minute, func() { r.reload(t, `"First": {"breaker": "off"}`) })
		if err := r.Method("First").Do(t.Context(), outcome("S")); err != nil || time.Since(began) != time.Minute {
			t.Errorf("after %s: %v", time.Since(began), err)
		}
		play(t, r.Method("Second"), "open")
	})
}

// TestWaitingBesideSeveralProbes: a slot that becomes free is there for who waits.
func TestWaitingBesideSeveralProbes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		policy := parse(t, "retry attempts=2 initial=0 budget=off\nbreaker failures=1 open=1h probes=2")
		policy.Retry.On = []resil.Match{resil.MatchError("resil.ErrOpen", resil.ErrOpen)}
		g := resil.New("test.Client", t).Guard("Method", policy)
		g.Do(t.Context(), outcome("F"))
		time.Sleep(time.Hour)
		ctx, cancel := context.WithCancel(t.Context())
		for _, of := range []context.Context{ctx, t.Context()} { // two probes, the first of which will be gone
			go g.Do(of, func(ctx context.Context) error {
				select {
				case <-ctx.Done():
				case <-time.After(time.Hour / 2):
				}
				return ctx.Err()
			})
		}
		synctest.Wait()
		began := time.Now()
		time.AfterFunc(time.Second, cancel)
		if err := g.Do(t.Context(), outcome("S")); err != nil || time.Since(began) != time.Second {
			t.Errorf("after %s: %v", time.Since(began), err)
		}
	})
}

// TestKeysThatJudgeCallsComeBack: a call under way, and one for no key, meet breakers of keys that
// judge whole calls when these are switched on.
func TestKeysThatJudgeCallsComeBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newReloading(t, methods(t, "Method", "retry attempts=2 initial=1s jitter=none budget=off\nbreaker failures=3 per=call key=host"))
		g := r.Method("Method")
		r.reload(t, `"breaker": "off"`)
		kept := g.For("a")
		time.AfterFunc(time.Second/2, func() { r.reload(t, "") })
		attempts := 0
		g.For("a").Do(t.Context(), func(context.Context) error { attempts++; return errBackend })
		kept.Do(t.Context(), outcome("S"))
		g.Do(t.Context(), outcome("S"))
		if attempts != 2 {
			t.Errorf("%d attempts", attempts)
		}
	})
}

// TestForcedByALeaver: what an operator wanted of a method leaves a breaker with it.
func TestForcedByALeaver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newReloading(t, methods(t, "First", "breaker failures=3", "Second", "breaker failures=3"))
		first, second := r.Method("First"), r.Method("Second")
		first.ForceOpen()
		r.reload(t, `"breaker": {"scope": "client"}`)
		play(t, second, "open R")
		r.reload(t, `"Second": {"breaker": {"scope": "client"}}`)
		play(t, first, "open R")
		play(t, second, "closed S")
	})
}

// TestWaitingForALimitThatIsGone: those who wait at a bulkhead or a rate limit go on where their
// method goes by now: another one, or none.
func TestWaitingForALimitThatIsGone(t *testing.T) {
	for _, test := range []struct {
		limit, change string
		others        int // that find room at once
	}{
		{"bulkhead max=1 wait=1m", `"bulkhead": "off"`, 3},
		{"bulkhead max=1 wait=1m", `"Method": {"bulkhead": {"scope": "other", "max": 3}}, "Other": {"bulkhead": {"scope": "other", "max": 3}}`, 2},
		{"ratelimit rate=0.02/s burst=1 wait=1h", `"ratelimit": "off"`, 3},
		{"breaker key=host\nbulkhead max=1 wait=1m", `"bulkhead": "off"`, 3},
		{"breaker key=host\nbulkhead max=1 wait=1m", `"bulkhead": "off", "breaker": "off"`, 3},
		{"breaker key=host\nratelimit rate=0.02/s burst=1 wait=1h", `"ratelimit": "off", "breaker": "off"`, 3},
		{"ratelimit rate=0.02/s burst=1 wait=1h", `"ratelimit": {"scope": "client", "rate": "1000000/s"}`, 3},
	} {
		synctest.Test(t, func(t *testing.T) {
			r := newReloading(t, methods(t, "Method", test.limit, "Other", test.limit))
			g := r.Method("Method")
			leave := make(chan struct{})
			var inside atomic.Int64
			var calls sync.WaitGroup
			for range 4 {
				calls.Go(func() {
					if err := g.For("key").Do(t.Context(), func(context.Context) error { inside.Add(1); <-leave; return nil }); err != nil {
						t.Errorf("%s: %v", test.change, err)
					}
				})
			}
			synctest.Wait()
			r.reload(t, test.change)
			time.Sleep(time.Millisecond)
			if n := int(inside.Load()); n < 1+test.others {
				t.Errorf("%s: %d got in, %d were there", test.change, n-1, 1)
			}
			close(leave)
			calls.Wait()
		})
	}
}

// TestForcedKeysThroughOff: an operator's decision about a key holds when the breakers come back
// that were switched off, and whoever has kept the key's guard steers what stands for it by then.
func TestForcedKeysThroughOff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newReloading(t, methods(t, "Method", "breaker failures=3 key=host"))
		g := r.Method("Method")
		kept := g.For("a")
		kept.ForceOpen()
		play(t, g.For("b"), "S")
		r.reload(t, `"breaker": "off"`)
		play(t, g.For("a"), "S")
		r.reload(t, "")
		play(t, g.For("a"), "open R")
		play(t, kept, "open R")
		play(t, g.For("b"), "closed S")
		kept.Reset()
		play(t, g.For("a"), "closed S")
		kept.ForceOpen()
		play(t, g.For("a"), "open R")
		g.Reset()
		play(t, kept, "closed S")

		g.ForceOpen()
		kept.Reset()
		r.reload(t, `"breaker": "off"`)
		kept.Reset() // there is nothing to reset
		r.reload(t, "")
		play(t, g.For("a"), "closed S")
		play(t, g.For("b"), "open R")
		g.ForceClosed()
		r.reload(t, `"breaker": "off"`)
		g.Reset()
		r.reload(t, "")
		play(t, g.For("b"), "F F F open")
	})
}

// listOfErrors cannot be compared, as those of parsers and validators.
type listOfErrors []error

func (l listOfErrors) Error() string { return fmt.Sprint([]error(l)) }

// TestErrorsThatCannotBeCompared: they go through every policy as others do.
func TestErrorsThatCannotBeCompared(t *testing.T) {
	for _, policy := range []string{"retry attempts=2 initial=0", "retry attempts=2 initial=0\nbreaker failures=1", "breaker per=call\nretry attempts=2 initial=0",
		"timeout attempt=1s call=2s\nretry attempts=2 initial=0", "hedge after=1ms\nretry attempts=2 initial=0", "bulkhead max=1\nratelimit rate=1000/s"} {
		g := guard(t, policy)
		_, err := resil.Hedged(t.Context(), g, func(context.Context) (int, error) { return 0, listOfErrors{errBackend} }, nil)
		if _, ok := errors.AsType[listOfErrors](err); !ok {
			t.Errorf("%s: %v", policy, err)
		}
		if resil.FallbackFailed(err, err) == nil || resil.Acted(listOfErrors{errBackend}, listOfErrors{errBackend}) {
			t.Errorf("%s: not known again", policy)
		}
	}
}

// TestCloseThatPanics: the context of a followed result ends however its Close does.
func TestCloseThatPanics(t *testing.T) {
	g := guard(t, "timeout attempt=1h")
	var lease resil.Lease
	var held context.Context
	g.DoOpen(t.Context(), &lease, func(ctx context.Context) error { held = ctx; return nil })
	body := lease.Follow(closesBadly{})
	survive(func() { body.Close() })
	if held.Err() == nil {
		t.Error("its context lives on")
	}
}

type closesBadly struct{ _ int }

func (closesBadly) Read([]byte) (int, error) { return 0, nil }
func (closesBadly) Close() error             { panic("boom") }
