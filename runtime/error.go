package resil

// This file is the errors of guarded methods, and what the wrapped value can say of its own.

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/sony/gobreaker/v2"
)

// The reasons for which a call ends without an answer of the wrapped method. Compare with
// [errors.Is].
var (
	// ErrOpen rejects a call because the breaker is open, or half-open with all its probes under
	// way. It is also a [gobreaker.ErrOpenState]. The error that a caller gets is an [*OpenError]
	// that knows for how long.
	ErrOpen error = &sentinel{"circuit breaker is open", gobreaker.ErrOpenState}

	// ErrTimeout says that the attempt timeout or the call timeout of the policy has passed. It is
	// also a [context.DeadlineExceeded].
	ErrTimeout error = &sentinel{"timeout", context.DeadlineExceeded}

	// ErrBulkheadFull rejects an attempt because as many as the bulkhead allows are running.
	ErrBulkheadFull = errors.New("bulkhead full")

	// ErrRateLimited rejects an attempt because it would exceed the rate limit.
	ErrRateLimited = errors.New("rate limited")
)

// The further reasons for which retrying ends, besides the end of the caller's context: see
// [Error].
var (
	// ErrAttempts says that all attempts were made that the policy allows.
	ErrAttempts = errors.New("no attempts left")

	// ErrBudget says that the client's calls fail so often that further retries would only add to
	// the load.
	//
	// Backoff and jitter spread retries over time, but do not make them fewer; under lasting
	// overload only a bound on their number helps. Retries and hedges of a client, all methods
	// together, are at most the share budget= of its calls, by default 20 %, and in any case floor=
	// are allowed a second, by default 10.
	//
	// The budget looks at the last ten seconds, in cells of one second. It fills by calls: each
	// that succeeded at once, or that wants its first retry or hedge, adds the share to the current
	// second. Calls of methods that neither retry nor hedge, or with budget=off, are none of its
	// business. It drains by retries and hedges, each of which takes one, and by time: what was
	// saved up is forgotten after ten seconds. When less than one is left, the floor decides: so
	// many a second, or, below one a second, one in as many seconds as that takes. A retry that is
	// refused ends the call with ErrBudget as the reason; a hedge that is refused leaves the
	// running attempt alone. [Snapshot] has what is left.
	ErrBudget = errors.New("retry budget exhausted")
)

// A sentinel is an error value that is another one too.
type sentinel struct {
	text string
	is   error
}

func (s *sentinel) Error() string { return s.text }
func (s *sentinel) Unwrap() error { return s.is }

// Permanent marks err as an answer that no repetition will change: it is not retried, and the
// breaker counts it as a success, because the other side did answer. The mark stays on the error,
// for guarded callers further out. Permanent(nil) is nil.
func Permanent(err error) error {
	if err == nil {
		return nil
	}
	return &permanentError{err}
}

type permanentError struct{ error }

func (p *permanentError) Unwrap() error { return p.error }

func isPermanent(err error) bool {
	_, ok := errors.AsType[*permanentError](err)
	return ok
}

// RetryAfter attaches to err the wait that the other side asked for, such as that of an HTTP
// Retry-After header. The next attempt waits that long, capped by hint=; zero and negative waits
// are ignored. RetryAfter(nil, d) is nil.
//
// An error of any type with a method RetryAfter() time.Duration asks for a wait in the same way.
func RetryAfter(err error, d time.Duration) error {
	if err == nil {
		return nil
	}
	return &hintedError{err, d}
}

type hintedError struct {
	error
	after time.Duration
}

func (h *hintedError) Unwrap() error             { return h.error }
func (h *hintedError) RetryAfter() time.Duration { return h.after }

// hintIn returns the wait that the other side asked for; zero for none.
func hintIn(err error) time.Duration {
	if h, ok := errors.AsType[interface {
		error
		RetryAfter() time.Duration
	}](err); ok {
		return h.RetryAfter()
	}
	return 0
}

// An Error is returned when retrying ran out or was cut short. It unwraps to the last attempt's
// error and to the reason.
type Error struct {
	Client   string        // the client's name
	Method   string        // the method's name
	Attempts int           // attempts made
	Elapsed  time.Duration // time spent, see [Guard.Do] for where it begins
	Err      error         // what the last attempt returned; without any, how it was rejected

	// Reason is why no further attempt was made: [ErrAttempts], [ErrBudget], [ErrOpen],
	// [ErrTimeout], another rejection, the context's error, or why no attempt could begin.
	Reason error

	earlier  error // the last error that an attempt failed with by itself, where Err only says that time ran out
	rejected error // how the last try was rejected, if it was
}

// Error says what was called, how often, why it stopped, and the last error; if that only says that
// time ran out, the one before it.
func (e *Error) Error() string {
	attempts := "attempts"
	if e.Attempts == 1 {
		attempts = "attempt"
	}
	err := e.Err
	if e.earlier != nil {
		err = e.earlier
	}
	reason := e.Reason.Error()
	if e.rejected != nil {
		reason += fmt.Sprintf(" (%v)", e.rejected)
	}
	return fmt.Sprintf("%s.%s: gave up after %d %s in %s: %s: %v",
		e.Client, e.Method, e.Attempts, attempts, e.Elapsed.Round(time.Millisecond), reason, err)
}

// Unwrap returns the last attempt's error and the reason; besides, if there were such, how the last
// try was rejected, and, where the last attempt's error only says that time ran out, the error of
// the attempt before it.
func (e *Error) Unwrap() []error {
	return slices.DeleteFunc([]error{e.Err, e.Reason, e.rejected, e.earlier}, func(err error) bool { return err == nil })
}

// An OpenError is how a breaker rejects a call; it is an [ErrOpen]. Rejections share one value
// while nothing changes of what it says.
type OpenError struct {
	Client string // the client's name
	Scope  string // the method's name, or the scope= that methods share

	// Until is when the breaker lets a probe through; zero if an operator forced it open. Where all
	// probes are under way, it is when they must have ended, and may have long before.
	Until time.Time

	Cause error // the failure that opened it; nil if it was forced

	breaker     *breaker
	besideProbe bool // half-open, and all probes are under way
}

// Error names the breaker and says for how long it stays open.
func (e *OpenError) Error() string {
	if e.Until.IsZero() {
		return fmt.Sprintf("%s.%s: circuit breaker is forced open", e.Client, e.Scope)
	}
	return fmt.Sprintf("%s.%s: circuit breaker is open for another %s", e.Client, e.Scope, e.RetryAfter().Round(time.Millisecond))
}

// Unwrap returns ErrOpen.
func (e *OpenError) Unwrap() error { return ErrOpen }

// RetryAfter returns what is left of the open time: what a server that rejects in turn may tell its
// own callers.
func (e *OpenError) RetryAfter() time.Duration {
	if e.Until.IsZero() {
		return 0
	}
	return max(0, time.Until(e.Until))
}

// A limitError is how a bulkhead or a rate limit rejects an attempt; a guard has one of each for
// all its life.
type limitError struct {
	guard *Guard
	err   error
}

func (r *limitError) Error() string {
	return fmt.Sprintf("%s.%s: %v", r.guard.client.name, r.guard.method, r.err)
}
func (r *limitError) Unwrap() error { return r.err }

// timeoutError wraps what an attempt or a call returned after its timeout had passed.
type timeoutError struct {
	what string // "attempt" or "call"
	d    time.Duration
	err  error
}

func (t *timeoutError) Error() string {
	return fmt.Sprintf("%s timeout of %s: %v", t.what, printDuration(t.d), t.err)
}
func (t *timeoutError) Unwrap() []error { return []error{ErrTimeout, t.err} }

// noAttemptError ends a call because no attempt can be made.
type noAttemptError struct{ error }

func (s *noAttemptError) Unwrap() error { return s.error }

func isNoAttempt(err error) bool {
	_, ok := err.(*noAttemptError)
	return ok
}
