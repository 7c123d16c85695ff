package resil

// This file is the context of an attempt whose result outlives it, such as the body of an HTTP
// response: the deadline bounds the attempt, and has to be gone when there is a result. One of
// package context cannot be taken back, so here the timer is our own.

import (
	"context"
	"sync/atomic"
	"time"
)

// A followedContext is an [attemptContext] whose deadline can be taken back. It is as right for
// those who derive from it: if the deadline ends it, they end with DeadlineExceeded and its cause.
//
// Its Deadline is that of its parent. Code that sees a deadline relies on it: net/http arms no
// timer for Client.Timeout if the context ends sooner, and after the deadline was taken back a body
// would be read for ever.
//
// An end of the parent reaches those who derive from it by a goroutine that lives for that moment,
// as with [context.AfterFunc]; its own Err knows at once.
type followedContext struct {
	lazyContext
	fate atomic.Uint32 // of the deadline: changed by settle and keep

	// notify, timer and unlink are made with the inner context. They stay nil if that has ended
	// from the beginning.
	notify func()      // ends the inner context as the lifeline says
	timer  *time.Timer // of the deadline; nil if that was taken back before
	unlink func() bool // stops listening to the parent
}

// The fates of a deadline.
const (
	awaited     uint32 = iota // it will end the context, if nothing does before
	takenBack                 // it will not
	expired                   // it has ended the context
	forestalled               // the parent's end came first
)

// newFollowedContext returns a context under parent that ends at the deadline with the cause,
// unless it is kept before. If parent has a deadline, it is later. The deadline has a reading of
// the monotonic clock.
func newFollowedContext(parent context.Context, deadline time.Time, cause error) *followedContext {
	return &followedContext{lazyContext: lazyContext{parent: parent, deadline: deadline, cause: cause}}
}

// keep takes the deadline back: the context lives until end, or until its parent ends. If it has
// ended already, or the deadline has passed by the clock, keep returns false, and everybody sees
// that it has ended.
func (c *followedContext) keep() bool {
	if c.Err() != nil {
		return false
	}
	if !c.fate.CompareAndSwap(awaited, takenBack) {
		return c.fate.Load() == takenBack
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.timer != nil {
		c.timer.Stop()
	}
	return true
}

// end ends the context as [lazyContext.end] does, but waits for an inner context that is being
// made: what belongs to that has to be there when it ends.
func (c *followedContext) end() {
	c.mu.Lock()
	born := c.inner.CompareAndSwap(nil, &ended)
	c.mu.Unlock()
	if !born {
		c.inner.Load().cancel()
	}
}

// timedOut reports, before end, whether the deadline is what ended the context: by the clock, and
// if so, everybody sees that it has ended.
func (c *followedContext) timedOut() bool { return c.Err() != nil && c.fate.Load() == expired }

// settle reports whether time or the parent has ended the context, and decides which, so that the
// timer, the parent and all who look agree.
func (c *followedContext) settle() bool {
	for {
		fate := c.fate.Load()
		if fate == expired || fate == forestalled {
			return true
		}
		err := c.parent.Err()
		switch {
		case fate == awaited && passedFirst(c.deadline, c.parent, err):
			c.fate.CompareAndSwap(fate, expired)
		case err != nil:
			c.fate.CompareAndSwap(fate, forestalled)
		default:
			return false
		}
	}
}

// check ends the inner context if it is time to. The timer calls it, and the parent's end, and
// whoever notices before them.
func (c *followedContext) check() {
	if !c.settle() {
		return
	}
	c.asked() // now it has been made, with all that belongs to it
	c.release()
	c.notify()
}

// release frees the timer and the parent.
func (c *followedContext) release() bool {
	if c.timer != nil {
		c.timer.Stop()
	}
	return c.unlink()
}

// asked returns the inner context.
func (c *followedContext) asked() *innerContext {
	return c.ask(func() (context.Context, context.CancelFunc) {
		return context.WithCancel((*lifeline)(c))
	})
}

// Deadline returns the deadline of the parent.
func (c *followedContext) Deadline() (time.Time, bool) { return c.parent.Deadline() }

// Done returns the channel of the inner context.
func (c *followedContext) Done() <-chan struct{} { return c.asked().Done() }

// Err needs an inner context only to say that the context has ended: that must stay true for ever.
// It does not wait for the timer or the parent to tell that.
func (c *followedContext) Err() error {
	if c.inner.Load() == nil && !c.settle() {
		return nil
	}
	made := c.asked()
	if made.Err() == nil {
		c.check()
	}
	return made.Err()
}

// Value returns what the parent has, and the inner context to whoever derives from this one.
func (c *followedContext) Value(key any) any {
	if key == cancelKey {
		return c.asked().Value(key)
	}
	return c.parent.Value(key)
}

// String describes the context as those of package context describe themselves.
func (c *followedContext) String() string { return describe(c.parent, "followed", c.deadline) }

// A lifeline is a followedContext as the parent of its inner context: it ends when the deadline
// expires or the parent ends. No context of package context ends with another error than Canceled
// in any other way. Since a lifeline has AfterFunc, package context needs no goroutine to learn of
// its end.
type lifeline followedContext

// endless is the channel of a lifeline that has not ended. Nobody waits for it, since there is
// AfterFunc.
var endless = make(chan struct{})

// Done returns a channel that is closed if the lifeline has ended, and never will be if it has not.
func (l *lifeline) Done() <-chan struct{} {
	if l.Err() != nil {
		return ended.Done()
	}
	return endless
}

// Err returns why the lifeline has ended: its deadline, or what ended the parent.
func (l *lifeline) Err() error {
	switch c := (*followedContext)(l); {
	case !c.settle():
		return nil
	case c.fate.Load() == expired:
		return context.DeadlineExceeded
	default:
		return c.parent.Err()
	}
}

// Deadline returns the deadline of the parent.
func (l *lifeline) Deadline() (time.Time, bool) { return l.parent.Deadline() }

// Value returns what the parent has, but for the question by which package context finds the cause:
// if the deadline expired, that is answered with its cause.
func (l *lifeline) Value(key any) any {
	if key != cancelKey || l.fate.Load() != expired {
		return l.parent.Value(key)
	}
	past, cancel := context.WithDeadlineCause(context.Background(), l.deadline, l.cause)
	defer cancel()
	return past.Value(key)
}

// AfterFunc is called once, by the [context.WithCancel] that makes the inner context. It always
// sets the timer of a deadline that is not taken back: if the deadline has passed this very moment,
// nobody else will notice.
func (l *lifeline) AfterFunc(notify func()) (stop func() bool) {
	c := (*followedContext)(l)
	c.notify = notify
	if c.fate.Load() != takenBack {
		c.timer = time.AfterFunc(time.Until(c.deadline), c.check)
	}
	c.unlink = context.AfterFunc(c.parent, c.check)
	return c.release
}
