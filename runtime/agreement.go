package resil

// This file is about what the methods of a client share: the retry budget, and breakers, bulkheads
// and rate limits of one scope. What they share, they must agree on.

import (
	"fmt"
	"strconv"
)

// A term is what a policy says of something that methods share.
type term struct {
	shared string // the budget, or a scope's breaker; unique within a client
	says   string // as directives
}

// terms returns what a policy says of what methods share. How long an attempt waits for its turn is
// not among it: that is a matter of each method.
func (p *Policy) terms() (list []term) {
	if share, floor, ok := p.budget(); ok && p.Retry != nil {
		list = append(list, term{"the retry budget is one for the whole client",
			"budget=" + printPercent(share) + " floor=" + printRate(floor)})
	}
	add := func(part, scope string, p Policy) {
		if scope != "" && scope != ScopeMethod {
			list = append(list, term{"scope=" + scope + ": methods that share a " + part + " must agree on it", strconv.Quote(p.String())})
		}
	}
	if b := p.Breaker; b != nil {
		add("breaker", b.Scope, Policy{Breaker: b})
	}
	if b := p.Bulkhead; b != nil {
		add("bulkhead", b.Scope, Policy{Bulkhead: &Bulkhead{Max: b.Max, Scope: b.Scope}})
	}
	if l := p.RateLimit; l != nil {
		add("rate limit", l.Scope, Policy{RateLimit: &RateLimit{Rate: l.Rate, Burst: l.Burst, Scope: l.Scope}})
	}
	return list
}

// An agreement is what the policies of a client's methods say of what they share, and who says it
// first.
type agreement[T any] map[string]struct {
	says string
	by   T
}

// join adds what a policy says. If that contradicts what another policy said before, join returns
// by whom that was, and an error.
func (a agreement[T]) join(p *Policy, by T) (with T, err error) {
	for _, t := range p.terms() {
		before, ok := a[t.shared]
		switch {
		case !ok:
			before.says, before.by = t.says, by
			a[t.shared] = before
		case before.says != t.says:
			return before.by, fmt.Errorf("%s: %s here, %s before", t.shared, t.says, before.says)
		}
	}
	return with, nil
}
