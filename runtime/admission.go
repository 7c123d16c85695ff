package resil

// This file admits attempts, or rejects those that are too many: at once (bulkhead), or in a time
// (rate limit). Both let attempts wait, no longer than the policy says, the caller is there, and
// the call has time.
//
// An attempt that waits at a limit by which nobody goes any more, because overrides let its methods
// go by another or by none, goes on waiting at the other one, with what is left of its wait.

import (
	"errors"
	"time"
)

// waitForRoom enters a bulkhead, and returns which; nil if there is none any more.
func (g *regime) waitForRoom(c *call) (*bulkhead, error) {
	b := g.bulkhead
	if b.tryEnter() {
		return b, nil
	}
	until := time.Now().Add(g.policy.Bulkhead.Wait)
	for {
		err := b.enter(c.ctx, time.Until(until), c.end)
		if err != errElsewhere {
			return b, g.notLetIn(c, g.stats.bulkheadFull, err)
		}
		if b = g.limitsNow().bulkhead; b == nil {
			return nil, nil
		}
	}
}

// waitForRate takes a token, and returns from which limiter; nil if there is none any more.
func (g *regime) waitForRate(c *call) (*limiter, error) {
	l := g.limiter
	if l.tryTake() {
		return l, nil
	}
	until := time.Now().Add(g.policy.RateLimit.Wait)
	for {
		err := l.take(c.ctx, time.Until(until), c.end)
		if err != errElsewhere {
			return l, g.notLetIn(c, g.stats.rateLimited, err)
		}
		if l = g.limitsNow().limiter; l == nil {
			return nil, nil
		}
	}
}

// limitsNow returns the regime whose limits are in force for the method. All its keys share them.
func (g *regime) limitsNow() *regime {
	if g.parent != nil {
		return g.parent.inForce.Load()
	}
	return g.Guard.inForce.Load()
}

// notLetIn returns why an attempt was not made, if err says that there was no room for it: that is
// the limit's rejection, unless the call was over.
func (g *regime) notLetIn(c *call, rejection, err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, errTimeOver):
		return &noAttemptError{g.callTimedOut(rejection)}
	case c.ctx.Err() != nil:
		return &noAttemptError{c.ctx.Err()}
	}
	return rejection
}
