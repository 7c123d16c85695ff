package resil

import "context"

// A Guard applies one method's policy. Its methods may be called by any number of goroutines at once.
type Guard struct {
	client    *Client
	method    string
	retry     *Retry // nil if the policy has none
	timeout   Timeout
	breaker   *breaker // nil if the policy has none
	successes *counter // attempts that succeeded and passed a closed breaker
}

// Do runs fn under the policy: the first attempt, and what the policy makes of its outcome. fn gets the context of the
// attempt; it runs on the caller's goroutine, one attempt after the other, never after Do has returned.
//
// A context that has ended already is returned as its error without an attempt. An error on which no policy acted is
// returned as it came; otherwise it is an [*Error] whose Elapsed counts from the end of the first attempt, or from the start of
// the call where the policy has a call timeout: a healthy call does not read the clock.
func (g *Guard) Do(ctx context.Context, fn func(context.Context) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if g.timeout.Call > 0 {
		return g.within(ctx, fn)
	}
	return g.call(ctx, fn)
}

// call is what the call timeout surrounds: the retries, and around them a breaker that judges whole calls.
func (g *Guard) call(ctx context.Context, fn func(context.Context) error) error {
	if g.breaker != nil && g.breaker.perCall {
		return g.judged(ctx, fn)
	}
	return g.retried(ctx, fn)
}

// retried is the first attempt, and more only if it failed.
func (g *Guard) retried(ctx context.Context, fn func(context.Context) error) error {
	err := g.attempt(ctx, fn)
	if err == nil || g.retry == nil {
		return err
	}
	return g.repeat(ctx, fn, err)
}

// attempt is what a retry repeats: the attempt, and around it a breaker that judges attempts.
func (g *Guard) attempt(ctx context.Context, fn func(context.Context) error) error {
	if g.breaker != nil && !g.breaker.perCall {
		return g.judged(ctx, fn)
	}
	return g.timed(ctx, fn)
}
