package resil

// This file is what our own contexts rest on: they are lazy. A context that ends by time costs more
// than all the rest of a healthy call together, and most of that is for those who wait for its end
// or derive from it. So ours are a few words that know their deadline. When somebody asks for more,
// a context of package context is made behind them, and has the say from then on.

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"time"
)

// A lazyContext is what our contexts have in common: they end at a deadline, with a cause, or by
// end, or when their parent does.
//
// What nobody saw happen has no order: a parent's cancellation counts before a deadline that has
// passed unseen, and end before both.
type lazyContext struct {
	parent   context.Context
	deadline time.Time
	cause    error
	inner    atomic.Pointer[innerContext] // nil until somebody asks, or it ends; then made, for ever

	mu   sync.Mutex // held while the inner context is made
	made innerContext
}

// An innerContext is the context of package context behind one of ours: it is what others see and
// derive from. They take ours for a context of package context, so no goroutine has to carry its
// end to them.
type innerContext struct {
	context.Context
	cancel context.CancelFunc
}

// ask returns the inner context, which is made if nobody has asked before.
func (c *lazyContext) ask(derive func() (context.Context, context.CancelFunc)) *innerContext {
	if inner := c.inner.Load(); inner != nil {
		return inner
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if inner := c.inner.Load(); inner != nil {
		return inner
	}
	c.made.Context, c.made.cancel = derive()
	if !c.inner.CompareAndSwap(nil, &c.made) {
		c.made.cancel() // it has ended meanwhile
	}
	return c.inner.Load()
}

// end ends the context if it has not ended yet, and frees what it holds, like a
// [context.CancelFunc]. If nobody has asked before, all that is left to learn is that it has ended.
func (c *lazyContext) end() {
	if !c.inner.CompareAndSwap(nil, &ended) {
		c.inner.Load().cancel()
	}
}

// ended is the inner context of all contexts of ours that end before anybody has asked for one.
var ended = func() innerContext {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	return innerContext{ctx, cancel}
}()

// cancelKey is the key by which package context finds, above a context, the nearest that it can
// cancel: to join its children, or to learn its cause. The key is not exported, but whoever has
// ended is asked for it. Were that to change, those who derive from ours would still end with them,
// at the price of a goroutine each; a test would tell.
var cancelKey = func() any {
	var asked keyProbe
	context.Cause(&asked)
	return asked.key
}()

// A keyProbe is a context that has ended, and remembers what it was asked for.
type keyProbe struct {
	context.Context
	key any
}

func (*keyProbe) Err() error { return context.Canceled }

func (p *keyProbe) Value(key any) any {
	p.key = key
	return nil
}

// passedFirst reports whether a deadline has passed, and before parent ended with err, if it has
// ended. By it contexts that nobody asked meanwhile tell what came first. A parent that its own
// deadline has ended was later, as that deadline is. Of a parent that was cancelled nobody can
// tell; then the cancellation counts as the first: a timeout is held against the other side, which
// may have had no chance to answer.
func passedFirst(deadline time.Time, parent context.Context, err error) bool {
	switch err {
	case nil:
		return hasPassed(deadline)
	case context.DeadlineExceeded:
		theirs, ok := parent.Deadline()
		return ok && hasPassed(theirs)
	default:
		return false
	}
}

func hasPassed(deadline time.Time) bool { return time.Until(deadline) <= 0 }

// describe returns what String says of a context whose parent and deadline are these. Without a
// String, fmt would read fields that others change.
func describe(parent context.Context, kind string, deadline time.Time) string {
	name := fmt.Sprintf("%T", parent)
	if s, ok := parent.(fmt.Stringer); ok {
		name = s.String()
	}
	return fmt.Sprintf("%s.%s(%s [%s])", name, kind, deadline, time.Until(deadline))
}
