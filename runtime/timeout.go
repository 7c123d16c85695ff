package resil

// This file bounds attempts and calls. The call timeout has no context of its own: waits look at
// when it ends, and each attempt gets one context that ends at the earliest of attempt and call
// timeout. Where the caller's own deadline comes sooner, there is none at all.

import (
	"context"
	"time"
)

// begin notes when a call began, and when its timeout ends it.
func (g *regime) begin(c *call, start time.Time) {
	c.start, c.end = start, time.Time{}
	if limit := g.timeout.Call; limit > 0 && !endsBy(c.ctx, start.Add(limit)) {
		c.end = start.Add(limit)
	}
}

// endsBy reports whether the context has a deadline that is not after end.
func endsBy(ctx context.Context, end time.Time) bool {
	deadline, ok := ctx.Deadline()
	return ok && !deadline.After(end)
}

// boundedAttempt runs one attempt under the timeouts.
func (g *regime) boundedAttempt(c *call, w work) error {
	if !g.hasTimeout {
		return w.fn(c.ctx)
	}
	return g.boundedFrom(c, w, time.Now())
}

// boundedFrom runs an attempt that begins at a time, under what is left of the timeouts.
func (g *regime) boundedFrom(c *call, w work, start time.Time) error {
	b := bound{c.end, "call", g.timeout.Call, errCallTimeout}
	if limit := g.timeout.Attempt; limit > 0 {
		if end := start.Add(limit); b.end.IsZero() || end.Before(b.end) {
			b = bound{end, "attempt", limit, errAttemptTimeout}
		}
	}
	switch {
	case b.end.IsZero(), endsBy(c.ctx, b.end):
		return w.fn(c.ctx)
	case w.lease != nil:
		return b.leasedAttempt(c, w)
	}
	ctx := newAttemptContext(c.ctx, b.end, b.cause)
	defer ctx.end()
	err := w.fn(ctx)
	if err != nil && ctx.timedOut() {
		return b.exceeded(err)
	}
	return err
}

// A bound is the timeout that an attempt is under: the one that comes first.
type bound struct {
	end   time.Time
	what  string // that is bounded: attempt or call
	limit time.Duration
	cause error // of the end of the context
}

// exceeded returns the error of an attempt that ended with err after its timeout.
func (b bound) exceeded(err error) error { return &timeoutError{b.what, b.limit, err} }

// The causes of contexts that our own timeouts ended. They tell our timeouts from the caller's
// deadline, and the attempt's from the call's.
var (
	errAttemptTimeout error = &sentinel{"attempt timeout", ErrTimeout}
	errCallTimeout    error = &sentinel{"call timeout", ErrTimeout}
)

// callTimedOut returns the error of a call whose timeout has passed while it waited.
func (g *regime) callTimedOut(waitingFor error) error {
	return &timeoutError{"call", g.timeout.Call, waitingFor}
}

// deadline returns when the call has to be over, by its timeout or the caller's deadline; false for
// never.
func (c *call) deadline() (time.Time, bool) {
	if !c.end.IsZero() {
		return c.end, true
	}
	return c.ctx.Deadline()
}

// isOver reports whether the call has to end: the caller is gone, or the time of the call is over.
func (c *call) isOver(now time.Time) bool {
	return c.ctx.Err() != nil || !c.end.IsZero() && !now.Before(c.end)
}

// whyOver returns why the call is over, or why it will be when its deadline has passed.
func (c *call) whyOver() error {
	switch err := c.ctx.Err(); {
	case err != nil:
		return err
	case !c.end.IsZero():
		return errCallTimeout
	}
	return context.DeadlineExceeded
}

// sleep waits for d; if the call is over first, it returns why. A caller who must not sleep in vain
// looks at the deadline first: see [repetition.decide].
func (c *call) sleep(d time.Duration) error {
	if d > 0 {
		timer := time.NewTimer(d)
		defer timer.Stop()
		select {
		case <-timer.C:
		case <-c.ctx.Done():
		}
	}
	if c.isOver(time.Now()) {
		return c.whyOver()
	}
	return nil
}
