package conformance

import (
	"context"
	"errors"
	"runtime"
	"slices"
	"testing"
	"time"

	resil "github.com/resilgen/resilgen/runtime"
)

var breakerCases = []scenario{
	{"C1", microProfile, "four failures of four open it: three more calls are rejected", virtual(func(t *testing.T) {
		b := newBackend()
		w := NewResilientC1(b)
		play(t, w, w.Resil, b, "F F F F open R R R")
		b.executions(t, 4)
	})},
	{"C2", microProfile, "after the open time calls are let through, and successes close it", virtual(func(t *testing.T) {
		b := newBackend()
		w := NewResilientC2(b)
		play(t, w, w.Resil, b, "F F F F 500ms S S closed S")
		b.executions(t, 7)
	})},
	{"C3", microProfile, "closed again it begins with an empty window", virtual(func(t *testing.T) {
		b := newBackend()
		w := NewResilientC3(b)
		play(t, w, w.Resil, b, "F F F F open 2s S closed F F F closed F open")
		b.executions(t, 9)
	})},
	{"C4", microProfile, "a method's window wins over the interface's", virtual(func(t *testing.T) {
		b := newBackend()
		w := NewResilientC4(b)
		play(t, w, w.Resil, b, "F F open R")
		b.executions(t, 2)
	})},
	{"C5", microProfile, "a success can complete the window and open it", virtual(func(t *testing.T) {
		b := newBackend()
		w := NewResilientC5(b)
		play(t, w, w.Resil, b, "S F F closed S open R")
	})},
	{"C6", microProfile, "the same after it has closed again", virtual(func(t *testing.T) {
		b := newBackend()
		w := NewResilientC3(b)
		play(t, w, w.Resil, b, "S F F F open R 1s S closed F F F closed S open R")
	})},
	{"C7", microProfile, "it opens in the middle of a call that is retried, which ends with both errors", virtual(func(t *testing.T) {
		b := newBackend(fails)
		is(t, NewResilientC7(b).Call(t.Context()), resil.ErrOpen, ErrA)
		b.executions(t, 4)
	})},
	{"C8", microProfile, "fewer attempts than the window holds leave it closed", virtual(func(t *testing.T) {
		b := newBackend(fails)
		w := NewResilientC8(b)
		is(t, w.Call(t.Context()), ErrA)
		b.executions(t, 3)
		play(t, w, w.Resil, b, "closed")
	})},
	{"C9", microProfile, "`on=resil.ErrOpen` waits for the open time, then `initial=` (here 100ms, without jitter) so that not all come at once, and succeeds with one probe", virtual(func(t *testing.T) {
		b := newBackend()
		w := NewResilientC9(b)
		play(t, w, w.Resil, b, "F open")
		b.will(works)
		same(t, w.Call(t.Context()), nil)
		b.executed(t, 0, sec+100*ms)
		play(t, w, w.Resil, b, "closed")
	})},
	{"C10", microProfile, "without it a rejected call returns at once", virtual(func(t *testing.T) {
		b := newBackend(fails, works)
		w := NewResilientC10(b)
		w.Call(t.Context()) // its retry would be rejected, too
		is(t, w.Call(t.Context()), resil.ErrOpen)
		b.executions(t, 1)
		took(t, b.start, 0)
	})},
	{"C11", microProfile, "timeouts are failures", virtual(func(t *testing.T) {
		b := newBackend(hangs)
		w := NewResilientC11(b)
		is(t, w.Call(t.Context()), resil.ErrTimeout)
		is(t, w.Call(t.Context()), resil.ErrTimeout)
		play(t, w, w.Resil, b, "open R")
	})},
	{"C12", microProfile, "eight of ten open it at 80 %", virtual(func(t *testing.T) {
		b := newBackend()
		w := NewResilientC12(b)
		play(t, w, w.Resil, b, "F F S F F F S F F closed F open R")
	})},
	{"C13", resilience4j, "a window of time: three of five are 60 %", virtual(func(t *testing.T) {
		b := newBackend()
		w := NewResilientC13(b)
		play(t, w, w.Resil, b, "F F F S closed S open R")
	})},
	{"C14", resilience4j, "slow calls open it, failed or not", virtual(func(t *testing.T) {
		b := newBackend()
		w := NewResilientC14(b)
		play(t, w, w.Resil, b, "s s F f closed s open R")
	})},
	{"C15", resilience4j, "a probe that hangs for ever gives its place back", virtual(func(t *testing.T) {
		b := newBackend()
		w := NewResilientC15(b)
		play(t, w, w.Resil, b, "F 1s half-open")
		ctx, cancel := context.WithCancel(t.Context())
		b.will(hangs)
		hung := inBackground(ctx, w.Call)
		play(t, w, w.Resil, b, "R 10s half-open S closed S")
		cancel()
		<-hung
		play(t, w, w.Resil, b, "closed")
	})},
	{"C16", hystrix, "nine failures are too few where ten calls are asked for", virtual(func(t *testing.T) {
		b := newBackend()
		w := NewResilientC16(b)
		play(t, w, w.Resil, b, "F F F F F F F F F closed F open")
	})},
	{"C17", hystrix, "a failed probe opens it for a full open time; there is one probe at a time", virtual(func(t *testing.T) {
		b := newBackend()
		w := NewResilientC15(b)
		play(t, w, w.Resil, b, "F 1s")
		b.will(takes(500*ms, ErrA))
		probe := inBackground(t.Context(), w.Call)
		play(t, w, w.Resil, b, "half-open R R")
		same(t, <-probe, ErrA)
		play(t, w, w.Resil, b, "open 999ms R 1ms S closed")
	})},
	{"C18", polly, "a second call beside the probe is rejected, with the time left", virtual(func(t *testing.T) {
		b := newBackend()
		w := NewResilientC15(b)
		play(t, w, w.Resil, b, "F 1s")
		b.will(takes(800*ms, nil))
		probe := inBackground(t.Context(), w.Call)
		time.Sleep(300 * ms)
		err := w.Call(t.Context())
		if open, ok := errors.AsType[*resil.OpenError](err); !ok || open.RetryAfter() != 700*ms {
			t.Errorf("%v", err)
		}
		is(t, err, resil.ErrOpen)
		same(t, <-probe, nil)
	})},
	{"C19", polly, "forced open it stays so until it is reset; forced closed it rejects nothing, and counts", virtual(func(t *testing.T) {
		b := newBackend()
		w := NewResilientC15(b)
		guard := w.Resil.Method("Call")
		play(t, w, w.Resil, b, "F 1s half-open")
		guard.ForceOpen()
		play(t, w, w.Resil, b, "open R 1h open R")
		guard.Reset()
		play(t, w, w.Resil, b, "closed S F open")
		guard.ForceClosed()
		play(t, w, w.Resil, b, "closed F F F closed S")
		if s := w.Resil.Snapshot().Methods[0]; s.Failed != 5 || s.Succeeded != 2 {
			t.Errorf("%+v", s)
		}
	})},
	{"C20", failsafe, "failures in a row: a success in between begins anew", virtual(func(t *testing.T) {
		b := newBackend()
		w := NewResilientC20(b)
		play(t, w, w.Resil, b, "F S F F closed")
		w = NewResilientC20(b)
		play(t, w, w.Resil, b, "F F F open")
	})},
	{"C21", gobreaker, "a call from before the trip changes nothing when it ends after it", virtual(func(t *testing.T) {
		for _, err := range []error{nil, ErrA} {
			b := newBackend(takes(1500*ms, err))
			w := NewResilientC15(b)
			late := inBackground(t.Context(), w.Call)
			play(t, w, w.Resil, b, "F 1s half-open")
			same(t, <-late, err)
			play(t, w, w.Resil, b, "half-open")
			b.will(takes(sec, nil))
			probe := inBackground(t.Context(), w.Call) // the slot is still there, and still one
			play(t, w, w.Resil, b, "R")
			same(t, <-probe, nil)
			play(t, w, w.Resil, b, "closed")
		}
	})},
	{"C22", gobreaker, "a cancelled probe frees its place and counts nothing", virtual(func(t *testing.T) {
		b := newBackend()
		w := NewResilientC15(b)
		play(t, w, w.Resil, b, "F 1s half-open")
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(100*ms, cancel)
		b.will(hangs)
		same(t, w.Call(ctx), context.Canceled)
		play(t, w, w.Resil, b, "half-open S closed")
	})},
	{"C23", own, "a probe that ends its goroutine frees its place", virtual(func(t *testing.T) {
		b := newBackend()
		w := NewResilientC15(b)
		play(t, w, w.Resil, b, "F 1s half-open")
		b.will(answer{then: func() error { runtime.Goexit(); return nil }})
		inBackground(t.Context(), w.Call)
		b.executions(t, 2)
		play(t, w, w.Resil, b, "half-open S closed")
	})},
	{"C24", own, "an observer may call the client: no deadlock, events in order and once each", virtual(observed)},
	{"C25", own, "a call longer than the window counts when it ends", virtual(func(t *testing.T) {
		b := newBackend(takes(3*sec, ErrA))
		w := NewResilientC25(b)
		same(t, w.Call(t.Context()), ErrA)
		play(t, w, w.Resil, b, "open R")
	})},
	{"C26", own, "ten thousand successes do not put the opening off for longer than a window", virtual(func(t *testing.T) {
		b := newBackend()
		w := NewResilientC26(b)
		for range 10_000 {
			w.Call(t.Context())
		}
		b.will(fails)
		began := time.Now()
		for w.Resil.Method("Call").State() == resil.Closed {
			time.Sleep(100 * ms)
			w.Call(t.Context())
		}
		took(t, began, 10*sec)
	})},
}

// observed is C24.
func observed(t *testing.T) {
	b := newBackend()
	var w *ResilientC15
	var seen []resil.State
	w = NewResilientC15(b, resil.WithObserver(resil.ObserverFunc(func(e resil.Event) {
		if e.Kind != resil.StateChanged {
			return
		}
		if len(seen) > 0 && seen[len(seen)-1] != e.From {
			t.Errorf("from %s after %v", e.From, seen)
		}
		seen = append(seen, e.To)
		w.Resil.Method("Call").State()
		w.Resil.Snapshot()
		if len(seen) == 2 {
			b.will(fails)
			w.Call(t.Context()) // what it causes comes after this event
		}
	})))
	play(t, w, w.Resil, b, "F 1s")
	play(t, w, w.Resil, b, "open 1s half-open S closed")
	same(t, w.Resil.Flush(t.Context()), nil)
	want := []resil.State{resil.Open, resil.HalfOpen, resil.Open, resil.HalfOpen, resil.Closed}
	if !slices.Equal(seen, want) {
		t.Errorf("got %v, want %v", seen, want)
	}
}
