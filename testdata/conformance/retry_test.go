package conformance

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	resil "github.com/resilgen/resilgen/runtime"
)

const (
	ms  = time.Millisecond
	sec = time.Second
)

var retryCases = []scenario{
	{"R1", microProfile, "six attempts, then the last error", virtual(func(t *testing.T) {
		b := newBackend(fails)
		is(t, NewResilientR1(b).Call(t.Context()), ErrA, resil.ErrAttempts)
		b.executions(t, 6)
	})},
	{"R2", microProfile, "the call timeout ends 91 attempts at one second", virtual(func(t *testing.T) {
		b := newBackend(takes(100*ms, ErrA))
		is(t, NewResilientR2(b).Call(t.Context()), ErrA, resil.ErrTimeout)
		b.executions(t, 10)
		took(t, b.start, sec)
	})},
	{"R3", microProfile, "a method's keys win over the interface's, one by one", virtual(func(t *testing.T) {
		b := newBackend(takes(100*ms, ErrA))
		is(t, NewResilientR3(b).Call(t.Context()), ErrA, resil.ErrTimeout)
		b.executions(t, 10)
		took(t, b.start, sec)
	})},
	{"R4", microProfile, "the interface's policy is that of its methods", virtual(func(t *testing.T) {
		b := newBackend(fails)
		is(t, NewResilientR4(b).Call(t.Context()), ErrA)
		b.executions(t, 3)
	})},
	{"R5", microProfile, "an error that `on=` names is retried", virtual(func(t *testing.T) {
		b := newBackend(fails)
		is(t, NewResilientR5(b).Call(t.Context()), ErrA)
		b.executions(t, 4)
	})},
	{"R6", microProfile, "one that it does not name comes back as the very same value", virtual(func(t *testing.T) {
		b := newBackend(failsWith(ErrB))
		same(t, NewResilientR5(b).Call(t.Context()), ErrB)
		b.executions(t, 1)
	})},
	{"R7", microProfile, "`on=` a type finds it inside a wrapping error", virtual(func(t *testing.T) {
		b := newBackend(failsWith(fmt.Errorf("wrapped: %w", &ParentErr{})))
		is(t, NewResilientR7(b).Call(t.Context()), resil.ErrAttempts)
		b.executions(t, 4)
	})},
	{"R8", microProfile, "`never=` wins over `on=`", virtual(func(t *testing.T) {
		both := &ParentErr{Child: ErrChild}
		b := newBackend(failsWith(both))
		same(t, NewResilientR8(b).Call(t.Context()), both)
		b.executions(t, 1)
	})},
	{"R9", microProfile, "`never=` makes an exception, all else is retried", virtual(func(t *testing.T) {
		b := newBackend(failsWith(ErrB))
		is(t, NewResilientR9(b).Call(t.Context()), ErrB)
		b.executions(t, 4)
		b = newBackend(fails)
		same(t, NewResilientR9(b).Call(t.Context()), ErrA)
		b.executions(t, 1)
	})},
	{"R10", microProfile, "each attempt has a timeout of its own", virtual(func(t *testing.T) {
		b := newBackend(takes(sec, nil))
		is(t, NewResilientR10(b).Call(t.Context()), resil.ErrTimeout, context.DeadlineExceeded)
		b.executed(t, 0, 500*ms)
		took(t, b.start, sec)
	})},
	{"R11", microProfile, "an error in time is no timeout", virtual(func(t *testing.T) {
		b := newBackend(takes(10*ms, ErrA))
		err := NewResilientR10(b).Call(t.Context())
		is(t, err, ErrA)
		if errors.Is(err, resil.ErrTimeout) {
			t.Error(err)
		}
		b.executed(t, 0, 10*ms)
	})},
	{"R12", microProfile, "`on=` rejections does not retry a timeout", virtual(func(t *testing.T) {
		b := newBackend(hangs)
		is(t, NewResilientR12(b).Call(t.Context()), resil.ErrTimeout)
		b.executions(t, 1)
	})},
	{"R13", failsafe, "cancelled in the first attempt: no further one, and nothing to the breaker", virtual(func(t *testing.T) {
		b := newBackend(takes(sec, ErrA))
		w := NewResilientR13(b)
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(50*ms, cancel)
		same(t, w.Call(ctx), context.Canceled)
		b.executions(t, 1)
		took(t, b.start, 50*ms)
		if s := w.Resil.Snapshot().Methods[0]; s.State != resil.Closed || s.Neither != 1 || s.Failed != 0 {
			t.Errorf("%+v", s)
		}
	})},
	{"R14", failsafe, "cancelled in a wait: returns at once, with both errors", virtual(func(t *testing.T) {
		b := newBackend(fails)
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(50*ms, cancel)
		is(t, NewResilientR14(b).Call(ctx), context.Canceled, ErrA)
		b.executions(t, 1)
		took(t, b.start, 50*ms)
	})},
	{"R15", failsafe, "a wait that cannot end before the deadline is not begun", virtual(func(t *testing.T) {
		b := newBackend(fails)
		ctx, cancel := context.WithTimeout(t.Context(), 100*ms)
		defer cancel()
		is(t, NewResilientR14(b).Call(ctx), context.DeadlineExceeded, ErrA)
		b.executions(t, 1)
		took(t, b.start, 0)
	})},
	{"R16", polly, "a cancelled caller causes no execution", virtual(func(t *testing.T) {
		b := newBackend()
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		same(t, NewResilientR14(b).Call(ctx), context.Canceled)
		b.executions(t, 0)
	})},
	{"R17", polly, "waits of 1, 2 and 4 seconds", virtual(func(t *testing.T) {
		b := newBackend(fails)
		is(t, NewResilientR17(b).Call(t.Context()), ErrA)
		b.executed(t, 0, 1*sec, 3*sec, 7*sec)
	})},
	{"R18", failsafe, "waits of 2, 4, 8, 16 and 30 seconds: the maximum", virtual(func(t *testing.T) {
		b := newBackend(fails)
		is(t, NewResilientR18(b).Call(t.Context()), ErrA)
		b.executed(t, 0, 2*sec, 6*sec, 14*sec, 30*sec, 60*sec)
	})},
	{"R19", polly, "a first wait above the maximum is refused when generating", refused(`package p

import "context"

//resilgen:wrap
//resilgen:retry initial=10s max=1s
type P interface{ Call(ctx context.Context) error }
`, "initial=10s", "initial=10s is above max=1s")},
	{"R20", polly, "10,000 waits of each jitter are where they should be, and even", virtual(jittered)},
	{"R21", cenkalti, "a permanent error ends it, and keeps its mark for a guarded caller further out", virtual(func(t *testing.T) {
		final := resil.Permanent(ErrB)
		b := newBackend(fails, failsWith(final))
		same(t, NewResilientR21(NewResilientR21(b)).Call(t.Context()), final)
		b.executions(t, 2)
	})},
	{"R22", cenkalti, "a permanent error inside another one keeps the text around it", virtual(func(t *testing.T) {
		final := fmt.Errorf("ctx: %w", resil.Permanent(ErrA))
		b := newBackend(failsWith(final))
		err := NewResilientR21(b).Call(t.Context())
		same(t, err, final)
		if err.Error() != "ctx: failure A" {
			t.Error(err)
		}
		b.executions(t, 1)
	})},
	{"R23", grpc, "the other side says when to come again", virtual(func(t *testing.T) {
		b := newBackend(failsWith(resil.RetryAfter(ErrA, 300*ms)), works)
		same(t, NewResilientR23(b).Call(t.Context()), nil)
		b.executed(t, 0, 300*ms)
	})},
	{"R24", aws, "but no later than `hint=`", virtual(func(t *testing.T) {
		b := newBackend(failsWith(resil.RetryAfter(ErrA, 10*sec)), works)
		same(t, NewResilientR24(b).Call(t.Context()), nil)
		b.executed(t, 0, 5*sec)
	})},
	{"R25", aws, "zero and negative waits are not heeded", virtual(func(t *testing.T) {
		b := newBackend(failsWith(resil.RetryAfter(ErrA, 0)), failsWith(resil.RetryAfter(ErrA, -sec)), works)
		same(t, NewResilientR23(b).Call(t.Context()), nil)
		b.executed(t, 0, 100*ms, 300*ms)
	})},
	{"R26", polly, "what failed attempts returned is closed, what is returned is not", virtual(func(t *testing.T) {
		b := newBackend(fails, fails, works)
		got, err := NewResilientR26(opener{b}).Open(t.Context())
		if err != nil || got != b.opened[2] || !slices.Equal(b.closed(), []int{1, 1, 0}) {
			t.Errorf("%v, %v; closed %v", got, err, b.closed())
		}
	})},
	{"R27", wasabi, "a method that consumes an argument is not retried: refused by name, left out where swept in", func(t *testing.T) {
		refused(`package p

import (
	"context"
	"io"
)

//resilgen:wrap
type P interface {
	//resilgen:retry
	Put(ctx context.Context, body io.Reader) error
}
`, "//resilgen:retry", "retry cannot act on Put")(t)
		m := verdict(t, `package p

import (
	"context"
	"io"
)

//resilgen:wrap
//resilgen:retry
//resilgen:breaker
type P interface{ Put(ctx context.Context, body io.Reader) error }
`)
		if m.Policy.Retry != nil || m.Policy.Breaker == nil || len(m.LeftOut) != 1 || m.LeftOut[0].Policy != "retry" {
			t.Errorf("%+v", m)
		}
	}},
	{"R28", own, "a panic reaches the caller, and the breaker counts a failure", virtual(func(t *testing.T) {
		b := newBackend(fails, answer{then: func() error { panic("boom") }})
		w := NewResilientR28(b)
		func() {
			defer func() {
				if thrown := recover(); thrown != "boom" {
					t.Errorf("recovered %v", thrown)
				}
			}()
			w.Call(t.Context())
		}()
		b.executions(t, 2)
		play(t, w, w.Resil, b, "open R")
	})},
}

// jittered measures the waits of the methods of R20.
func jittered(t *testing.T) {
	b := newBackend(fails)
	w := NewResilientR20(b)
	for _, test := range []struct {
		name     string
		call     func(context.Context) error
		from, to time.Duration
		mean     time.Duration // zero where the maximum bends it
	}{
		{"full", w.Full, 0, sec, 500 * ms},
		{"equal", w.Equal, 500 * ms, sec, 750 * ms},
		{"20%", w.Share, 800 * ms, 1200 * ms, sec},
		{"20%, max=1s", w.Capped, 800 * ms, sec, 0},
	} {
		const draws = 10_000
		var sum time.Duration
		for range draws {
			b.ran = nil
			test.call(t.Context())
			wait := b.ran[1] - b.ran[0]
			if wait < test.from || wait > test.to {
				t.Fatalf("%s: a wait of %s", test.name, wait)
			}
			sum += wait
		}
		if mean := sum / draws; test.mean > 0 && (mean-test.mean).Abs() > test.mean/50 {
			t.Errorf("%s: mean %s, want %s", test.name, mean, test.mean)
		}
	}
}
