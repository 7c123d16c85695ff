package resil_test

import (
	"context"
	"errors"
	"runtime"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	resil "github.com/resilgen/resilgen/runtime"
)

// halfOpen opens the guard's breaker by failures, and waits for the half-open state.
func halfOpen(t *testing.T, g *resil.Guard, open time.Duration) {
	t.Helper()
	for g.State() == resil.Closed {
		g.Do(t.Context(), outcome("F"))
	}
	time.Sleep(open)
	if g.State() != resil.HalfOpen {
		t.Fatalf("state %s", g.State())
	}
}

// TestHalfOpen holds what becomes of attempts in the half-open state.
func TestHalfOpen(t *testing.T) {
	const policy = "breaker failures=1 probes=1 open=1s"
	hang := func(until chan struct{}, err error) func(context.Context) error {
		return func(context.Context) error { <-until; return err }
	}
	test := func(name string, f func(t *testing.T, g *resil.Guard)) {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				g := guard(t, policy)
				halfOpen(t, g, time.Second)
				f(t, g)
			})
		})
	}
	test("a probe that hangs gives its slot back", func(t *testing.T, g *resil.Guard) {
		end := make(chan struct{})
		go g.Do(t.Context(), hang(end, errBackend))
		synctest.Wait()
		play(t, g, "R 10s half-open S closed")
		close(end)
		synctest.Wait()
		play(t, g, "closed") // its late failure is not of this epoch
	})
	test("a late success after the lease still tells something", func(t *testing.T, g *resil.Guard) {
		end := make(chan struct{})
		go g.Do(t.Context(), hang(end, nil))
		synctest.Wait()
		second := make(chan struct{})
		defer close(second)
		time.Sleep(2 * time.Second)
		go g.Do(t.Context(), hang(second, nil))
		synctest.Wait()
		close(end)
		synctest.Wait()
		play(t, g, "closed")
	})
	test("a second probe is rejected, with the time left", func(t *testing.T, g *resil.Guard) {
		end := make(chan struct{})
		defer close(end)
		go g.Do(t.Context(), hang(end, nil))
		time.Sleep(300 * time.Millisecond)
		err := g.Do(t.Context(), outcome("S"))
		open, ok := errors.AsType[*resil.OpenError](err)
		if !ok || !errors.Is(err, resil.ErrOpen) || open.RetryAfter() != 700*time.Millisecond {
			t.Errorf("%v", err)
		}
	})
	test("a cancelled probe frees its slot", func(t *testing.T, g *resil.Guard) {
		ctx, cancel := context.WithCancel(t.Context())
		g.Do(ctx, func(ctx context.Context) error { cancel(); return ctx.Err() })
		play(t, g, "half-open S closed")
	})
	test("Goexit in a probe frees its slot", func(t *testing.T, g *resil.Guard) {
		var wg sync.WaitGroup
		wg.Go(func() { g.Do(t.Context(), func(context.Context) error { runtime.Goexit(); return nil }) })
		wg.Wait()
		play(t, g, "half-open S closed")
	})
	test("a panic is a failure and goes on up", func(t *testing.T, g *resil.Guard) {
		func() {
			defer func() {
				if thrown := recover(); thrown != "boom" {
					t.Errorf("recovered %v", thrown)
				}
			}()
			g.Do(t.Context(), func(context.Context) error { panic("boom") })
		}()
		play(t, g, "open R")
	})
	test("a call from before the trip changes nothing", func(t *testing.T, g *resil.Guard) {
		for _, late := range []error{nil, errBackend} {
			g.Reset()
			end := make(chan struct{})
			go g.Do(t.Context(), hang(end, late))
			synctest.Wait()
			halfOpen(t, g, time.Second)
			close(end)
			synctest.Wait()
			play(t, g, "half-open")
		}
	})
	test("forced open, it rejects until it is reset", func(t *testing.T, g *resil.Guard) {
		g.ForceOpen()
		play(t, g, "open R 1h open R")
		if g.TimeLeft() != 0 {
			t.Errorf("%s left", g.TimeLeft())
		}
		g.Reset()
		play(t, g, "closed S F open")
	})
	test("forced closed, it passes what fails", func(t *testing.T, g *resil.Guard) {
		g.ForceClosed()
		play(t, g, "F F F closed S")
		g.Reset()
		play(t, g, "F open")
	})
}

// TestWithoutABreaker: what has no breaker is closed, and cannot be forced.
func TestWithoutABreaker(t *testing.T) {
	g := guard(t, "retry")
	g.ForceOpen()
	play(t, g, "closed S")
	if g.TimeLeft() != 0 {
		t.Errorf("%s left", g.TimeLeft())
	}
}

// TestStateEventsComeInOrder: changes of state are told in order, each once, and the observer may
// call the client.
func TestStateEventsComeInOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var g *resil.Guard
		var seen []resil.State
		g = guard(t, "breaker failures=1 probes=1 open=1s", resil.WithObserver(resil.ObserverFunc(func(e resil.Event) {
			if len(seen) > 0 && seen[len(seen)-1] != e.From {
				t.Errorf("from %s after %v", e.From, seen)
			}
			seen = append(seen, e.To)
			g.State()
			if e.To == resil.HalfOpen {
				g.Do(t.Context(), outcome("F")) // a call from inside: its own events come after this one
			}
		})))
		g.Do(t.Context(), outcome("F"))
		time.Sleep(1500 * time.Millisecond)
		g.Reset()
		flush(t, g.Client())
		if want := []resil.State{resil.Open, resil.HalfOpen, resil.Open, resil.Closed}; !slices.Equal(seen, want) {
			t.Errorf("got %v, want %v", seen, want)
		}
	})
}
