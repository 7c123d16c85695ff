package resil

import (
	"context"
	"sync/atomic"

	"golang.org/x/sync/semaphore"
	"golang.org/x/time/rate"
)

// A Guard applies one method's policy. Its methods may be called by any number of goroutines at once.
type Guard struct {
	client    *Client
	method    string
	of        *Guard   // whose breaker key= divides, if this is the guard of one of its values; nil for the guard of a method
	key       string   // that value
	traits    Traits   // what its annotation and its signature rule out
	annotated Policy   // what the annotation says
	generated Policy   // what WithPolicy says, or else the annotation: overrides start from it
	successes *counter // attempts that succeeded
	stats     *stats
	latency   *latency    // how long attempts took, for hedges that wait for a quantile
	leased    atomic.Bool // some call has a lease

	now atomic.Pointer[regime]
}

// Do runs fn under the policy: the first attempt, and what the policy makes of its outcome. fn gets the context of the
// attempt; it runs on the caller's goroutine, one attempt after the other, never after Do has returned.
//
// A context that has ended already is returned as its error without an attempt. An error on which no policy acted is
// returned as it came; otherwise it is an [*Error] whose Elapsed counts from the end of the first attempt, or from the start of
// the call where the policy has a call timeout: a healthy call does not read the clock.
func (g *Guard) Do(ctx context.Context, fn func(context.Context) error) error {
	return g.now.Load().do(ctx, fn)
}

// A regime is a Guard under one policy: what a call goes by from its beginning to its end, whatever changes meanwhile. It does not change.
//
// Its methods are where the policies are put together: each below surrounds the next.
type regime struct {
	*Guard
	policy Policy

	retry    *Retry   // nil if the policy has none, as are the following
	budget   *budget  // what retries and hedges are taken from
	hedge    *Hedge   //
	breaker  *breaker //
	perCall  bool     // the breaker judges whole calls
	patient  bool     // a retry may wait for an open breaker
	keys     *keys    // the guards of the values of key=
	limiter  *rate.Limiter
	bulkhead *semaphore.Weighted
	timeout  Timeout // zero fields if the policy has none

	word      *atomic.Uint64 // tells calls that may take the short way: the breaker's, or alwaysClosed, or neverShort
	successes *counter       // the Guard's
	passed    *counter       // what succeeded and passed the closed breaker unseen; the same, unless the breaker judges other things than attempts of this method

	waits waits // as they begin, if there is a retry
}

// Words of guards whose breaker does not have the say. They never change.
var (
	alwaysClosed atomic.Uint64 // there is no breaker
	neverShort   atomic.Uint64 // more than a breaker and a timeout of its own surround the first attempt
)

func init() { neverShort.Store(flags) }

// setWord finds out whether calls may take the short way.
func (g *regime) setWord() {
	p := g.policy
	bounded := p.Bulkhead != nil || p.RateLimit != nil || p.Timeout != nil && p.Timeout.Call > 0
	switch {
	case bounded || g.hedge != nil || g.passed != g.successes || p.Breaker != nil && p.Breaker.SlowCall > 0:
		g.word = &neverShort
	case g.breaker != nil:
		g.word = &g.breaker.word
	default:
		g.word = &alwaysClosed
	}
}

// do is Do.
func (g *regime) do(ctx context.Context, fn func(context.Context) error) (err error) {
	word := g.word.Load()
	if word&flags != 0 || ctx.Err() != nil {
		return g.layered(ctx, fn)
	}
	// The short way, written out: nothing but a closed breaker surrounds the first attempt and its timeout. What it costs, every healthy call costs;
	// the layers below would do the same at twice the price.
	returned := false
	defer func() {
		if !returned {
			g.abandoned(g.breaker, ticket{word: word}, recover())
		}
	}()
	if g.timeout.Attempt == 0 {
		err = fn(ctx)
	} else {
		err = g.boundedAttempt(ctx, fn)
	}
	returned = true
	if err == nil && g.word.Load() == word {
		g.successes.add()
		return nil
	}
	return g.afterFirst(ctx, fn, word, err)
}

// afterFirst goes on from a first attempt that was not just a success like all others.
func (g *regime) afterFirst(ctx context.Context, fn func(context.Context) error, word uint64, err error) error {
	err = g.attemptEnded(ctx, g.breaker, ticket{word: word}, err)
	if err != nil && g.retry != nil {
		err = g.repeat(ctx, fn, err)
	}
	return g.ended(ctx, err)
}

// layered is the whole way. What an open breaker rejects does not go far, unless a retry may wait for it: there are many such calls in an outage.
func (g *regime) layered(ctx context.Context, fn func(context.Context) error) error {
	if err := ctx.Err(); err != nil {
		g.stats.neither.Add(1)
		return err
	}
	if b := g.breaker; b != nil && !g.patient && b.word.Load()&flagOpen != 0 {
		g.stats.open.Add(1)
		return b.reject.Load()
	}
	return g.ended(ctx, g.within(ctx, fn))
}

// ended counts a call that ends with err.
func (g *regime) ended(ctx context.Context, err error) error {
	if err != nil {
		g.stats.callEnded(g, ctx, err)
	}
	return err
}

// within is bounded by the call timeout. Inside is a breaker that judges whole calls.
func (g *regime) within(ctx context.Context, fn func(context.Context) error) error {
	if g.timeout.Call > 0 {
		return g.boundedCall(ctx, fn)
	}
	return g.call(ctx, fn)
}

func (g *regime) call(ctx context.Context, fn func(context.Context) error) error {
	if g.perCall {
		return g.judgedCall(ctx, fn)
	}
	return g.retried(ctx, fn)
}

// retried is the first attempt, and more only if it failed. Each is one of a hedge's, where there is one: [Hedged] sees to that.
func (g *regime) retried(ctx context.Context, fn func(context.Context) error) error {
	err := g.attempt(ctx, fn)
	if err == nil || g.retry == nil {
		return err
	}
	return g.repeat(ctx, fn, err)
}

func (g *regime) attempt(ctx context.Context, fn func(context.Context) error) error {
	if g.hedge != nil {
		return fn(ctx)
	}
	return g.judgedAttempt(ctx, fn)
}

// limited is what the breaker judges, or nothing does: rate limit and bulkhead, and inside them the attempt timeout.
func (g *regime) limited(ctx context.Context, fn func(context.Context) error) error {
	if g.limiter != nil {
		if err := g.waitForRate(ctx); err != nil {
			return err
		}
	}
	if g.bulkhead != nil {
		return g.inBulkhead(ctx, fn)
	}
	return g.boundedAttempt(ctx, fn)
}
