package resil

// This file is the way of a call through its policy, from the outside to the inside.

import (
	"context"
	"sync/atomic"
	"time"
)

// A Guard applies one method's policy. Generated code makes one for each method and runs calls by
// it; to a program it is the method's breaker, to look at and to overrule. Its methods may be
// called by any number of goroutines at once.
//
// # Success, failure, neither
//
// Retry and breaker judge an outcome separately. To the breaker every error is a failure, except
// those marked by [Permanent] or named by never=, which are successes: the other side answered.
// What ignore= names is neither: it says nothing about the other side. So is an error after the
// caller's context was cancelled, and a rejection, by breaker, bulkhead or rate limit: there was no
// attempt. A deadline that passes during an attempt is a failure, and so is a panic. An attempt
// begins when it is let through: the time that it waits for bulkhead and rate limit does not count
// for slow=.
//
// Retry repeats every error, or those named by on=, except those named by never=, those marked by
// Permanent, rejections ([ErrOpen], [ErrBulkheadFull], [ErrRateLimited]) that on= does not name,
// and whatever comes after the caller's own context has ended. With on=resil.ErrOpen a call waits
// until its breaker is open no longer: until its time is over, or, where all probes are under way,
// until they have closed it; and then a jittered initial=, so that not all who waited come at once.
// A wait that the call's deadline would cut is not begun.
//
// Attempts of one call never overlap, and none is under way when the call returns: a method that
// does not listen to its context is waited for. Only the attempts of a hedge overlap. Those that
// lost may still be running, their contexts cancelled, and one that goes on after its context has
// ended is not waited for.
//
// # Timeouts
//
// An attempt gets a context that ends at the earliest of attempt timeout, call timeout and the
// caller's own deadline; its cause tells whose time it was, by [ErrTimeout]. Its timer and channel
// are made when somebody asks for Done. If an attempt has failed when its time is over by the
// clock, that is a timeout, whatever the error says: a server to which the deadline was sent along
// may say so a moment before. A value that comes late is a success all the same. Results that
// outlive the call are another matter: see [Lease].
type Guard struct {
	client        *Client
	*methodNature          // of the method: its name, what it is, and its policy without overrides
	parent        *Guard   // of the guard of one value of key=: the method's; nil for the method's own
	key           string   // that value
	successes     *counter // attempts that succeeded
	stats         *stats
	latency       *latency // how long attempts took, for hedges that wait for a quantile

	// What an operator has forced the method's breaker to, whichever that is, and, while the
	// breaker is switched off, those of keys that are forced to something else. Both are under the
	// client's lock.
	forced     forcedState
	forcedKeys map[string]forcedState

	running atomic.Int64 // calls of a key that are under way
	used    atomic.Int64 // when a key was last used, by the count of uses

	inForce atomic.Pointer[regime] // by which calls go that begin now
}

// Do runs fn under the policy: the first attempt, and what the policy makes of its outcome. fn gets
// the context of the attempt; it runs on the caller's goroutine, one attempt after the other, never
// after Do has returned.
//
// If ctx has ended already, Do returns its error without an attempt; if ctx is nil, Do panics.
// Which errors Do returns is said at Errors, in the package comment. The Elapsed of an [*Error]
// counts from the end of the first attempt, or from the start of the call where the policy has a
// timeout: a healthy call without one does not read the clock.
func (g *Guard) Do(ctx context.Context, fn func(context.Context) error) error {
	return g.inForce.Load().do(ctx, fn)
}

// A call is one call of a guarded method.
type call struct {
	ctx   context.Context // the caller's
	start time.Time       // zero if nobody has looked at the clock
	end   time.Time       // when the call timeout ends it; zero if the caller's own deadline comes first
}

// work is what each attempt of a call does. It is kept apart from the call, of which contexts and
// errors keep a part: so it stays on the caller's stack, with all that the closure has captured.
type work struct {
	fn    func(context.Context) error
	lease *Lease // of a result that outlives the call; nil for a plain one

	// race makes one hedged attempt, in place of fn; nil if attempts do not overlap.
	race func(ctx context.Context, end time.Time) error
}

// The words of guards that do not go by the word of a breaker. They never change.
var (
	alwaysClosed atomic.Uint64 // there is no breaker
	neverShort   atomic.Uint64 // more than a breaker surrounds the first attempt
)

func init() { neverShort.Store(flags) }

// setWords finds out whether calls may take the short way, or at least the longer one: with
// timeouts, or by the breaker of a key.
func (g *regime) setWords() {
	g.word, g.longerWord = &neverShort, &neverShort
	if g.bulkhead != nil || g.limiter != nil || g.hedge != nil || g.timesAttempts || g.perCall {
		return
	}
	word := &alwaysClosed
	if g.breaker != nil {
		word = &g.breaker.word
	}
	if g.hasTimeout || g.parent != nil {
		g.longerWord = word
	} else {
		g.word = word
	}
}

// do runs a call on the short way, if the word allows it, or else on another.
func (g *regime) do(ctx context.Context, fn func(context.Context) error) (err error) {
	word := g.word.Load()
	if word&flags != 0 || g.superseded.Load() || ctx == nil || ctx.Err() != nil {
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
	if err == nil && g.word.Load() == word && !g.superseded.Load() {
		g.successes.add()
		return nil
	}
	return g.afterFirst(&call{ctx: ctx}, work{fn: fn}, word, err)
}

// doLonger runs a call that the word has let through on the longer of the short ways: under
// timeouts, or for a key, which counts for itself as well.
func (g *regime) doLonger(ctx context.Context, w work, word uint64) (err error) {
	c := call{ctx: ctx}
	returned := false
	if g.parent != nil {
		g.running.Add(1)
	}
	defer func() {
		if g.parent != nil {
			g.running.Add(-1)
		}
		if !returned {
			g.abandoned(word, recover())
		}
	}()
	if g.hasTimeout {
		c.start = time.Now()
		if g.timeout.Call > 0 {
			c.end = c.start.Add(g.timeout.Call)
		}
		err = g.boundedFrom(&c, w, c.start)
	} else {
		err = w.fn(ctx)
	}
	returned = true
	if err == nil && g.longerWord.Load() == word && !g.superseded.Load() {
		g.succeeded()
		return nil
	}
	if g.hasTimeout {
		g.begin(&c, c.start) // whether the caller's deadline comes before the end: only now it matters
	}
	return g.afterFirst(&c, w, word, err)
}

// succeeded counts an attempt that is just a success like all others.
func (g *regime) succeeded() {
	g.successes.add()
	if g.unseen != g.successes {
		g.unseen.add()
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
	err = g.countCall(c.ctx, err)
	returned = true
	return err
}

// layered runs a call that may not take the short way. What an open breaker rejects does not go
// far, unless a retry may wait for it: there are many such calls in an outage.
func (g *regime) layered(ctx context.Context, w work) error {
	if ctx == nil {
		g.fail("the context is nil")
	}
	if err := ctx.Err(); err != nil {
		g.stats.neither.Add(1)
		return err
	}
	if b := g.breaker; b != nil && !g.mayAwaitOpen {
		if word := b.word.Load(); word&flagOpen != 0 && b.rejectsBy(word) {
			g.stats.rejectedOpen.Add(1)
			return b.reject.Load()
		}
	}
	if g.parent != nil && g.superseded.Load() { // somebody has kept the guard of a key
		if current := g.current(); current != g.Guard {
			return current.inForce.Load().layered(ctx, w)
		}
	}
	if word := g.longerWord.Load(); word&flags == 0 && !g.superseded.Load() {
		return g.doLonger(ctx, w, word)
	}
	return g.whole(&call{ctx: ctx}, w)
}

// whole runs a call that may be made through all policies, one around the other.
func (g *regime) whole(c *call, w work) error {
	returned := false
	defer g.callAbandoned(&returned)
	if g.parent != nil {
		g.running.Add(1)
		defer g.running.Add(-1)
	}
	if g.hasTimeout {
		g.begin(c, time.Now())
	}
	err := g.countCall(c.ctx, g.boundedCall(c, w))
	returned = true
	return err
}

// countCall counts a call that ends with err, and returns err.
func (g *regime) countCall(ctx context.Context, err error) error {
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

// boundedCall runs what the call timeout bounds. Outermost is a breaker that judges whole
// calls.
func (g *regime) boundedCall(c *call, w work) error {
	if g.perCall {
		return g.judgedCall(c, w)
	}
	return g.retried(c, w)
}

// retried makes the first attempt, and further ones only if it failed.
func (g *regime) retried(c *call, w work) error {
	err := g.attempt(c, w)
	if err == nil || g.retry == nil {
		return err
	}
	return g.repeat(c, w, err)
}

// attempt makes one attempt, or one of a hedge's, where there is one: [Hedged] brings that as race.
func (g *regime) attempt(c *call, w work) error {
	if w.race != nil {
		return w.race(c.ctx, c.end)
	}
	return g.judgedAttempt(c, w)
}

// limited runs what a breaker of attempts judges, if there is one: rate limit and bulkhead, and
// inside them the attempt timeout. An attempt begins when it is let through: waiting for that is
// not the other side's time.
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
	if g.timesAttempts {
		t.began = time.Now()
	}
	return g.boundedAttempt(c, w)
}

// current returns the guard itself; or, if that is the guard of a key, the one that stands for the
// key by now.
func (g *Guard) current() *Guard {
	if g.parent == nil || g.key == otherKeys {
		return g
	}
	return g.parent.For(g.key)
}
