package resil

import (
	"context"
	"errors"
	"time"

	"golang.org/x/sync/semaphore"
	"golang.org/x/time/rate"
)

var errTimeOver = errors.New("x")

type limiter struct{ *rate.Limiter }

func newLimiter(r float64, b int) *limiter { return &limiter{rate.NewLimiter(rate.Limit(r), b)} }
func (l *limiter) set(r float64, b int)    {}
func (l *limiter) take(ctx context.Context, wait time.Duration, end time.Time) error {
	if l.Allow() {
		return nil
	}
	return errors.New("no")
}

type bulkhead struct{ *semaphore.Weighted }

func newBulkhead(m int) *bulkhead  { return &bulkhead{semaphore.NewWeighted(int64(m))} }
func (b *bulkhead) tryEnter() bool { return b.TryAcquire(1) }
func (b *bulkhead) leave()         { b.Release(1) }
func (b *bulkhead) resize(m int)   {}
func (b *bulkhead) enter(ctx context.Context, wait time.Duration, end time.Time) error {
	ctx, c := context.WithTimeout(ctx, wait)
	defer c()
	return b.Acquire(ctx, 1)
}

type attemptContext struct {
	context.Context
	c func()
	d time.Time
	p context.Context
}

func newAttemptContext(p context.Context, d time.Time, cause error) *attemptContext {
	c, f := context.WithDeadlineCause(p, d, cause)
	return &attemptContext{c, f, d, p}
}
func (a *attemptContext) end()           { a.c() }
func (a *attemptContext) timedOut() bool { return a.p.Err() == nil && !time.Now().Before(a.d) }

type followedContext struct {
	attemptContext
}

func newFollowedContext(p context.Context, d time.Time, cause error) *followedContext {
	return &followedContext{*newAttemptContext(p, d, cause)}
}
func (a *followedContext) keep() bool { return !a.timedOut() }
