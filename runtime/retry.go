package resil

import (
	"context"
	"errors"
	"time"
)

// This file is the retry loop, entered only after a first attempt has failed.

// repeat makes further attempts until one succeeds or something says stop.
func (g *regime) repeat(ctx context.Context, fn func(context.Context) error, err error) error {
	run := repetition{guard: g, waits: g.waits}
	run.ended(err)
	run.start = run.now
	if c := g.ownContext(ctx); c != nil {
		run.start = c.start
	}
	for {
		wait, stop := run.decide(ctx, err)
		if stop == nil {
			stop = g.sleep(ctx, wait)
		}
		if stop != nil {
			return run.result(err, stop)
		}
		g.stats.retries.Add(1)
		if err = g.attempt(ctx, fn); err == nil {
			g.stats.recovered.Add(run.counted)
			return nil
		}
		run.ended(err)
	}
}

// A repetition is the state of one call that is being retried.
type repetition struct {
	guard    *regime
	start    time.Time // when the call began, as far as anybody looked at a clock
	now      time.Time // when the last try ended
	waits    waits
	tries    int   // attempts made or rejected: what the policy's attempts= bounds
	attempts int   // attempts made
	last     error // what the last attempt that was made returned
	earlier  error // what the one before it returned
	counted  int64 // 1 if the budget was told of this call
}

// ended notes the outcome of a try.
func (r *repetition) ended(err error) {
	r.now = time.Now()
	r.tries++
	if !r.guard.rejected(err) {
		r.attempts++
		r.earlier, r.last = r.last, err
	}
}

// errAsItCame decides to return the last error untouched: no policy acted on it.
var errAsItCame = errors.New("as it came")

// decide says how long to wait before another try, or why there is none: errAsItCame, or the reason for an [*Error].
func (r *repetition) decide(ctx context.Context, err error) (time.Duration, error) {
	policy := r.guard.retry
	switch {
	case isPermanent(err), matchAny(policy.Never, err):
		return 0, errAsItCame
	case ctx.Err() != nil:
		if r.attempts == 1 && errors.Is(err, ctx.Err()) {
			return 0, errAsItCame
		}
		return 0, r.guard.whyEnded(ctx)
	case isStopped(err), !policy.wants(err):
		if r.attempts > 0 && r.guard.rejected(err) {
			return 0, err
		}
		return 0, errAsItCame
	case r.tries >= policy.Attempts:
		return 0, ErrAttempts
	}
	wait := r.wait(err)
	if deadline, ok := ctx.Deadline(); ok && !r.now.Add(wait).Before(deadline) {
		return 0, r.guard.whyEnded(ctx) // the wait would outlive the call: say so now
	}
	if open := r.guard.openAfter(wait); open != nil && !policy.wants(open) {
		return 0, open // the next try would be rejected: do not wait for that
	}
	if !r.takeFromBudget() {
		return 0, ErrBudget
	}
	if r.guard.isObserved() { // an event is large
		r.guard.tell(Event{Kind: Retrying, Attempt: r.attempts, Wait: wait, Err: err})
	}
	return wait, nil
}

// takeFromBudget takes one retry from the client's budget. A call counts for the budget from its first retry on; those that
// succeed at once are counted anyway.
func (r *repetition) takeFromBudget() bool {
	s := r.guard.stats
	if r.counted == 0 {
		r.counted = 1
		s.retrying.Add(1)
	}
	if r.guard.budget.take(r.now) {
		return true
	}
	s.overBudget.Add(1)
	r.guard.tell(Event{Kind: OverBudget, Attempt: r.attempts, Err: r.last})
	return false
}

// wants reports whether the policy retries err, Permanent and never= aside. Rejections are only retried when asked for.
func (p *Retry) wants(err error) bool {
	if len(p.On) == 0 {
		return !isRejection(err)
	}
	return matchAny(p.On, err)
}

// wait returns the time until the next try: what the other side asked for, else the next interval; and never less than what an open
// breaker of this guard has left.
func (r *repetition) wait(err error) time.Duration {
	wait := r.waits.next(r.guard.client.dice)
	if open, ok := errors.AsType[*OpenError](err); ok {
		return max(wait, open.RetryAfter())
	}
	if hint := hintIn(err); hint > 0 && r.guard.retry.Hint > 0 {
		return min(hint, r.guard.retry.Hint)
	}
	return wait
}

// result makes the error of a call that is given up for the reason.
func (r *repetition) result(err, reason error) error {
	if reason == errAsItCame || r.attempts == 0 {
		return err
	}
	e := &Error{
		Client: r.guard.client.name, Method: r.guard.method, Attempts: r.attempts,
		Elapsed: time.Since(r.start), Err: r.last, Reason: reason,
	}
	if errors.Is(r.last, context.DeadlineExceeded) || errors.Is(r.last, context.Canceled) {
		e.earlier = r.earlier
	}
	r.guard.tell(Event{Kind: GaveUp, Attempt: r.attempts, Err: e})
	return e
}

// sleep waits for d; if ctx ends first, it returns why.
func (g *Guard) sleep(ctx context.Context, d time.Duration) error {
	if d > 0 {
		timer := time.NewTimer(d)
		defer timer.Stop()
		select {
		case <-timer.C:
		case <-ctx.Done():
		}
	}
	if ctx.Err() != nil {
		return g.whyEnded(ctx)
	}
	return nil
}
