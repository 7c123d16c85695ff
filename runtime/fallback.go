package resil

// This file is what generated code needs around a fallback function, which it calls itself: only it
// knows the types.

import (
	"context"
	"fmt"
	"reflect"
	"slices"
)

// FallsBack reports whether a call that returned err should be answered by the method's fallback:
// when it failed, but neither when the caller has gone away, nor when the other side answered, by a
// permanent error or one that the breaker's never= names. If so, FallsBack counts the fallback as
// called, and tells observers.
func (g *Guard) FallsBack(ctx context.Context, err error) bool {
	if err == nil || ctx.Err() == context.Canceled || g.answered(err) {
		return false
	}
	g.stats.fallbacks.Add(1)
	g.tell(Event{Kind: FellBack, Err: err})
	return true
}

// FallbackFailed returns the error of a call whose fallback failed with err; it unwraps to err and
// to cause, for which the fallback was called. A nil err stays nil, and an err that is the cause,
// or wraps it, stays as it is.
func FallbackFailed(err, cause error) error {
	if err == nil || holds(err, cause) {
		return err
	}
	return &fallbackError{err, cause}
}

// holds reports whether the very error cause is err, or in what err unwraps to. [errors.Is] asks
// another question: it also believes err's own opinion, does not find what cannot be compared, and
// panics if only its value cannot.
func holds(err, cause error) bool {
	if same(err, cause) {
		return true
	}
	switch e := err.(type) {
	case interface{ Unwrap() error }:
		inner := e.Unwrap()
		return inner != nil && holds(inner, cause)
	case interface{ Unwrap() []error }:
		return slices.ContainsFunc(e.Unwrap(), func(inner error) bool { return inner != nil && holds(inner, cause) })
	}
	return false
}

// same reports whether two errors are one. Two for which == would panic, such as lists of errors
// that are an error, are one if nothing tells them apart.
func same(a, b error) bool {
	if reflect.ValueOf(a).Comparable() {
		return a == b
	}
	return reflect.DeepEqual(a, b)
}

type fallbackError struct{ err, cause error }

func (f *fallbackError) Error() string {
	return fmt.Sprintf("fallback: %v (after: %v)", f.err, f.cause)
}
func (f *fallbackError) Unwrap() []error { return []error{f.err, f.cause} }
