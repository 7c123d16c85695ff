package resil

import (
	"context"
	"time"
)

// This file rejects attempts that are too many: at once (bulkhead), or in a time (rate limit).

// inBulkhead runs one attempt when there is room for it. The room is given back however the attempt ends.
func (g *regime) inBulkhead(ctx context.Context, fn func(context.Context) error) error {
	if !g.bulkhead.TryAcquire(1) {
		if err := g.waitForRoom(ctx); err != nil {
			return err
		}
	}
	defer g.bulkhead.Release(1)
	return g.boundedAttempt(ctx, fn)
}

// waitForRoom waits as long as the policy allows, and not longer than the caller does.
func (g *regime) waitForRoom(ctx context.Context) error {
	wait := g.policy.Bulkhead.Wait
	if wait == 0 {
		return g.stats.bulkheadFull
	}
	waiting, cancel := context.WithTimeout(ctx, wait)
	defer cancel()
	if g.bulkhead.Acquire(waiting, 1) == nil {
		return nil
	}
	if err := ctx.Err(); err != nil {
		return &stopped{err}
	}
	return g.stats.bulkheadFull
}

// waitForRate takes a token, or waits for one as long as the policy allows. A wait that the caller's deadline would cut is not begun.
func (g *regime) waitForRate(ctx context.Context) error {
	now := time.Now()
	reservation := g.limiter.ReserveN(now, 1)
	wait := reservation.DelayFrom(now)
	if wait == 0 {
		return nil
	}
	if deadline, ok := ctx.Deadline(); wait > g.policy.RateLimit.Wait || ok && now.Add(wait).After(deadline) {
		reservation.CancelAt(now)
		return g.stats.rateLimited
	}
	if err := g.sleep(ctx, wait); err != nil {
		reservation.Cancel()
		return &stopped{ctx.Err()}
	}
	return nil
}
