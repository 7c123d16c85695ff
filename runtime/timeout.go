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
	b := g.bind(ctx, limit, errAttemptTimeout)
	defer b.end()
	return b.ended(fn(b.ctx), "attempt", limit)
}

// boundedCall runs the whole call under the call timeout.
func (g *regime) boundedCall(ctx context.Context, fn func(context.Context) error) error {
	limit := g.timeout.Call
	if endsWithin(ctx, limit) {
		return g.call(ctx, fn)
	}
	b := g.bind(ctx, limit, errCallTimeout)
	defer b.end()
	return b.ended(g.call(&callContext{b.ctx, g.Guard, time.Now()}, fn), "call", limit)
}

// A bound is a context that ends in time, and what to do with it when the function has returned that ran on it.
type bound struct {
	ctx    context.Context
	cause  error
	cancel context.CancelFunc // of an ordinary one
	open   *openContext       // of one that may have to live on
	lease  *Lease             // which then holds it
	kept   bool
}

func (g *Guard) bind(ctx context.Context, d time.Duration, cause error) bound {
	b := bound{cause: cause, lease: g.leaseOf(ctx)}
	if b.lease != nil {
		b.open = newOpenContext(ctx, d, cause)
		b.ctx = b.open
	} else {
		b.ctx, b.cancel = context.WithTimeoutCause(ctx, d, cause)
	}
	return b
}

// ended notes what ran has returned, and returns the error with the timeout in it if that is what ended it.
func (b *bound) ended(err error, what string, limit time.Duration) error {
	switch {
	case err == nil && b.open != nil:
		b.open.keep(b.lease)
		b.kept = true
	case err != nil && context.Cause(b.ctx) == b.cause && !errors.Is(err, b.cause):
		return &timedOut{what, limit, err}
	}
	return err
}

func (b *bound) end() {
	switch {
	case b.kept:
	case b.open != nil:
		b.open.end()
	default:
		b.cancel()
	}
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
