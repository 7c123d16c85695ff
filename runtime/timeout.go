package resil

import (
	"context"
	"errors"
	"time"
)

// This file bounds attempts and calls. A context is derived only if it would end sooner than the caller's: deriving one costs more
// than everything else on the healthy path together.

// boundedAttempt runs one attempt under the attempt timeout.
func (g *regime) boundedAttempt(ctx context.Context, fn func(context.Context) error) error {
	limit := g.timeout.Attempt
	if limit == 0 || endsWithin(ctx, limit) {
		return fn(ctx)
	}
	return g.bounded(ctx, bound{"attempt", limit, errAttemptTimeout}, fn)
}

// boundedCall runs the whole call under the call timeout.
func (g *regime) boundedCall(ctx context.Context, fn func(context.Context) error) error {
	limit := g.timeout.Call
	if endsWithin(ctx, limit) {
		return g.call(ctx, fn)
	}
	start := time.Now()
	return g.bounded(ctx, bound{"call", limit, errCallTimeout}, func(ctx context.Context) error {
		return g.call(&callContext{ctx, g.Guard, start}, fn)
	})
}

// A bound is a timeout on its way into a context.
type bound struct {
	what  string // that is bounded: attempt or call
	limit time.Duration
	cause error // of the end of the context
}

// bounded runs fn under a timeout.
func (g *regime) bounded(ctx context.Context, b bound, fn func(context.Context) error) error {
	if lease := g.leaseOf(ctx); lease != nil {
		return lease.bounded(ctx, b, fn)
	}
	ctx, cancel := context.WithTimeoutCause(ctx, b.limit, b.cause)
	defer cancel()
	return b.outcome(ctx, fn(ctx))
}

// outcome returns the error of what ran on the context, with the timeout in it if that is what ended it.
func (b bound) outcome(ctx context.Context, err error) error {
	if err != nil && context.Cause(ctx) == b.cause && !errors.Is(err, b.cause) {
		return &timedOut{b.what, b.limit, err}
	}
	return err
}

// The causes of contexts that our own timeouts ended. They tell our timeouts from the caller's deadline, and the attempt's from the call's.
var (
	errAttemptTimeout error = &sentinel{"attempt timeout", ErrTimeout}
	errCallTimeout    error = &sentinel{"call timeout", ErrTimeout}
)

// A callContext is a context whose deadline is the call timeout's. It knows whose call it is: fn may get it, and call other guards with it.
type callContext struct {
	context.Context
	guard *Guard
	start time.Time
}

// ownContext returns ctx if it is the context of a call of this guard that has a call timeout, or nil.
func (g *Guard) ownContext(ctx context.Context) *callContext {
	if c, ok := ctx.(*callContext); ok && c.guard == g {
		return c
	}
	return nil
}

func endsWithin(ctx context.Context, d time.Duration) bool {
	deadline, ok := ctx.Deadline()
	return ok && time.Until(deadline) <= d
}

// whyEnded returns why ctx ended, or why it will when its deadline has passed.
func (g *Guard) whyEnded(ctx context.Context) error {
	if g.ownContext(ctx) != nil && !errors.Is(ctx.Err(), context.Canceled) {
		return errCallTimeout
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	return context.DeadlineExceeded
}
