package forecast

// This file is what the other side gets in an outage.

import (
	"time"

	resil "github.com/resilgen/resilgen/runtime"
)

// An Outage is what happens when, after a long healthy time, from one moment on every attempt fails
// at once.
type Outage struct {
	CallsPerSecond int

	// Attempts a second that the other side gets while no breaker is open: if there were no retry
	// budget, and under the budget that there is. Neither is above the rate limit.
	Unbudgeted, Budgeted float64

	HasBreaker bool          // there is one
	Opens      bool          // it opens
	After      time.Duration // how long after the first failure it does
}

// outageAt plays the outage at a number of calls a second:
//
//	unbudgeted  calls × tries that fit into the call timeout × (1 + hedges)
//	budgeted    calls + max(share × calls, floor), if that is less
func outageAt(p resil.Policy, rate int) Outage {
	perCall := len(timeline(p, 0))
	if p.Hedge != nil {
		perCall *= 1 + p.Hedge.Max
	}
	calls := float64(rate)
	o := Outage{CallsPerSecond: rate, Unbudgeted: calls * float64(perCall)}
	o.Budgeted = o.Unbudgeted
	if share, floor, isBounded := budgetOf(p); isBounded {
		o.Budgeted = min(o.Unbudgeted, calls+max(share*calls, floor))
	}
	if l := p.RateLimit; l != nil {
		o.Unbudgeted, o.Budgeted = min(o.Unbudgeted, l.Rate), min(o.Budgeted, l.Rate)
	}
	if p.Breaker != nil {
		o.HasBreaker = true
		o.After, o.Opens = newDrill(p, time.Second/time.Duration(rate)).run()
	}
	return o
}
