package conformance

import (
	"context"
	"errors"
	"testing"

	resil "github.com/resilgen/resilgen/runtime"
)

var limitCases = []scenario{
	{"T1", microProfile, "an attempt that hangs ends in time", virtual(func(t *testing.T) {
		b := newBackend(takes(20*sec, nil))
		is(t, NewResilientT1(b).Call(t.Context()), resil.ErrTimeout, context.DeadlineExceeded)
		took(t, b.start, sec)
	})},
	{"T2", microProfile, "a method's timeout wins over the interface's", virtual(func(t *testing.T) {
		b := newBackend(takes(1500*ms, ErrA))
		same(t, NewResilientT2(b).Call(t.Context()), ErrA)
		took(t, b.start, 1500*ms)
	})},
	{"T3", microProfile, "a method that does not listen is waited for: it never runs after the call has returned", virtual(func(t *testing.T) {
		b := newBackend(answer{takes: sec, deaf: true})
		same(t, NewResilientT3(b).Call(t.Context()), nil)
		took(t, b.start, sec)
		b = newBackend(answer{takes: sec, err: ErrA, deaf: true})
		is(t, NewResilientT3(b).Call(t.Context()), resil.ErrTimeout, ErrA)
		took(t, b.start, sec)
	})},
	{"T4", failsafe, "the call timeout does not lose the last error", virtual(func(t *testing.T) {
		b := newBackend(takes(60*ms, ErrA))
		is(t, NewResilientT4(b).Call(t.Context()), resil.ErrTimeout, ErrA)
		b.executed(t, 0, 60*ms, 120*ms)
		took(t, b.start, 150*ms)
	})},
	{"T5", own, "a body lives until it is closed; what cannot be followed so far has no timeout", func(t *testing.T) {
		virtual(stream)(t)
		const channel = `package p

import "context"

//resilgen:wrap
type P interface {
	//resilgen:timeout attempt=1s
	Watch(ctx context.Context) (<-chan int, error)
}
`
		refused(channel, "//resilgen:timeout", "timeout cannot act on Watch")(t)
	}},
	{"L1", microProfile, "a fourth call beside three is rejected, until one has ended", virtual(func(t *testing.T) {
		b := newBackend(takes(sec, nil))
		w := NewResilientL1(b)
		var running []<-chan error
		for range 3 {
			running = append(running, inBackground(t.Context(), w.Call))
		}
		is(t, w.Call(t.Context()), resil.ErrBulkheadFull)
		took(t, b.start, 0)
		b.executions(t, 3)
		same(t, <-running[0], nil)
		same(t, <-running[1], nil)
		same(t, <-running[2], nil)
		same(t, w.Call(t.Context()), nil)
		b.executions(t, 4)
	})},
	{"L2", failsafe, "a call waits for its turn, but not for ever", virtual(func(t *testing.T) {
		b := newBackend(takes(10*ms, nil), works)
		w := NewResilientL2(b)
		first := inBackground(t.Context(), w.Call)
		same(t, w.Call(t.Context()), nil)
		b.executed(t, 0, 10*ms)
		same(t, <-first, nil)

		b = newBackend(takes(30*ms, nil), works)
		w = NewResilientL2(b)
		first = inBackground(t.Context(), w.Call)
		is(t, w.Call(t.Context()), resil.ErrBulkheadFull)
		took(t, b.start, 20*ms)
		b.executions(t, 1)
		same(t, <-first, nil)
	})},
	{"L3", own, "two of five calls run, and the others are nothing to the breaker", virtual(func(t *testing.T) {
		b := newBackend()
		w := NewResilientL3(b)
		limited := 0
		for range 5 {
			if err := w.Call(t.Context()); errors.Is(err, resil.ErrRateLimited) {
				limited++
			}
		}
		b.executions(t, 2)
		if s := w.Resil.Snapshot().Methods[0]; limited != 3 || s.RejectedRate != 3 || s.Failed != 0 || s.State != resil.Closed {
			t.Errorf("%d limited, %+v", limited, s)
		}
	})},
}

// stream is the first half of T5.
func stream(t *testing.T) {
	b := newBackend(takes(500*ms, nil))
	body, err := NewResilientT5(reader{b}).Open(t.Context())
	same(t, err, nil)
	reads(t, body, b.opened[0])
	b = newBackend(hangs)
	_, err = NewResilientT5(reader{b}).Open(t.Context())
	is(t, err, resil.ErrTimeout)
	took(t, b.start, sec)
}
