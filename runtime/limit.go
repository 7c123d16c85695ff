package resil

import "errors"

// This file rejects attempts that are too many: at once (bulkhead), or in a time (rate limit). Both let attempts wait, no longer than the policy
// says, the caller is there, and the call has time.

// waitForRoom enters the bulkhead.
func (g *regime) waitForRoom(c *call) error {
	if g.bulkhead.tryEnter() {
		return nil
	}
	return g.notLetIn(c, g.stats.bulkheadFull, g.bulkhead.enter(c.ctx, g.policy.Bulkhead.Wait, c.end))
}

// waitForRate takes a token.
func (g *regime) waitForRate(c *call) error {
	return g.notLetIn(c, g.stats.rateLimited, g.limiter.take(c.ctx, g.policy.RateLimit.Wait, c.end))
}

// notLetIn returns why an attempt was not made, if err says that there was no room for it: that is the limit's rejection, unless the call was over.
func (g *regime) notLetIn(c *call, rejection, err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, errTimeOver):
		return &stopped{g.callTimedOut(rejection)}
	case c.ctx.Err() != nil:
		return &stopped{c.ctx.Err()}
	}
	return rejection
}
