package resil

import (
	"context"
	"errors"
	"time"
)

// This file bounds attempts and calls. A context is derived only if it would end sooner than the caller's: deriving one costs more
// than everything else on the healthy path together.

// boundedAttempt runs one attempt under the attempt timeout.
func (g *Guard) boundedAttempt(ctx context.Context, fn func(context.Context) error) error {
	limit := g.timeout.Attempt
	if limit == 0 || endsWithin(ctx, limit) {
		return fn(ctx)
	}
	inner, cancel := context.WithTimeoutCause(ctx, limit, errAttemptTimeout)
	defer cancel()
	err := fn(inner)
	if err != nil && context.Cause(inner) == errAttemptTimeout {
		return &timedOut{"attempt", limit, err}
	}
	return err
}

// boundedCall runs the whole call under the call timeout.
func (g *Guard) boundedCall(ctx context.Context, fn func(context.Context) error) error {
	limit := g.timeout.Call
	if endsWithin(ctx, limit) {
		return g.call(ctx, fn)
	}
	inner, cancel := context.WithTimeoutCause(ctx, limit, errCallTimeout)
	defer cancel()
	err := g.call(&callContext{inner, time.Now()}, fn)
	if err != nil && context.Cause(inner) == errCallTimeout && !errors.Is(err, errCallTimeout) {
		return &timedOut{"call", limit, err}
	}
	return err
}

// The causes of contexts that our own timeouts ended. They tell our timeouts from the caller's deadline, and the attempt's from the call's.
var (
	errAttemptTimeout error = &sentinel{"attempt timeout", ErrTimeout}
	errCallTimeout    error = &sentinel{"call timeout", ErrTimeout}
)

// A callContext is a context whose deadline is the call timeout's.
type callContext struct {
	context.Context
	start time.Time
}

func endsWithin(ctx context.Context, d time.Duration) bool {
	deadline, ok := ctx.Deadline()
	return ok && time.Until(deadline) <= d
}

// whyEnded returns why ctx ended, or why it will when its deadline has passed.
func whyEnded(ctx context.Context) error {
	if _, ours := ctx.(*callContext); ours && !errors.Is(ctx.Err(), context.Canceled) {
		return errCallTimeout
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	return context.DeadlineExceeded
}
