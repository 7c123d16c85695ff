package resil

import (
	"context"
	"sync/atomic"
	"time"
)

// A Guard applies one method's policy. Its methods may be called by any number of goroutines at
// once.
type Guard struct {
	client    *Client
	*nature            // of the method: its name, what it is, and its policy without overrides
	of        *Guard   // whose breaker key= divides, if this is the guard of one of its values; nil for the guard of a method
	key       string   // that value
	successes *counter // attempts that succeeded
	stats     *stats
	latency   *latency // how long attempts took, for hedges that wait for a quantile

	forced     forced            // what an operator wants of the method's breaker, whichever that is; under the client's lock
	forcedKeys map[string]forced // and of those of keys for which it is something else, while the breaker is switched off

	running atomic.Int64 // calls of a key that are under way
	used    atomic.Int64 // when a key was last used, by the count of uses

	inForce atomic.Pointer[regime]
}

// Do runs fn under the policy: the first attempt, and what the policy makes of its outcome. fn gets
// the context of the attempt; it runs on the caller's goroutine, one attempt after the other, never
// after Do has returned.
//
// A context that has ended already is returned as its error without an attempt; one that is nil is
// a panic. An error on which no policy acted is returned as it came; otherwise it is an [*Error]
// whose Elapsed counts from the end of the first attempt, or from the start of the call where the
// policy has a timeout: a healthy call without one does not read the clock.
func (g *Guard) Do(ctx context.Context, fn func(context.Context) error) error {
	return g.inForce.Load().do(ctx, fn)
}

// A regime is a Guard under one policy: what a call goes by from its beginning to its end, whatever
// changes meanwhile. Only what it counts with does, and whether it has the say.
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
	timed    bool     // the breaker asks how long attempts take
	patient  bool     // a retry may wait for an open breaker
	keys     *keys    // the guards of the values of key=
	limiter  *limiter
	bulkhead *bulkhead
	timeout  Timeout // zero fields if the policy has none
	bounded  bool    // it has one

	word       *atomic.Uint64 // tells calls that may take the short way: the breaker's, or alwaysClosed, or neverShort
	longerWord *atomic.Uint64 // the same for those with timeouts, or a key

	left      *atomic.Bool // the guard goes by another breaker by now, or that judges something else: what ends late does not count for either
	successes *counter     // the Guard's
	passed    *counter     // what succeeded and passed the closed breaker unseen; the same, unless the breaker judges other things than attempts of this method

	waits waits // as they begin, if there is a retry
}

// A call is one call of a guarded method.
type call struct {
	ctx   context.Context // the caller's
	start time.Time       // zero if nobody has looked at the clock
	end   time.Time       // when the call timeout ends it; zero if nothing does before the caller's own deadline
}

// A work is what each attempt of a call does. It is kept apart from the call, of which contexts and
// errors keep a part: so it stays on the caller's stack, with all that the closure has captured.
type work struct {
	fn    func(context.Context) error
	lease *Lease                                         // of a result that outlives the call; nil for a plain one
	race  func(ctx context.Context, end time.Time) error // one hedged attempt, in place of fn; nil if attempts do not overlap
}

// Words of guards whose breaker does not have the say. They never change.
var (
	alwaysClosed atomic.Uint64 // there is no breaker
	neverShort   atomic.Uint64 // more than a breaker surrounds the first attempt
)

func init() { neverShort.Store(flags) }

// setWords finds out whether calls may take the short way, or at least the longer one: with
// timeouts, or by the breaker of a key.
func (g *regime) setWords() {
	g.word, g.longerWord = &neverShort, &neverShort
	if g.bulkhead != nil || g.limiter != nil || g.hedge != nil || g.timed || g.perCall {
		return
	}
	word := &alwaysClosed
	if g.breaker != nil {
		word = &g.breaker.word
	}
	if g.bounded || g.of != nil {
		g.longerWord = word
	} else {
		g.word = word
	}
}

// do is [Guard.Do].
func (g *regime) do(ctx context.Context, fn func(context.Context) error) (err error) {
	word := g.word.Load()
	if word&flags != 0 || ctx == nil || ctx.Err() != nil {
		return g.layered(ctx, work{fn: fn})
	}
	// The short way, written out: nothing but a closed breaker surrounds the first attempt. What it
	// costs, every healthy call costs; the layers below would do the same at twice the price.
	returned := false
	defer func() {
		if !returned {
			g.abandoned(word, recover())
		}
	}()
	err = fn(ctx)
	returned = true
	if err == nil && g.word.Load() == word && !g.left.Load() {
		g.successes.add()
		return nil
	}
	return g.afterFirst(&call{ctx: ctx}, work{fn: fn}, word, err)
}

// doLonger is do under timeouts, or for a key, which counts for itself as well. The call has been
// let through, by the word.
func (g *regime) doLonger(ctx context.Context, w work, word uint64) (err error) {
	c := call{ctx: ctx}
	returned := false
	if g.of != nil {
		g.running.Add(1)
	}
	defer func() {
		if g.of != nil {
			g.running.Add(-1)
		}
		if !returned {
			g.abandoned(word, recover())
		}
	}()
	if g.bounded {
		c.start = time.Now()
		if g.timeout.Call > 0 {
			c.end = c.start.Add(g.timeout.Call)
		}
		err = g.boundedFrom(&c, w, c.start)
	} else {
		err = w.fn(ctx)
	}
	returned = true
	if err == nil && g.longerWord.Load() == word && !g.left.Load() {
		g.succeeded()
		return nil
	}
	if g.bounded {
		g.begin(&c, c.start) // whether the caller's deadline comes before the end: only now it matters
	}
	return g.afterFirst(&c, w, word, err)
}

// succeeded counts an attempt that is just a success like all others.
func (g *regime) succeeded() {
	g.successes.add()
	if g.passed != g.successes {
		g.passed.add()
	}
}

// abandoned takes note of a first attempt on the short way that did not return, which ends the
// call.
func (g *regime) abandoned(word uint64, thrown any) {
	g.stats.callAbandoned(thrown)
	g.attemptThrew(g.breaker, ticket{word: word}, thrown)
}

// afterFirst goes on from a first attempt that was not just a success like all others.
func (g *regime) afterFirst(c *call, w work, word uint64, err error) error {
	returned := false
	defer g.callAbandoned(&returned)
	err = g.attemptEnded(c.ctx, g.breaker, ticket{word: word}, err)
	if err != nil && g.retry != nil {
		err = g.repeat(c, w, err)
	}
	err = g.ended(c.ctx, err)
	returned = true
	return err
}

// layered is every other way. What an open breaker rejects does not go far, unless a retry may wait
// for it: there are many such calls in an outage.
func (g *regime) layered(ctx context.Context, w work) error {
	if ctx == nil {
		g.fail("the context is nil")
	}
	if err := ctx.Err(); err != nil {
		g.stats.neither.Add(1)
		return err
	}
	if b := g.breaker; b != nil && !g.patient {
		if word := b.word.Load(); word&flagOpen != 0 && b.rejectsBy(word) {
			g.stats.open.Add(1)
			return b.reject.Load()
		}
	}
	if g.of != nil && g.left.Load() { // somebody has kept the guard of a key
		if current := g.current(); current != g.Guard {
			return current.inForce.Load().layered(ctx, w)
		}
	}
	if word := g.longerWord.Load(); word&flags == 0 {
		return g.doLonger(ctx, w, word)
	}
	return g.whole(&call{ctx: ctx}, w)
}

// whole is the whole way of a call that may be made.
func (g *regime) whole(c *call, w work) error {
	returned := false
	defer g.callAbandoned(&returned)
	if g.of != nil {
		g.running.Add(1)
		defer g.running.Add(-1)
	}
	if g.bounded {
		g.begin(c, time.Now())
	}
	err := g.ended(c.ctx, g.call(c, w))
	returned = true
	return err
}

// ended counts a call that ends with err.
func (g *regime) ended(ctx context.Context, err error) error {
	if err != nil {
		g.stats.callEnded(g, ctx, err)
	}
	return err
}

// callAbandoned counts a call that does not return, and lets what was thrown go on up. It is
// deferred.
func (g *regime) callAbandoned(returned *bool) {
	if *returned {
		return
	}
	thrown := recover()
	g.stats.callAbandoned(thrown)
	if thrown != nil {
		panic(thrown)
	}
}

// call is what the call timeout bounds. Outermost is a breaker that judges whole calls.
func (g *regime) call(c *call, w work) error {
	if g.perCall {
		return g.judgedCall(c, w)
	}
	return g.retried(c, w)
}

// retried is the first attempt, and more only if it failed. Each is one of a hedge's, where there
// is one: [Hedged] sees to that.
func (g *regime) retried(c *call, w work) error {
	err := g.attempt(c, w)
	if err == nil || g.retry == nil {
		return err
	}
	return g.repeat(c, w, err)
}

func (g *regime) attempt(c *call, w work) error {
	if w.race != nil {
		return w.race(c.ctx, c.end)
	}
	return g.judgedAttempt(c, w)
}

// limited is what the breaker judges, or nothing does: rate limit and bulkhead, and inside them the
// attempt timeout. An attempt begins when it is let through: waiting for that is not the other
// side's time.
func (g *regime) limited(c *call, w work, t *ticket) error {
	var l *limiter
	if g.limiter != nil {
		var err error
		if l, err = g.waitForRate(c); err != nil {
			return err
		}
	}
	if g.bulkhead != nil {
		b, err := g.waitForRoom(c)
		if err != nil {
			if l != nil {
				l.giveBack() // it begins nothing
			}
			return err
		}
		if b != nil {
			defer b.leave()
		}
	}
	if g.timed {
		t.began = time.Now()
	}
	return g.boundedAttempt(c, w)
}
