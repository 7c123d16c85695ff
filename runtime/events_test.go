package resil_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"math/rand/v2"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	resil "github.com/resilgen/resilgen/runtime"
)

// A record is an observer that remembers. It is read after a flush.
type record struct {
	events []resil.Event
}

func (r *record) Observe(e resil.Event) { r.events = append(r.events, e) }

// count returns how many events of a kind there were.
func (r *record) count(kind resil.EventKind) (n int64) {
	for _, e := range r.events {
		if e.Kind == kind {
			n++
		}
	}
	return n
}

// observed makes an option of a function.
func observed(f func(resil.Event)) resil.Option { return resil.WithObserver(resil.ObserverFunc(f)) }

// TestSlowObserver: an observer that takes its time holds nobody, and is told everything in the
// end.
func TestSlowObserver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var seen record
		g := guard(t, "retry attempts=2 initial=0\nbreaker failures=1 open=1s probes=1", resil.WithObserver(&seen),
			observed(func(resil.Event) { time.Sleep(2 * time.Second) }))
		var callers sync.WaitGroup
		for range 10 {
			callers.Go(func() {
				for range 100 {
					began := time.Now()
					g.Do(t.Context(), outcome("F"))
					g.State()
					if held := time.Since(began); held > 0 {
						t.Errorf("a caller was held for %s", held)
						return
					}
					time.Sleep(time.Second)
				}
			})
		}
		callers.Wait()
		time.Sleep(time.Nanosecond) // the last open time is over in this very moment
		flush(t, g.Client())
		// It opened, was half-open and open in each further second, and half-open at last.
		if n := seen.count(resil.StateChanged); n != 200 {
			t.Errorf("%d changes of state", n)
		}
		if s := g.Client().Snapshot(); s.EventsLeftOut != 0 {
			t.Errorf("%d events left out", s.EventsLeftOut)
		}
	})
}

// TestEventsOnceAndInOrder: whatever happens at once, each event is told once, in the order of what
// happened.
func TestEventsOnceAndInOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var first, second record
		c := resil.NewClient("test.Client", t, resil.WithObserver(&first), resil.WithObserver(&second))
		guards := []*resil.Guard{
			c.Guard("Get", parse(t, "retry attempts=3 initial=1ms\nbreaker failures=2 open=5ms probes=1")),
			c.Guard("List", parse(t, "retry attempts=2 initial=0 budget=off\nbreaker failures=20% window=10 min=2 open=3ms scope=shared")),
			c.Guard("Find", parse(t, "retry attempts=2 initial=0 budget=off\nbreaker failures=20% window=10 min=2 open=3ms scope=shared")),
		}
		var gaveUp atomic.Int64
		var callers sync.WaitGroup
		for n := range 16 {
			callers.Go(func() {
				for range 200 {
					g := guards[rand.IntN(len(guards))]
					if _, ok := errors.AsType[*resil.Error](g.Do(t.Context(), outcome("SF"[n%2:][:1]))); ok {
						gaveUp.Add(1)
					}
					if n == 0 {
						[]func(){g.ForceOpen, g.ForceClosed, g.Reset}[rand.IntN(3)]()
					}
					time.Sleep(time.Duration(rand.IntN(3000)) * time.Microsecond)
				}
			})
		}
		callers.Wait()
		flush(t, c)
		if !slices.Equal(first.events, second.events) {
			t.Error("two observers were not told the same")
		}
		s := c.Snapshot()
		var retries, overBudget int64
		for _, m := range s.Methods {
			retries += m.Retries
			overBudget += m.OverBudget
		}
		got := []int64{first.count(resil.Retrying), first.count(resil.GaveUp), first.count(resil.OverBudget), s.EventsLeftOut}
		if want := []int64{retries, gaveUp.Load(), overBudget, 0}; !slices.Equal(got, want) {
			t.Errorf("told of %v retries, calls given up, over budget, and left out; want %v", got, want)
		}
		states := map[string]resil.State{}
		for i, e := range first.events {
			if i > 0 && e.Time.Before(first.events[i-1].Time) {
				t.Fatalf("%+v is told after %+v", e, first.events[i-1])
			}
			if e.Kind == resil.StateChanged {
				if was := states[e.Method]; e.From != was {
					t.Fatalf("%s goes on from %s, but it was %s", e.Method, e.From, was)
				}
				states[e.Method] = e.To
			}
		}
		if states["Get"] != guards[0].State() || states["shared"] != guards[1].State() {
			t.Errorf("told of %v at last", states)
		}
	})
}

// TestEventsLeftOut: what waits to be told has a bound, but for changes.
func TestEventsLeftOut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const bound = 1024
		var seen record
		goOn := make(chan struct{})
		g := guard(t, "retry attempts=2 initial=0 budget=off\nbreaker failures=100000", resil.WithObserver(&seen), observed(func(resil.Event) { <-goOn }))
		c := g.Client()
		fails := func() { g.Do(t.Context(), outcome("F")) } // two events: it retries, and gives up
		leftOut := func(want int64) {
			t.Helper()
			if s := c.Snapshot(); s.EventsLeftOut != want {
				t.Errorf("%d events left out, want %d", s.EventsLeftOut, want)
			}
		}
		fails()
		synctest.Wait() // one event is being told, the other waits
		for range 1000 {
			fails()
		}
		leftOut(2001 - bound)
		for range 1000 {
			g.ForceOpen()
			g.Reset()
		}
		leftOut(2001 - bound)
		close(goOn)
		flush(t, c)
		if calls, changes := seen.count(resil.Retrying)+seen.count(resil.GaveUp), seen.count(resil.StateChanged); calls != 1+bound || changes != 2000 {
			t.Errorf("told of %d events of calls and %d changes", calls, changes)
		}
		seen.events = nil
		for range bound / 2 {
			fails()
		}
		flush(t, c)
		leftOut(2001 - bound)
		if len(seen.events) != bound {
			t.Errorf("told of %d events when there was room again", len(seen.events))
		}
	})
}

// TestObserverPanics: a panic of an observer, in a call or in a timer, ends nothing. It is counted;
// the first is logged, by a logger that does not panic itself.
func TestObserverPanics(t *testing.T) {
	for _, test := range []struct {
		name     string
		opts     func(panics, good slog.Handler) []resil.Option
		observer string // which the log names
	}{
		{"an observer, and a logger before it", func(_, good slog.Handler) []resil.Option {
			return []resil.Option{resil.WithLogger(slog.New(good)), observed(func(resil.Event) { panic("boom") })}
		}, "observer=resil.ObserverFunc"},
		{"an observer, and no logger", func(_, good slog.Handler) []resil.Option {
			slog.SetDefault(slog.New(good))
			return []resil.Option{observed(func(resil.Event) { panic("boom") })}
		}, "observer=resil.ObserverFunc"},
		{"a log handler, and another", func(panics, good slog.Handler) []resil.Option {
			return []resil.Option{resil.WithLogger(slog.New(panics)), resil.WithLogger(slog.New(good))}
		}, "observer=*resil.logger"},
		{"a log handler alone", func(panics, good slog.Handler) []resil.Option {
			slog.SetDefault(slog.New(good))
			return []resil.Option{resil.WithLogger(slog.New(panics))}
		}, "observer=*resil.logger"},
		{"all that there is", func(panics, _ slog.Handler) []resil.Option {
			slog.SetDefault(slog.New(panics))
			return []resil.Option{resil.WithLogger(slog.New(panics))}
		}, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			defer slog.SetDefault(slog.Default())
			synctest.Test(t, func(t *testing.T) {
				var log bytes.Buffer
				var seen record
				g := guard(t, "breaker failures=1 open=1s", append(test.opts(panickingHandler{}, slog.NewTextHandler(&log, nil)), resil.WithObserver(&seen))...)
				play(t, g, "F 1s S S S closed") // three changes of state, one of them by a timer
				flush(t, g.Client())
				if len(seen.events) != 3 || g.Client().Snapshot().ObserverPanics != 3 {
					t.Errorf("%d events told and %d panics, want 3", len(seen.events), g.Client().Snapshot().ObserverPanics)
				}
				lines := slices.DeleteFunc(strings.Split(log.String(), "\n"), func(line string) bool { return !strings.Contains(line, "observer panicked") })
				if test.observer == "" {
					return
				}
				if len(lines) != 1 {
					t.Fatalf("%d panics logged:\n%s", len(lines), &log)
				}
				for _, want := range []string{`level=ERROR msg="resil: observer panicked" client=test.Client ` + test.observer + " panic=boom stack=", "events_test.go"} {
					if !strings.Contains(lines[0], want) {
						t.Errorf("no %q in %s", want, lines[0])
					}
				}
			})
		})
	}
}

// A panickingHandler is a log handler with a mistake.
type panickingHandler struct{ slog.Handler }

func (panickingHandler) Enabled(context.Context, slog.Level) bool  { return true }
func (panickingHandler) Handle(context.Context, slog.Record) error { panic("boom") }
func (h panickingHandler) WithAttrs([]slog.Attr) slog.Handler      { return h }
func (h panickingHandler) WithGroup(string) slog.Handler           { return h }

// TestObserverGoexit: an observer that ends its goroutine, as a test that fails does, keeps nobody
// from anything.
func TestObserverGoexit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var before, after record
		asked := 0
		g := guard(t, "breaker failures=1 open=1s", resil.WithObserver(&before), observed(func(resil.Event) { asked++; runtime.Goexit() }), resil.WithObserver(&after))
		play(t, g, "F 1s S S S closed F open")
		flush(t, g.Client())
		if len(before.events) != 4 || asked != 4 || !slices.Equal(before.events, after.events) {
			t.Errorf("the observers were told of %d, %d and %d events", len(before.events), asked, len(after.events))
		}
	})
}

// TestObserverCallsBack: an observer may do with the client what everybody may, and is told of what
// that brings.
func TestObserverCallsBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var g *resil.Guard
		var seen []resil.State
		g = guard(t, "breaker failures=1 open=1m", observed(func(e resil.Event) {
			seen = append(seen, e.To)
			g.Client().Snapshot()
			g.TimeLeft()
			switch len(seen) {
			case 1:
				g.Reset()
			case 2:
				g.Do(t.Context(), outcome("F"))
			case 3:
				g.ForceClosed()
			case 4:
				g.ForceOpen()
			}
		}))
		g.Do(t.Context(), outcome("F"))
		synctest.Wait()
		if want := []resil.State{resil.Open, resil.Closed, resil.Open, resil.Closed, resil.Open}; !slices.Equal(seen, want) || g.State() != resil.Open {
			t.Errorf("told of %v, want %v", seen, want)
		}
	})
}

// TestObserverMeetsWhatItIsTold: a breaker that is told to have closed lets calls pass, at once;
// which the race detector's ways of scheduling would find out.
func TestObserverMeetsWhatItIsTold(t *testing.T) {
	var g *resil.Guard
	g = guard(t, "breaker failures=1 open=1h", observed(func(e resil.Event) {
		if err := g.Do(t.Context(), outcome("S")); errors.Is(err, resil.ErrOpen) != (e.To == resil.Open) {
			t.Errorf("told that it is %s, and a call got %v", e.To, err)
		}
	}))
	for range 3000 {
		g.ForceOpen()
		flush(t, g.Client())
		g.Reset()
		flush(t, g.Client())
	}
}

// bubble is what the head of a goroutine's stack says of the bubble that it is in.
var bubble = regexp.MustCompile(`synctest bubble \d+`)

// TestTellingEnds: the goroutine that tells lives only while there is something to tell. Those of
// tests before, in other bubbles or in none, may still be about to end.
func TestTellingEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		goOn := make(chan struct{})
		g := guard(t, "breaker failures=1", observed(func(resil.Event) { <-goOn }))
		telling := func() bool {
			synctest.Wait()
			stacks := make([]byte, 1<<20)
			stacks = stacks[:runtime.Stack(stacks, true)]
			own := bubble.Find(stacks) // the first is the stack of who asks
			for stack := range bytes.SplitSeq(stacks, []byte("\n\n")) {
				if bytes.Equal(bubble.Find(stack), own) && bytes.Contains(stack, []byte("(*events).tell(")) {
					return true
				}
			}
			return false
		}
		if telling() {
			t.Error("a goroutine before anything happened")
		}
		for range 3 {
			g.ForceOpen()
			if !telling() {
				t.Error("no goroutine tells")
			}
			goOn <- struct{}{}
			if telling() {
				t.Error("everything is told, and the goroutine is still there")
			}
			g.Reset()
			goOn <- struct{}{}
		}
	})
}

// TestFlushWaitsForWhatHappened: it waits for what happened before, or until its context ends;
// without observers there is nothing to wait for.
func TestFlushWaitsForWhatHappened(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		flush(t, guard(t, "retry").Client())
		g := guard(t, "breaker failures=1", observed(func(resil.Event) { time.Sleep(time.Minute) }))
		flush(t, g.Client())
		began := time.Now()
		g.ForceOpen()
		g.Reset()
		time.AfterFunc(time.Second, g.ForceOpen) // is none of the business of those who are waiting by then
		ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
		defer cancel()
		var flushes sync.WaitGroup
		for range 3 {
			flushes.Go(func() {
				if err := g.Client().Flush(ctx); err != nil || time.Since(began) != 2*time.Minute {
					t.Errorf("flushed after %s: %v", time.Since(began), err)
				}
			})
		}
		flushes.Wait()
		short, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if err := g.Client().Flush(short); err != context.DeadlineExceeded || time.Since(began) != 2*time.Minute+time.Second {
			t.Errorf("%v after %s", err, time.Since(began))
		}
		flush(t, g.Client())
		if time.Since(began) != 3*time.Minute {
			t.Errorf("the third event is told after %s", time.Since(began))
		}
	})
}
