package resil_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	resil "github.com/resilgen/resilgen/runtime"
)

var errOther = errors.New("another failure")

// always answers every call alike, after d or when the context ends.
func always(err error, d time.Duration) func(context.Context, int) error {
	return func(ctx context.Context, _ int) error {
		select {
		case <-time.After(d):
			return err
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// answers gives the errors one after the other, at once; then nil.
func answers(errs ...error) func(context.Context, int) error {
	return func(_ context.Context, call int) error {
		if call > len(errs) {
			return nil
		}
		return errs[call-1]
	}
}

// TestRetry holds how often the backend is called, how long a call takes, and what its error is.
func TestRetry(t *testing.T) {
	temporary := errors.New("temporary")
	wrapped := fmt.Errorf("dial: %w", resil.Permanent(errBackend))
	for _, test := range []struct {
		name   string
		policy string
		on     []resil.Match
		never  []resil.Match
		next   func(context.Context, int) error
		calls  int
		took   time.Duration
		is     []error
		same   error // the error must be this very value
	}{
		{name: "attempts run out", policy: "retry attempts=6 initial=0", next: always(errBackend, 0),
			calls: 6, is: []error{errBackend, resil.ErrAttempts}},
		{name: "the call timeout cuts attempts short", policy: "retry attempts=91 initial=0\ntimeout call=1s", next: always(errBackend, 100*time.Millisecond),
			calls: 10, took: time.Second, is: []error{resil.ErrTimeout, errBackend, context.DeadlineExceeded}},
		{name: "what on= names is retried", policy: "retry initial=0", on: []resil.Match{resil.MatchError("temporary", temporary)}, next: always(temporary, 0),
			calls: 4, is: []error{temporary}},
		{name: "what on= does not name is not retried", policy: "retry initial=0", on: []resil.Match{resil.MatchError("temporary", temporary)}, next: always(errOther, 0),
			calls: 1, same: errOther},
		{name: "never= wins over on=", policy: "retry initial=0", on: []resil.Match{resil.MatchError("temporary", temporary)},
			never: []resil.Match{resil.MatchFunc("all", func(error) bool { return true })}, next: always(temporary, 0), calls: 1, same: temporary},
		{name: "what never= does not name is retried", policy: "retry initial=0", never: []resil.Match{resil.MatchError("io.EOF", io.EOF)}, next: always(errOther, 0), calls: 4, is: []error{errOther}},
		{name: "each attempt has its own time", policy: "retry attempts=2 initial=0\ntimeout attempt=500ms", next: always(nil, time.Second),
			calls: 2, took: time.Second, is: []error{resil.ErrTimeout, context.DeadlineExceeded}},
		{name: "an error in time is no timeout", policy: "retry attempts=2 initial=0\ntimeout attempt=500ms", next: always(errBackend, 10*time.Millisecond),
			calls: 2, took: 20 * time.Millisecond, is: []error{errBackend}},
		{name: "on=ErrOpen is not on a timeout", policy: "retry\ntimeout attempt=1s", on: []resil.Match{resil.MatchError("resil.ErrOpen", resil.ErrOpen)},
			next: always(nil, time.Minute), calls: 1, took: time.Second, is: []error{resil.ErrTimeout}},
		{name: "waits double", policy: "retry initial=1s jitter=none", next: always(errBackend, 0), calls: 4, took: 7 * time.Second, is: []error{errBackend}},
		{name: "waits have a maximum", policy: "retry initial=2s max=30s attempts=6 jitter=none", next: always(errBackend, 0), calls: 6, took: 60 * time.Second, is: []error{errBackend}},
		{name: "a permanent error ends retrying", policy: "retry initial=0", next: answers(errOther, wrapped), calls: 2, same: wrapped},
		{name: "a permanent error is found where it is wrapped", policy: "retry", next: always(wrapped, 0), calls: 1, same: wrapped},
		{name: "a hint sets the wait", policy: "retry hint=1s", next: answers(resil.RetryAfter(errBackend, 300*time.Millisecond)), calls: 2, took: 300 * time.Millisecond},
		{name: "a hint is capped", policy: "retry hint=5s", next: answers(resil.RetryAfter(errBackend, 10*time.Second)), calls: 2, took: 5 * time.Second},
		{name: "a hint of zero is none", policy: "retry jitter=none", next: answers(resil.RetryAfter(errBackend, 0), resil.RetryAfter(errBackend, -1)), calls: 3, took: 300 * time.Millisecond},
		{name: "hints can be ignored", policy: "retry jitter=none hint=off", next: answers(resil.RetryAfter(errBackend, time.Second)), calls: 2, took: 100 * time.Millisecond},
		{name: "an attempt that takes too long is a timeout", policy: "timeout attempt=1s", next: always(nil, 20*time.Second), calls: 1, took: time.Second, is: []error{resil.ErrTimeout, context.DeadlineExceeded}},
		{name: "an error in time comes as it is", policy: "timeout attempt=2s", next: always(errBackend, 1500*time.Millisecond), calls: 1, took: 1500 * time.Millisecond, same: errBackend},
		{name: "fn is waited for", policy: "timeout attempt=500ms", next: func(context.Context, int) error { time.Sleep(time.Second); return nil }, calls: 1, took: time.Second},
		{name: "the last error is not lost", policy: "retry attempts=10 initial=0\ntimeout call=150ms", next: always(errBackend, 60*time.Millisecond),
			calls: 3, took: 150 * time.Millisecond, is: []error{resil.ErrTimeout, errBackend}},
		{name: "a call timeout without retry", policy: "timeout call=1s", next: always(nil, time.Minute), calls: 1, took: time.Second, is: []error{resil.ErrTimeout, context.DeadlineExceeded}},
		{name: "the breaker opens under the retry", policy: "retry attempts=8 jitter=none\nbreaker failures=100% window=4", next: always(errBackend, 0),
			calls: 4, took: 700 * time.Millisecond, is: []error{resil.ErrOpen, errBackend}},
		{name: "a breaker of whole calls does not open under the retry", policy: "retry attempts=3 initial=0\nbreaker failures=1 per=call", next: always(errBackend, 0), calls: 3, is: []error{resil.ErrAttempts}},
		{name: "with too few failures the breaker stays closed under the retry", policy: "retry attempts=3 initial=0\nbreaker failures=100% window=4", next: always(errBackend, 0), calls: 3, is: []error{resil.ErrAttempts}},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				policy := parse(t, test.policy)
				if policy.Retry != nil {
					policy.Retry.On, policy.Retry.Never = test.on, test.never
				}
				b := backend{next: test.next}
				began := time.Now()
				err := resil.NewClient("test.Client", t).Guard("Method", policy).Do(t.Context(), b.call)
				if b.calls != test.calls || time.Since(began) != test.took {
					t.Errorf("%d calls in %s, want %d in %s", b.calls, time.Since(began), test.calls, test.took)
				}
				if test.same != nil && err != test.same {
					t.Errorf("error %v is not the one that came", err)
				}
				for _, want := range test.is {
					if !errors.Is(err, want) {
						t.Errorf("error %v is not %v", err, want)
					}
				}
				if (err == nil) != (test.is == nil && test.same == nil) {
					t.Errorf("error %v", err)
				}
			})
		})
	}
}

// TestRetryCallerGone holds what happens when the caller's context ends.
func TestRetryCallerGone(t *testing.T) {
	for _, test := range []struct {
		name, policy string
		cancel       time.Duration // the caller cancels then; 0: never
		deadline     time.Duration // the caller's deadline; 0: none
		next         func(context.Context, int) error
		calls        int
		took         time.Duration
		is           []error
	}{
		{"gone in the first attempt", "retry", 50 * time.Millisecond, 0, always(errBackend, time.Second), 1, 50 * time.Millisecond, []error{context.Canceled}},
		{"gone in the first wait", "retry initial=1s jitter=none", 50 * time.Millisecond, 0, always(errBackend, 0), 1, 50 * time.Millisecond, []error{context.Canceled, errBackend}},
		{"a wait that cannot end in time", "retry initial=1s jitter=none", 0, 100 * time.Millisecond, always(errBackend, 0), 1, 0, []error{context.DeadlineExceeded, errBackend}},
		{"gone before the call", "retry", -1, 0, always(errBackend, 0), 0, 0, []error{context.Canceled}},
		{"a deadline in the second attempt", "retry initial=0", 0, 150 * time.Millisecond, always(errBackend, 100*time.Millisecond), 2, 150 * time.Millisecond, []error{context.DeadlineExceeded, errBackend}},
		{"the caller's deadline before the call timeout", "retry initial=0\ntimeout call=1m attempt=1m", 0, 150 * time.Millisecond, always(nil, time.Second), 1, 150 * time.Millisecond, []error{context.DeadlineExceeded}},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				if test.deadline > 0 {
					ctx, cancel = context.WithTimeout(ctx, test.deadline)
					defer cancel()
				}
				if test.cancel > 0 {
					time.AfterFunc(test.cancel, cancel)
				} else if test.cancel < 0 {
					cancel()
				}
				b := backend{next: test.next}
				began := time.Now()
				err := guard(t, test.policy).Do(ctx, b.call)
				if b.calls != test.calls || time.Since(began) != test.took {
					t.Errorf("%d calls in %s, want %d in %s", b.calls, time.Since(began), test.calls, test.took)
				}
				for _, want := range test.is {
					if !errors.Is(err, want) {
						t.Errorf("error %v is not %v", err, want)
					}
				}
				if errors.Is(err, resil.ErrTimeout) {
					t.Errorf("%v, but it was the caller who went away", err)
				}
			})
		})
	}
}

// TestBreakerCallerGone: a cancelled call says nothing about the other side, one that ran out of
// time does.
func TestBreakerCallerGone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := guard(t, "breaker failures=1")
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(time.Second, cancel)
		g.Do(ctx, func(ctx context.Context) error { return always(nil, time.Minute)(ctx, 1) })
		if g.State() != resil.Closed {
			t.Error("a cancelled call opened the breaker")
		}
		ctx, cancel = context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		g.Do(ctx, func(ctx context.Context) error { return always(nil, time.Minute)(ctx, 1) })
		if g.State() != resil.Open {
			t.Error("a deadline that passed did not count as a failure")
		}
	})
}

// TestRetryWaitsForOpenBreaker: a call that waits for the breaker makes its next attempt initial=
// later; without on=ErrOpen the call returns at once.
func TestRetryWaitsForOpenBreaker(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		policy := parse(t, "retry attempts=20 jitter=none\nbreaker failures=1 open=1s probes=1")
		policy.Retry.On = []resil.Match{resil.MatchError("resil.ErrOpen", resil.ErrOpen)}
		g := resil.NewClient("test.Client", t).Guard("Method", policy)
		b := backend{next: answers(errBackend)}
		if err := g.Do(t.Context(), b.call); err != errBackend {
			t.Fatal(err)
		}
		began := time.Now()
		if err := g.Do(t.Context(), b.call); err != nil || b.calls != 2 || time.Since(began) != 1100*time.Millisecond {
			t.Errorf("%v after %s, %d calls", err, time.Since(began), b.calls)
		}
		if g.State() != resil.Closed {
			t.Errorf("state %s", g.State())
		}

		impatient := guard(t, "retry attempts=20\nbreaker failures=1")
		impatient.Do(t.Context(), outcome("F"))
		began = time.Now()
		if err := impatient.Do(t.Context(), outcome("S")); !errors.Is(err, resil.ErrOpen) || time.Since(began) != 0 {
			t.Errorf("%v after %s", err, time.Since(began))
		}
	})
}

// TestWaitsAreWhereTheJitterSays: waits are where the jitter says, evenly.
func TestWaitsAreWhereTheJitterSays(t *testing.T) {
	for _, test := range []struct {
		jitter   resil.Jitter
		from, to time.Duration
	}{
		{resil.FullJitter, 0, time.Second},
		{resil.EqualJitter, 500 * time.Millisecond, time.Second},
		{resil.NoJitter, time.Second, time.Second},
		{"20%", 800 * time.Millisecond, 1200 * time.Millisecond},
	} {
		t.Run(string(test.jitter), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				g := guard(t, "retry attempts=2 initial=1s max=1200ms jitter="+string(test.jitter))
				var waits []time.Duration
				for range 10_000 {
					began := time.Now()
					g.Do(t.Context(), outcome("F"))
					waits = append(waits, time.Since(began))
				}
				var sum time.Duration
				for _, w := range waits {
					sum += w
				}
				middle := (test.from + test.to) / 2
				if lo, hi := slices.Min(waits), slices.Max(waits); lo < test.from || hi > test.to {
					t.Errorf("waits in [%s, %s], want [%s, %s]", lo, hi, test.from, test.to)
				}
				if mean := sum / time.Duration(len(waits)); (mean - middle).Abs() > middle/50 {
					t.Errorf("mean %s, want %s", mean, middle)
				}
			})
		})
	}
}

// TestErrorMessages holds what a person reads.
func TestErrorMessages(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		err := guard(t, "retry jitter=none").Do(t.Context(), outcome("F"))
		if got, want := err.Error(), "test.Client.Method: gave up after 4 attempts in 700ms: no attempts left: backend failed"; got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
		err = guard(t, "retry initial=0\ntimeout call=150ms").Do(t.Context(), func(ctx context.Context) error { return always(errBackend, 100*time.Millisecond)(ctx, 1) })
		if got, want := err.Error(), "test.Client.Method: gave up after 2 attempts in 150ms: call timeout: backend failed"; got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
		g := guard(t, "breaker failures=1")
		g.Do(t.Context(), outcome("F"))
		time.Sleep(3 * time.Second)
		err = g.Do(t.Context(), outcome("S"))
		if got, want := err.Error(), "test.Client.Method: circuit breaker is open for another 7s"; got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
		err = guard(t, "timeout attempt=1s").Do(t.Context(), func(ctx context.Context) error { return always(nil, time.Minute)(ctx, 1) })
		if got, want := err.Error(), "attempt timeout of 1s: context deadline exceeded"; got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
	})
}
