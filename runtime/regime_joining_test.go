package resil_test

// Who comes to count by a breaker or a budget begins now, and who goes is taken out.

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	resil "github.com/resilgen/resilgen/runtime"
)

// TestWindowsBeginWhenTheyAreSwitchedOn: what succeeded before a breaker looked at it is not in its
// window.
func TestWindowsBeginWhenTheyAreSwitchedOn(t *testing.T) {
	for _, test := range []struct{ name, policy, change string }{
		{"a longer window", "breaker failures=50% min=10 window=10s", `"breaker": {"window": "20s"}`},
		{"a window of calls", "breaker failures=50% min=10 window=10s", `"breaker": {"window": 1000}`},
		{"a ratio instead of a count", "breaker failures=100", `"breaker": {"failures": "50%"}`},
		{"slow calls", "breaker failures=50% min=10 window=10s", `"breaker": {"slow": "1s"}`},
		{"calls instead of attempts", "breaker failures=50% min=10 window=10s", `"breaker": {"per": "call"}`},
		{"a breaker", "timeout call=1m", `"breaker": {}`},
		{"a breaker of all methods", "timeout call=1m", `"breaker": {"scope": "client"}`},
		{"a scope", "breaker failures=50% min=10 window=10s", `"breaker": {"scope": "client"}`},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := newReloading(t, methods(t, "Method", test.policy, "Other", test.policy))
				g := r.Method("Method")
				for range 10_000 {
					g.Do(t.Context(), outcome("S"))
				}
				time.Sleep(time.Hour)
				r.reload(t, test.change)
				play(t, g, "F F F F F F F F F closed F open")
			})
		})
	}
}

// TestWindowsGoOnUnderOtherNumbers: what a window holds counts under other thresholds.
func TestWindowsGoOnUnderOtherNumbers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newReloading(t, methods(t, "Method", "breaker failures=90% min=10 window=10s"))
		g := r.Method("Method")
		play(t, g, "S S S S F F F closed")
		r.reload(t, `"breaker": {"failures": "50%", "min": 8, "open": "1s"}`)
		play(t, g, "closed F open")
	})
}

// TestBudgetBeginsWhenItIsSwitchedOn: retries are a share of the calls since then.
func TestBudgetBeginsWhenItIsSwitchedOn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newReloading(t, methods(t, "Method", "retry attempts=2 initial=0 budget=off"))
		g := r.Method("Method")
		for range 10_000 {
			g.Do(t.Context(), outcome("S"))
		}
		r.reload(t, `"retry": {"budget": "20%", "floor": "0/s"}`)
		for range 10_000 {
			g.Do(t.Context(), outcome("F"))
		}
		if m := snapshot(g); m.Retries != 2000 || m.OverBudget != 8000 {
			t.Errorf("%d retries and %d refused for 10,000 calls", m.Retries, m.OverBudget)
		}
	})
}

// TestBudgetWithoutThoseThatLeft: the calls of a method whose retries were switched off bring the
// others none.
func TestBudgetWithoutThoseThatLeft(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const policy = "retry attempts=2 initial=0 budget=20% floor=0/s"
		r := newReloading(t, methods(t, "Stays", policy, "Goes", policy))
		stays, goes := r.Method("Stays"), r.Method("Goes")
		succeed := func(n int) {
			for range n {
				goes.Do(t.Context(), outcome("S"))
			}
		}
		retries := func() int64 { return snapshot(stays).Retries }
		succeed(100)
		r.reload(t, `"Goes": {"retry": "off"}`)
		succeed(1000)
		for range 100 {
			stays.Do(t.Context(), outcome("F"))
		}
		if n := retries(); n != 40 { // of the 100 calls before it left, and of 100 of its own
			t.Errorf("%d retries while it was away", n)
		}
		r.reload(t, "")
		succeed(100)
		for range 100 {
			stays.Do(t.Context(), outcome("F"))
		}
		if n := retries(); n != 80 {
			t.Errorf("%d retries after it came back", n)
		}
	})
}

// shared is a breaker that two methods share, and that opens by the third failure in a row.
const shared = "breaker failures=3 open=10s probes=1 scope=shared"

// TestLeavingAScope: a method that has left a scope neither ends the streak of the others nor adds
// to it; it has a breaker of its own.
func TestLeavingAScope(t *testing.T) {
	for _, change := range []string{`"scope": "method"`, `"scope": "another"`} {
		synctest.Test(t, func(t *testing.T) {
			r := newReloading(t, methods(t, "Goes", shared, "Stays", shared))
			goes, stays := r.Method("Goes"), r.Method("Stays")
			play(t, stays, "F F")
			r.reload(t, `"Goes": {"breaker": {`+change+"}}")
			play(t, goes, "S F F closed")
			play(t, stays, "closed F open R")
			play(t, goes, "closed F open R")
			r.reload(t, "")
			play(t, goes, "open R 10s S closed")
			play(t, stays, "closed")
		})
	}
}

// TestJoiningAScope: a method that joins a scope meets the breaker of those that are in it, and
// counts with them from then on.
func TestJoiningAScope(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newReloading(t, methods(t, "Comes", "breaker failures=3 open=10s probes=1", "Is", shared))
		comes, is := r.Method("Comes"), r.Method("Is")
		play(t, comes, "F F")
		play(t, is, "F F")
		r.reload(t, `"Comes": {"breaker": {"scope": "shared"}}`)
		play(t, comes, "closed S")
		play(t, is, "F F closed")
		play(t, comes, "F open R")
		play(t, is, "open R")
	})
}

// underWay begins a call that hangs, and returns what ends it with an error and waits until it is
// over.
func underWay(t *testing.T, g *resil.Guard) (end func(error)) {
	t.Helper()
	answer := make(chan error)
	var call sync.WaitGroup
	call.Go(func() { g.Do(t.Context(), func(context.Context) error { return <-answer }) })
	synctest.Wait()
	return func(err error) {
		answer <- err
		call.Wait()
	}
}

// TestCallsUnderWayWhenTheirMethodLeaves: a call counts for the breaker under which it began as
// long as its method goes by that one, and for none afterwards, however many changes came between.
func TestCallsUnderWayWhenTheirMethodLeaves(t *testing.T) {
	answers := map[string]error{"success": nil, "failure": errBackend, "answered by an error": resil.Permanent(errBackend)}
	for _, changes := range [][]string{
		{`"Goes": {"breaker": {"scope": "method"}}`},
		{`"breaker": {"open": "20s"}`, `"Goes": {"breaker": {"scope": "method"}}`},
		{`"timeout": {"call": "1h"}`, `"Goes": {"breaker": {"scope": "method"}}`},
		{`"timeout": {"call": "1h"}`, `"timeout": {"call": "2h"}`, `"Goes": {"breaker": "off"}`},
	} {
		for name, answer := range answers {
			t.Run(fmt.Sprintf("%s after %d changes", name, len(changes)), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					r := newReloading(t, methods(t, "Goes", shared, "Stays", shared))
					goes, stays := r.Method("Goes"), r.Method("Stays")
					end := underWay(t, goes)
					play(t, stays, "F F")
					for _, change := range changes {
						r.reload(t, change)
					}
					end(answer)
					play(t, stays, "closed F open")
					play(t, goes, "closed")
				})
			})
		}
	}
}

// TestRetriesOfCallsWhoseMethodLeft: the further attempts of a call whose breaker was replaced or
// switched off meanwhile do not count for the one that replaced it, and the old one says nothing.
func TestRetriesOfCallsWhoseMethodLeft(t *testing.T) {
	const policy = "retry attempts=5 initial=1s jitter=none budget=off\nbreaker failures=3 open=10s probes=1 "
	for _, test := range []struct {
		name, more string
		changes    []string
	}{
		{"replaced", "", []string{`"Method": {"breaker": {"scope": "client"}}`}},
		{"switched off", "", []string{`"breaker": "off"`}},
		{"switched off after another change", "", []string{`"breaker": {"open": "20s"}`, `"breaker": "off"`}},
		{"left to others", "scope=shared", []string{`"Method": {"breaker": {"scope": "method"}}`}},
		{"left to others after another change", "scope=shared", []string{`"breaker": {"open": "20s"}`, `"Method": {"breaker": {"scope": "method"}}`}},
		{"of a key, switched off", "key=host", []string{`"breaker": "off"`}},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				other := "timeout call=1h"
				if test.more == "scope=shared" {
					other = policy + test.more
				}
				r := newReloading(t, methods(t, "Method", policy+test.more, "Other", other))
				g := r.Method("Method")
				b := backend{next: always(errBackend, time.Millisecond)}
				var call sync.WaitGroup
				call.Go(func() { g.For("a").Do(t.Context(), b.call) })
				time.Sleep(500 * time.Millisecond) // in the wait before the second attempt
				for _, change := range test.changes {
					r.reload(t, change)
				}
				call.Wait()
				if b.calls != 5 || g.State() != resil.Closed || r.Method("Other").State() != resil.Closed {
					t.Errorf("%d attempts, %s and %s", b.calls, g.State(), r.Method("Other").State())
				}
				time.Sleep(time.Minute)
				if told := r.changes(t); told != nil {
					t.Errorf("told %v", told)
				}
			})
		})
	}
}

// TestCallsUnderWayWhenTheUnitChanges: attempts of a call that began when the breaker judged
// attempts are no calls to one that judges calls, and the other way round.
func TestCallsUnderWayWhenTheUnitChanges(t *testing.T) {
	for before, after := range map[string]string{"attempt": "call", "call": "attempt"} {
		synctest.Test(t, func(t *testing.T) {
			r := newReloading(t, methods(t, "Method", "retry attempts=5 initial=1s jitter=none budget=off\nbreaker failures=3 open=1h per="+before))
			g := r.Method("Method")
			var call sync.WaitGroup
			call.Go(func() { g.Do(t.Context(), outcome("F")) })
			time.Sleep(500 * time.Millisecond)
			r.reload(t, `"retry": "off", "breaker": {"per": "`+after+`"}`)
			call.Wait()
			play(t, g, "closed F F closed F open")
		})
	}
}

// TestReplacedBreakersAreSilent: a breaker that nobody goes by any more tells nothing, neither when
// its open time is over nor when what began under it ends.
func TestReplacedBreakersAreSilent(t *testing.T) {
	for _, change := range []string{`"breaker": "off"`, `"breaker": {"scope": "client"}`, `"breaker": {"window": "20s", "scope": "x"}`} {
		synctest.Test(t, func(t *testing.T) {
			r := newReloading(t, methods(t, "Method", "breaker failures=50% min=1 window=10s open=10s probes=1"))
			g := r.Method("Method")
			play(t, g, "F open")
			time.Sleep(10 * time.Second)
			end := underWay(t, g) // a probe
			before := r.changes(t)
			r.reload(t, change)
			end(errBackend)
			time.Sleep(time.Hour)
			for _, told := range r.changes(t)[len(before):] {
				if told == "Method open" || told == "Method half-open" || told == "Method closed" {
					t.Errorf("%s: it told: %s", change, told)
				}
			}
		})
	}
}

// otherNumbers are changes that leave a breaker what it is, but not its numbers.
var otherNumbers = []string{
	`"window": "20s"`, `"window": 20`, `"failures": 3`, `"failures": "10%"`, `"slow": "5s"`, `"per": "call"`, `"min": 7`, `"probes": 2`,
	`"jitter": "none"`, `"maxopen": "1h"`, `"scope": "client"`, `"scope": "x", "window": "7s", "per": "call"`,
}

// TestOpenThroughChanges: whatever changes, open lasts until the time it opened plus the open= in
// force.
func TestOpenThroughChanges(t *testing.T) {
	for _, change := range otherNumbers {
		t.Run(change, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := newReloading(t, methods(t, "Method", "breaker failures=50% min=2 window=10s open=1m probes=1"))
				g := r.Method("Method")
				play(t, g, "F F open 20s R")
				r.reload(t, `"breaker": {`+change+"}")
				play(t, g, "open R")
				if left := g.TimeLeft(); left != 40*time.Second {
					t.Errorf("%s left", left)
				}
				r.reload(t, "")
				play(t, g, "open 39999ms R")
				r.reload(t, `"breaker": {`+change+"}")
				play(t, g, "open R 1ms half-open S")
			})
		})
	}
}

// TestOpenTimeChangedDuringAnOutage: a shorter or longer open= acts in the open time that it finds,
// and in those that follow.
func TestOpenTimeChangedDuringAnOutage(t *testing.T) {
	for _, test := range []struct{ open, script string }{
		{"1s", "1ns 1ns half-open F open 999ms R 1ms half-open S closed"},
		{"10s", "1ns 1ns half-open F open 9999ms R 1ms half-open S closed"},
		{"30s", "open 19999ms R 1ms half-open F open 29999ms R 1ms half-open"},
		{"10m", "open 589999ms R 1ms half-open"},
	} {
		t.Run(test.open, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := newReloading(t, methods(t, "Method", "breaker failures=1 open=5m probes=1"))
				g := r.Method("Method")
				play(t, g, "F open 10s R")
				r.reload(t, fmt.Sprintf(`"breaker": {"open": %q}`, test.open))
				play(t, g, test.script)
			})
		})
	}
}

// TestHalfOpenThroughChanges: a probe that is under way has the last word whatever numbers change
// meanwhile, and its slot is its own.
func TestHalfOpenThroughChanges(t *testing.T) {
	for _, change := range otherNumbers[:10] {
		for _, answer := range []error{nil, errBackend} {
			t.Run(fmt.Sprintf("%s and %v", change, answer), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					r := newReloading(t, methods(t, "Method", "breaker failures=50% min=2 window=10s open=1m probes=1"))
					g := r.Method("Method")
					play(t, g, "F F open 1m half-open")
					end := underWay(t, g)
					r.reload(t, `"breaker": {`+change+"}")
					play(t, g, "half-open R")
					end(answer)
					want := map[error]string{nil: "closed S", errBackend: "open R"}[answer]
					play(t, g, want)
				})
			})
		}
	}
}

// TestProbesWhenTheirMethodLeaves: what was half-open is half-open in another scope, with slots of
// its own; the probe from before is over without a word, and its slot is free for the others.
func TestProbesWhenTheirMethodLeaves(t *testing.T) {
	for _, answer := range []error{nil, errBackend, resil.Permanent(errBackend)} {
		synctest.Test(t, func(t *testing.T) {
			r := newReloading(t, methods(t, "Goes", shared, "Stays", shared))
			goes, stays := r.Method("Goes"), r.Method("Stays")
			play(t, stays, "F F F open 10s half-open")
			end := underWay(t, goes)
			r.reload(t, `"Goes": {"breaker": {"scope": "method"}}`)
			play(t, stays, "half-open R")
			end(answer)
			play(t, stays, "half-open S closed")
			play(t, goes, "1ms half-open F open R")
			play(t, stays, "closed S")
		})
	}
}

// TestForcedThroughChanges: what an operator decided holds whatever changes, until he decides
// otherwise.
func TestForcedThroughChanges(t *testing.T) {
	for _, change := range otherNumbers {
		t.Run(change, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := newReloading(t, methods(t, "Method", "breaker failures=50% min=2 window=10s open=1m probes=1"))
				g := r.Method("Method")
				g.ForceOpen()
				r.reload(t, `"breaker": {`+change+"}")
				play(t, g, "open R 1h open R")
				if left := g.TimeLeft(); left != 0 {
					t.Errorf("%s left", left)
				}
				r.reload(t, "")
				play(t, g, "open R")
				g.ForceClosed()
				r.reload(t, `"breaker": {`+change+"}")
				play(t, g, "F F F F F F F closed")
				r.reload(t, "")
				play(t, g, "F F F F F F F closed")
				g.Reset()
				play(t, g, "F F open")
			})
		})
	}
}

// TestForcedWhereAMethodJoins: an operator's decision for a method is not lost when the method
// comes to share the breaker of others.
func TestForcedWhereAMethodJoins(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newReloading(t, methods(t, "First", "breaker failures=3", "Second", "breaker failures=3"))
		r.Method("Second").ForceOpen()
		r.reload(t, `"breaker": {"scope": "client"}`)
		play(t, r.Method("Second"), "open R")
	})
}

// TestForcedNeighbour: an operator's decision is about a method, and about others only while they
// share its breaker.
func TestForcedNeighbour(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newReloading(t, methods(t, "First", "breaker failures=3", "Second", "breaker failures=3"))
		first, second := r.Method("First"), r.Method("Second")
		first.ForceOpen()
		r.reload(t, `"breaker": {"scope": "client"}`)
		play(t, second, "open R")
		r.reload(t, "")
		play(t, first, "open R")
		play(t, second, "closed S")
		r.reload(t, `"breaker": {"scope": "client"}`)
		second.Reset() // the breaker of both
		r.reload(t, "")
		play(t, first, "closed S")
	})
}

// TestForcedThroughOff: an operator's decision holds when the breaker comes back that was switched
// off.
func TestForcedThroughOff(t *testing.T) {
	for _, key := range []string{"", " key=host"} {
		synctest.Test(t, func(t *testing.T) {
			r := newReloading(t, methods(t, "Method", "breaker failures=3"+key))
			g := r.Method("Method")
			g.ForceOpen()
			r.reload(t, `"breaker": "off"`)
			play(t, g.For("a"), "S")
			r.reload(t, "")
			play(t, g.For("a"), "R")
			play(t, g, "open")
		})
	}
}

// TestResizedBulkhead: a bulkhead of another size counts those that are inside, and admits or holds
// back those that wait.
func TestResizedBulkhead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newReloading(t, methods(t, "Method", "bulkhead max=10 wait=1h"))
		g := r.Method("Method")
		var mu sync.Mutex
		inside, most := 0, 0
		leave := make(chan struct{})
		var calls sync.WaitGroup
		enter := func(n int) {
			for range n {
				calls.Go(func() {
					g.Do(t.Context(), func(context.Context) error {
						mu.Lock()
						inside++
						most = max(most, inside)
						mu.Unlock()
						<-leave
						mu.Lock()
						inside--
						mu.Unlock()
						return nil
					})
				})
			}
			synctest.Wait()
		}
		enter(15)
		for _, step := range []struct{ max, more, want int }{
			{5, 5, 10},  // nobody is thrown out, and nobody let in
			{10, 5, 10}, // back to where it was
			{15, 0, 15}, // those that waited under other numbers are let in
			{1, 0, 15},
		} {
			r.reload(t, fmt.Sprintf(`"bulkhead": {"max": %d}`, step.max))
			enter(step.more)
			if inside != step.want {
				t.Errorf("max=%d: %d inside, want %d", step.max, inside, step.want)
			}
		}
		for want := 14; want >= 1; want-- {
			leave <- struct{}{}
			synctest.Wait()
			if inside != want {
				t.Errorf("%d inside, want %d", inside, want)
			}
		}
		leave <- struct{}{}
		synctest.Wait()
		if inside != 1 || most != 15 {
			t.Errorf("%d inside, at most %d", inside, most)
		}
		close(leave)
		calls.Wait()
	})
}

// TestCallsThroughReloads: whatever a call is waiting for or told meanwhile, it ends once, as a
// call of its own policy.
func TestCallsThroughReloads(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newReloading(t, methods(t, "Method", "retry attempts=3 initial=1s jitter=none budget=off\nbreaker failures=100 open=1s"))
		g := r.Method("Method")
		b := backend{next: always(errBackend, time.Millisecond)}
		var call sync.WaitGroup
		var err error
		call.Go(func() { err = g.Do(t.Context(), b.call) })
		time.Sleep(500 * time.Millisecond)
		r.reload(t, `"retry": "off", "breaker": "off", "timeout": {"call": "1s"}`)
		call.Wait()
		if b.calls != 3 || !errors.Is(err, resil.ErrAttempts) {
			t.Errorf("%d attempts: %v", b.calls, err)
		}
		if m := snapshot(g); m.Calls != 1 || m.Failed != 1 || m.Attempts != 3 || m.Retries != 2 {
			t.Errorf("%+v", m)
		}
	})
}

// TestLookingWhileReloading: a client can be looked at in every moment of a change.
func TestLookingWhileReloading(t *testing.T) {
	r := newReloading(t, methods(t, "Method", "retry\nbreaker failures=3 open=1ms", "Keyed", "breaker failures=2 key=host open=1ms",
		"Bare", "timeout call=1s"))
	done := make(chan struct{})
	var crowd sync.WaitGroup
	for _, look := range []func(g *resil.Guard){
		func(*resil.Guard) { r.Snapshot() },
		func(g *resil.Guard) { _, _, _ = g.State(), g.TimeLeft(), g.Keys() },
		func(g *resil.Guard) { g.Do(t.Context(), outcome("F")) },
		func(g *resil.Guard) { g.For("a").Do(t.Context(), outcome("F")) },
		func(g *resil.Guard) { g.For("b").State() },
		func(g *resil.Guard) { g.ForceOpen(); g.Reset(); _ = g.Policy().String() },
	} {
		crowd.Go(func() {
			for {
				for _, name := range []string{"Method", "Keyed", "Bare"} {
					look(r.Method(name))
				}
				select {
				case <-done:
					return
				default:
				}
			}
		})
	}
	for n := range 300 {
		r.reload(t, []string{`"breaker": "off"`, `"breaker": {"open": "2ms"}`, "",
			`"Method": {"breaker": {"scope": "client"}}, "Bare": {"breaker": {"scope": "client", "failures": 3, "open": "1ms", "jitter": "none"}}`}[n%4])
	}
	close(done)
	crowd.Wait()
	r.reload(t, "")
	for _, m := range r.Snapshot().Methods {
		if sum := m.Succeeded + m.Failed + m.Neither + m.RejectedOpen; sum != m.Calls {
			t.Errorf("%+v", m)
		}
	}
	if flush(t, r.Client); slices.ContainsFunc(r.seen.events, func(e resil.Event) bool { return e.Kind == resil.OverridesRefused }) {
		t.Error("a file was refused")
	}
}
