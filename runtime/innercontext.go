package resil

import (
	"context"
	"fmt"
	"time"
)

// This file is what our own contexts rest on. A context that ends by time costs more than all the rest of a healthy call together, and
// most of that is for those who wait for its end or derive from it. So ours are a few words that know their deadline. When somebody
// asks for more, a context of package context is made behind them, and has the say from then on.

// An innerContext is the context of package context behind one of ours. There is one at most, for ever: it is what others see and
// derive from. They take ours for a context of package context, so no goroutine has to carry its end to them.
type innerContext struct {
	context.Context
	cancel context.CancelFunc
}

// ended is the inner context of those that end before anybody has asked.
var ended = func() *innerContext {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	return &innerContext{ctx, cancel}
}()

// cancelKey is the key by which package context finds, above a context, the nearest that it can cancel: to join its children, or to
// learn its cause. The key is not exported, but whoever has ended is asked for it. Were that to change, those who derive from ours
// would still end with them, at the price of a goroutine each; a test would tell.
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

// passedFirst reports whether a deadline has passed, and before parent ended with err, if it has ended. It is how contexts that nobody asked
// meanwhile tell what came first. A parent that ended by its own deadline ended later, if that is the later one. Of one that was
// cancelled it cannot be told; then that counts as the first: a timeout is held against the other side, which may have had no chance to answer.
func passedFirst(deadline time.Time, parent context.Context, err error) bool {
	switch err {
	case nil:
		return hasPassed(deadline)
	case context.DeadlineExceeded:
		theirs, ok := parent.Deadline()
		return ok && !theirs.Before(deadline) && hasPassed(theirs)
	default:
		return false
	}
}

func hasPassed(deadline time.Time) bool { return time.Until(deadline) <= 0 }

// describe is String for a context whose parent and deadline are these. Without one, fmt would read fields that others change.
func describe(parent context.Context, kind string, deadline time.Time) string {
	name := fmt.Sprintf("%T", parent)
	if s, ok := parent.(fmt.Stringer); ok {
		name = s.String()
	}
	return fmt.Sprintf("%s.%s(%s [%s])", name, kind, deadline, time.Until(deadline))
}
