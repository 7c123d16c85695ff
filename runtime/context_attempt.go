package resil

// This file is the context of an attempt that is over when it returns. For those whose result lives
// on, see followedContext.

import (
	"context"
	"time"
)

// An attemptContext ends at its deadline, as one of [context.WithDeadlineCause] does, and those who
// look at it or derive from it see no difference. But timer, channel and the link to the caller's
// context are made when somebody asks for Done, derives from it, or looks after its end: a callee
// that takes the deadline to its connection, and no more, pays for one small object.
type attemptContext struct{ lazyContext }

// newAttemptContext returns a context under parent that ends at the deadline with the cause. If
// parent has a deadline, it is later. The deadline has a reading of the monotonic clock.
func newAttemptContext(parent context.Context, deadline time.Time, cause error) *attemptContext {
	return &attemptContext{lazyContext{parent: parent, deadline: deadline, cause: cause}}
}

// timedOut reports, before end, whether the deadline is what ended the context: by the clock, for
// the timer may be late, or not exist. A parent that ended earlier by the very same cause is taken
// for the deadline if that has passed as well.
func (c *attemptContext) timedOut() bool {
	if !hasPassed(c.deadline) {
		return false
	}
	cause := context.Cause(c)
	return cause == nil || cause == c.cause
}

// asked returns the inner context.
func (c *attemptContext) asked() *innerContext {
	return c.ask(func() (context.Context, context.CancelFunc) {
		parent := c.parent
		if err := parent.Err(); err != nil && passedFirst(c.deadline, parent, err) {
			parent = context.Background()
		}
		return context.WithDeadlineCause(parent, c.deadline, c.cause)
	})
}

// Deadline returns the deadline.
func (c *attemptContext) Deadline() (time.Time, bool) { return c.deadline, true }

// Done returns the channel of the inner context.
func (c *attemptContext) Done() <-chan struct{} { return c.asked().Done() }

// Err needs an inner context only to say that the context has ended: that must stay true for ever.
func (c *attemptContext) Err() error {
	if c.inner.Load() == nil && c.parent.Err() == nil && !hasPassed(c.deadline) {
		return nil
	}
	return c.asked().Err()
}

// Value returns what the parent has, and the inner context to whoever derives from this one.
func (c *attemptContext) Value(key any) any {
	if key == cancelKey {
		return c.asked().Value(key)
	}
	return c.parent.Value(key)
}

// String describes the context as those of package context describe themselves.
func (c *attemptContext) String() string { return describe(c.parent, "attempt", c.deadline) }
