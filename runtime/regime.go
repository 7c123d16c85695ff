package resil

import (
	"fmt"

	"golang.org/x/sync/semaphore"
	"golang.org/x/time/rate"
)

// This file puts a policy in force: for a guard that is new, and for one that runs under another so far.

// under returns the guard's regime under the policy p, which is valid. From the regime before, if there is one, it keeps what need not begin anew.
func (g *Guard) under(p Policy, before *regime) *regime {
	g.client.mu.Lock()
	defer g.client.mu.Unlock()
	r := &regime{Guard: g, policy: p, retry: p.Retry, hedge: p.Hedge, successes: g.successes, passed: g.successes}
	if p.Retry != nil {
		r.waits, r.patient = newWaits(p.Retry), len(p.Retry.On) > 0
	}
	if p.Timeout != nil {
		r.timeout = *p.Timeout
	}
	r.setLimits(before)
	if p.Breaker != nil {
		r.perCall = p.Breaker.PerCall
		r.setBreaker(p.Breaker, before)
	}
	r.setBudget()
	r.setWord()
	return r
}

// setLimits gives the regime its rate limit and its bulkhead: those of the method, if this is one of its keys; else those from before, as
// far as they can be what the policy says.
func (g *regime) setLimits(before *regime) {
	if g.of != nil {
		all := g.of.now.Load()
		g.limiter, g.bulkhead = all.limiter, all.bulkhead
		return
	}
	if l := g.policy.RateLimit; l != nil {
		g.limiter = rate.NewLimiter(rate.Limit(l.Rate), l.Burst)
		if before != nil && before.limiter != nil {
			g.limiter = before.limiter
			g.limiter.SetLimit(rate.Limit(l.Rate))
			g.limiter.SetBurst(l.Burst)
		}
	}
	if b := g.policy.Bulkhead; b != nil {
		g.bulkhead = semaphore.NewWeighted(int64(b.Max))
		if before != nil && before.bulkhead != nil && before.policy.Bulkhead.Max == b.Max {
			g.bulkhead = before.bulkhead
		}
	}
}

// setBreaker gives the regime its breaker: that of one key, one for each key, its own, or that of its scope.
func (g *regime) setBreaker(settings *Breaker, before *regime) {
	switch {
	case before != nil && before.passed != before.successes:
		g.passed = before.passed
	case g.of != nil:
		g.passed = newSmallCounter()
	case settings.PerCall:
		g.passed = newCounter()
	}
	c := g.client
	switch {
	case settings.Key != "" && g.of == nil:
		g.keys = keysFor(g.Guard, before)
		return
	case settings.Scope == ScopeMethod:
		if before == nil || before.breaker == nil || !before.breaker.change(settings) {
			g.breaker = newBreaker(c, g.method, g.key, settings)
		} else {
			g.breaker = before.breaker
		}
	default:
		if b := c.breakers[settings.Scope]; b == nil || !b.change(settings) {
			c.breakers[settings.Scope] = newBreaker(c, settings.Scope, "", settings)
		}
		g.breaker = c.breakers[settings.Scope]
	}
	g.breaker.join(g.passed)
}

// sameWindow reports whether outcomes that were counted under one's settings mean the same under the other's.
func (b *Breaker) sameWindow(o *Breaker) bool {
	return b.Window == o.Window && b.WindowCalls == o.WindowCalls && b.SlowCall == o.SlowCall &&
		b.PerCall == o.PerCall && b.needsWindow() == o.needsWindow()
}

// setBudget makes retries and hedges count against the client's budget.
func (g *regime) setBudget() {
	share, floor, ok := g.policy.budget()
	c := g.client
	switch {
	case !ok:
		return
	case c.budget == nil:
		c.budget = newBudget(share, floor)
	case g.retry != nil: // a hedge alone takes what there is
		c.budget.set(share, floor)
	}
	g.budget = c.budget
	g.budget.join(g.Guard)
}

// budget returns what the policy says of the client's budget; false if its retries and hedges, if any, are without one.
func (p *Policy) budget() (share, floor float64, ok bool) {
	switch {
	case p.Retry != nil:
		return p.Retry.Budget, p.Retry.Floor, !p.Retry.Unbudgeted
	case p.Hedge != nil:
		return defaultBudget, defaultFloor, true
	}
	return 0, 0, false
}

// fits returns what is wrong with the policy p for the guard g beside the policies of the client's other guards.
func (c *Client) fits(g *Guard, p Policy) error {
	for _, other := range c.guards {
		if other == g {
			continue
		}
		if err := p.agrees(other.now.Load().policy); err != nil {
			return err
		}
	}
	return nil
}

// agrees returns what the policies of two methods of one client contradict each other in: what they share, they must agree on.
func (p *Policy) agrees(o Policy) error {
	if p.Retry != nil && o.Retry != nil {
		share, floor, ok := p.budget()
		otherShare, otherFloor, otherOK := o.budget()
		if ok && otherOK && (share != otherShare || floor != otherFloor) {
			return fmt.Errorf("the retry budget is one for the whole client: budget=%s floor=%s here, budget=%s floor=%s before",
				printPercent(share), printRate(floor), printPercent(otherShare), printRate(otherFloor))
		}
	}
	if p.Breaker == nil || o.Breaker == nil || p.Breaker.Scope != o.Breaker.Scope || p.Breaker.Scope == ScopeMethod {
		return nil
	}
	if got, want := (Policy{Breaker: p.Breaker}).String(), (Policy{Breaker: o.Breaker}).String(); got != want {
		return fmt.Errorf("scope=%s: methods that share a breaker must agree on it: %q here, %q before", p.Breaker.Scope, got, want)
	}
	return nil
}
