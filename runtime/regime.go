package resil

// This file is what a guard goes by, and how another policy is put in force for it.
//
// What policies count is counted by a few objects: a breaker, a budget, a rate limit, a bulkhead. A
// guard that comes to one counts there from now on; a guard that stays with one keeps it, with the
// new numbers; a guard that leaves one is taken out of it. An object that methods share is there
// while any of them goes by it.

import (
	"maps"
	"slices"
	"sync/atomic"
)

// A regime is a Guard under one policy: what a call goes by from its beginning to its end. Nothing
// of it changes meanwhile but what it counts with, and superseded.
//
// Its methods in guard.go are where the policies are put together: each surrounds the one below it.
type regime struct {
	*Guard
	policy Policy

	retry         *Retry   // nil if the policy has none, as are the following
	budget        *budget  // what retries and hedges are taken from
	hedge         *Hedge   //
	breaker       *breaker //
	perCall       bool     // the breaker judges whole calls
	timesAttempts bool     // the breaker asks how long attempts take
	mayAwaitOpen  bool     // a retry may wait for an open breaker
	keys          *keys    // the guards of the values of key=
	limiter       *limiter
	bulkhead      *bulkhead
	timeout       Timeout // zero fields if the policy has none
	hasTimeout    bool

	word       *atomic.Uint64 // tells calls that may take the short way: the breaker's, or alwaysClosed, or neverShort
	longerWord *atomic.Uint64 // the same for those with timeouts, or a key

	// superseded is set once the guard goes by another breaker, or by one that judges something
	// else. What ends after that counts for neither breaker, except for a probe: its outcome still
	// counts for the breaker that let it pass, if the guard still goes by that one.
	superseded *atomic.Bool

	successes *counter // the Guard's

	// unseen counts the attempts that succeeded without the closed breaker seeing it. It is the
	// same as successes, unless the breaker judges other things than attempts of this method.
	unseen *counter

	waits waits // as they begin, if there is a retry
}

// put puts another policy in force for the calls that begin from now on, also for the values of
// key=.
func (g *Guard) put(p Policy) {
	before := g.inForce.Load()
	g.putOwn(p)
	before.sendAway()
	switch r := g.inForce.Load(); {
	case r.keys != nil && before.keys != nil:
		r.keys.put(p)
	case r.keys != nil:
		for key, f := range g.swapForcedKeys(nil) {
			g.For(key).force(f)
		}
	case before.keys != nil:
		g.swapForcedKeys(before.keys.retire())
	}
}

// swapForcedKeys remembers what an operator has forced keys to while the guard has none, and
// returns what was remembered so far.
func (g *Guard) swapForcedKeys(next map[string]forcedState) (before map[string]forcedState) {
	g.client.mu.Lock()
	defer g.client.mu.Unlock()
	before, g.forcedKeys = g.forcedKeys, next
	return before
}

// putOwn puts a policy, which is valid, in force for the guard alone, without those of keys. It
// takes the place of another policy, or is the first.
func (g *Guard) putOwn(p Policy) {
	g.client.mu.Lock()
	defer g.client.mu.Unlock()
	before := g.inForce.Load()
	next := g.under(p, before)
	if before == nil {
		g.inForce.Store(next)
		return
	}
	// In this order: whoever is let through, or woken, because the guard leaves a breaker, sees
	// that it has left, and finds the next one in force.
	if next.superseded != before.superseded {
		before.superseded.Store(true)
	}
	g.inForce.Store(next)
	if !before.stays(next) {
		before.desert(next.breaker)
	}
}

// under returns the guard's regime under the policy p, which takes the place of another regime; nil
// for none.
func (g *Guard) under(p Policy, before *regime) *regime {
	r := &regime{Guard: g, policy: p, retry: p.Retry, hedge: p.Hedge, successes: g.successes, unseen: g.successes}
	if p.Retry != nil {
		r.waits, r.mayAwaitOpen = newWaits(p.Retry), len(p.Retry.On) > 0
	}
	if p.Timeout != nil {
		r.timeout, r.hasTimeout = *p.Timeout, true
	}
	if before == nil {
		before = &regime{Guard: g}
	}
	r.setLimits(before)
	r.setBreaker(before)
	r.setBudget(before)
	r.setWords()
	return r
}

// A scopeGroup is a group of methods that share a breaker, a bulkhead or a rate limit, by its
// scope; or a single method, where that is ScopeMethod.
type scopeGroup struct {
	scope  string
	method string
}

// groupOf returns the group of the guard's method under a scope.
func (g *Guard) groupOf(scope string) scopeGroup {
	if scope == ScopeMethod || scope == "" {
		return scopeGroup{ScopeMethod, g.method}
	}
	return scopeGroup{scope, ""}
}

// setLimits gives the regime its rate limit and its bulkhead. The regime of a key has those of the
// method.
func (g *regime) setLimits(before *regime) {
	if g.parent != nil {
		all := g.parent.inForce.Load()
		g.limiter, g.bulkhead = all.limiter, all.bulkhead
		return
	}
	c := g.client
	if l := g.policy.RateLimit; l != nil {
		alone := g.isAlone(func(r *regime) bool { return r.limiter == before.limiter })
		create := func() *limiter { return newLimiter(l.Rate, l.Burst) }
		g.limiter = inScope(c.limiters, g.groupOf(l.Scope), before.limiter, alone, create)
		g.limiter.set(l.Rate, l.Burst)
	}
	if b := g.policy.Bulkhead; b != nil {
		alone := g.isAlone(func(r *regime) bool { return r.bulkhead == before.bulkhead })
		create := func() *bulkhead { return newBulkhead(b.Max) }
		g.bulkhead = inScope(c.bulkheads, g.groupOf(b.Scope), before.bulkhead, alone, create)
		g.bulkhead.resize(b.Max)
	}
}

// inScope returns what counts in a scope: what there is; or else, if the guard was alone with it,
// what the guard has counted by so far, with all counts; or else a new one.
func inScope[T any](all map[scopeGroup]*T, of scopeGroup, before *T, alone bool, create func() *T) *T {
	if there := all[of]; there != nil {
		return there
	}
	if before == nil || !alone {
		before = create()
	}
	maps.DeleteFunc(all, func(_ scopeGroup, other *T) bool { return other == before })
	all[of] = before
	return before
}

// sendAway sends those away who wait at the breaker, the bulkhead or the rate limit that the guard
// has gone by so far; at a limit, only if nobody goes by it any more. They find the new regime in
// force.
func (before *regime) sendAway() {
	g := before.Guard
	r := g.inForce.Load()
	if b := before.breaker; b != nil && b != r.breaker {
		b.mu.Lock()
		b.wake()
		b.mu.Unlock()
	}
	if b := before.bulkhead; b != nil && b != r.bulkhead && g.isAlone(func(r *regime) bool { return r.bulkhead == b }) {
		b.sendAway()
	}
	if l := before.limiter; l != nil && l != r.limiter && g.isAlone(func(r *regime) bool { return r.limiter == l }) {
		l.sendAway()
	}
}

// isAlone reports whether of the client's guards no other goes by a regime for which of holds.
func (g *Guard) isAlone(of func(*regime) bool) bool {
	return !slices.ContainsFunc(g.client.guards, func(other *Guard) bool { return other != g && of(other.inForce.Load()) })
}

// setBreaker gives the regime its breaker: that of one key, one for each key, its own, or that of
// its scope. A new breaker takes over what the breaker from before had decided.
func (g *regime) setBreaker(before *regime) {
	if settings := g.policy.Breaker; settings != nil {
		if settings.Key != "" && g.parent == nil {
			g.setKeys(before) // which judge, and nothing here does
		} else {
			g.perCall, g.timesAttempts = settings.PerCall, settings.SlowCall > 0
			g.setUnseen(before)
			g.breaker = g.breakerFor(settings, before.breaker)
		}
	}
	staying := before.stays(g)
	if staying && before.perCall == g.perCall {
		g.superseded = before.superseded
		return
	}
	g.superseded = new(atomic.Bool)
	if g.breaker != nil && !staying {
		g.breaker.join(g.unseen)
	}
}

// stays reports whether the guard counts by the same breaker, in the same way, under the next
// regime.
func (g *regime) stays(next *regime) bool {
	return g.superseded != nil && g.breaker == next.breaker && g.unseen == next.unseen
}

// setKeys gives the regime the breakers of the method's keys: those from before, or none yet.
func (g *regime) setKeys(before *regime) {
	if g.keys = before.keys; g.keys == nil {
		g.keys = &keys{parent: g.Guard, forced: g.forced}
	}
}

// setUnseen says where the successes are counted that the breaker does not see: by the Guard's
// counter, unless the breaker judges something else.
func (g *regime) setUnseen(before *regime) {
	switch {
	case g.parent == nil && !g.perCall:
	case before.unseen != nil && before.unseen != g.successes:
		g.unseen = before.unseen
	case g.parent != nil:
		g.unseen = newSmallCounter()
	default:
		g.unseen = newCounter()
	}
}

// breakerFor returns the breaker that the guard goes by under the settings, which are in force for
// it.
func (g *regime) breakerFor(settings *Breaker, before *breaker) *breaker {
	c := g.client
	of := g.groupOf(settings.Scope)
	b := c.breakers[of]
	if g.parent != nil {
		b = before
	}
	if b != nil {
		b.configure(settings)
		b.forceUnlessOutweighed(g.forced)
		return b
	}
	name := g.method
	if of.scope != ScopeMethod {
		name = of.scope
	}
	b = newBreaker(c, name, g.key, settings)
	if before != nil {
		b.takeOver(before)
	}
	b.forceUnlessOutweighed(g.forced)
	if g.parent == nil {
		c.breakers[of] = b
	}
	return b
}

// desert takes the guard out of the regime's breaker, if it has one, for the one by which it goes
// from now on. What an operator has forced it to goes along with the guard, and does not stay with
// those who are left. A breaker that nobody goes by any more is forgotten.
func (g *regime) desert(to *breaker) {
	g.superseded.Store(true)
	if g.breaker == nil {
		return
	}
	switch deserted := g.breaker.leave(g.unseen); {
	case g.parent != nil, g.breaker == to:
		return
	case !deserted:
		g.breaker.ensureForced(g.client.forcedOn(g.breaker, g.Guard))
		return
	}
	for of, b := range g.client.breakers {
		if b == g.breaker {
			delete(g.client.breakers, of)
		}
	}
}

// setBudget makes retries and hedges count against the client's budget.
func (g *regime) setBudget(before *regime) {
	c := g.client
	if share, floor, ok := g.policy.budget(); ok {
		switch {
		case c.budget == nil:
			c.budget = newBudget(share, floor)
		case g.retry != nil: // a hedge alone takes what there is
			c.budget.set(share, floor)
		}
		g.budget = c.budget
	}
	switch {
	case g.parent != nil, before.budget == g.budget: // the guards of keys count with the one that they belong to
	case g.budget != nil:
		g.budget.join(g.Guard)
	case before.budget.leave(g.Guard):
		c.budget = nil
	}
}

// budget returns what the policy says of the client's budget; false if its retries and hedges are
// without a budget, or if it has neither.
func (p *Policy) budget() (share, floor float64, ok bool) {
	switch {
	case p.Retry != nil:
		return p.Retry.Budget, p.Retry.Floor, !p.Retry.Unbudgeted
	case p.Hedge != nil:
		return defaults.Retry.Budget, defaults.Retry.Floor, !defaults.Retry.Unbudgeted
	}
	return 0, 0, false
}
