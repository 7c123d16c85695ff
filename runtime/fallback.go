package resil

import (
	"context"
	"errors"
	"fmt"
)

// This file is what generated code needs around a fallback function, which it calls itself: only it knows the types.

// FallsBack reports whether a call that returned err should be answered by the method's fallback: when it failed, but not when the
// caller has gone away or the other side answered: by a permanent error, or one that the breaker's never= names.
func (g *Guard) FallsBack(ctx context.Context, err error) bool {
	if err == nil || ctx.Err() == context.Canceled || g.answered(err) {
		return false
	}
	g.stats.fallbacks.Add(1)
	g.tell(Event{Kind: FellBack, Err: err})
	return true
}

// FallbackFailed returns the error of a fallback that failed; it unwraps to the cause too. A nil err stays nil.
func FallbackFailed(err, cause error) error {
	if err == nil || errors.Is(err, cause) {
		return err
	}
	return &fallbackError{err, cause}
}

type fallbackError struct{ err, cause error }

func (f *fallbackError) Error() string {
	return fmt.Sprintf("fallback: %v (after: %v)", f.err, f.cause)
}
func (f *fallbackError) Unwrap() []error { return []error{f.err, f.cause} }
