package generator

// This file finds policies that are right by themselves and in vain together. Each error says the arithmetic.
//
// Unlike a policy that cannot act on a method, such a contradiction is one of the numbers, whatever the method is like: it is an error
// also where the method was merely swept in. It stands at the most specific setting that takes part, which brought the trouble.

import (
	"fmt"
	"strings"

	resil "github.com/resilgen/resilgen/runtime"
)

// checkAcross reports what is in vain in a policy that is valid. That a hedge comes before its attempt is over belongs to
// Validate, because an override must not change that either.
func (d *decision) checkAcross() {
	d.checkCallFits()
	d.checkSlow()
	d.checkTrips()
	d.checkMeetsOpen()
	d.checkOutlivesOpen()
}

// checkCallFits makes sure that all attempts have their time within the call timeout. Without an attempt timeout there is no telling. Waits
// for rate limit and bulkhead do not count: they are for peaks.
func (d *decision) checkCallFits() {
	p := d.plan.Policy
	if p.Retry == nil || p.Timeout == nil || p.Timeout.Attempt == 0 || p.Timeout.Call == 0 {
		return
	}
	each, between := longestAttempt(p, 0), waits(p.Retry, 0)
	sum := plus(times(each, p.Retry.Attempts), between)
	if sum <= p.Timeout.Call {
		return
	}
	hedged := ""
	if p.Hedge != nil {
		hedged = " with hedges"
	}
	d.contradict("timeout call, retry attempts, timeout attempt, retry initial, retry max, retry multiplier, retry jitter, hedge after, hedge max",
		"%d attempts × %s%s + waits up to %s = %s > call=%s: the last attempts could not take their time",
		p.Retry.Attempts, Brief(each), hedged, Brief(between), Brief(sum), Brief(p.Timeout.Call))
}

// checkSlow makes sure that what the breaker judges can be as slow as it says. A timeout ends it before, as a failure.
func (d *decision) checkSlow() {
	p := d.plan.Policy
	if p.Breaker == nil || p.Breaker.SlowCall == 0 || p.Timeout == nil {
		return
	}
	key, limit, queue := "attempt", p.Timeout.Attempt, queueing(p)
	if limit == 0 || p.Breaker.PerCall {
		key, limit, queue = "call", p.Timeout.Call, 0
	}
	if longest := plus(limit, queue); limit > 0 && longest < p.Breaker.SlowCall {
		sum := ""
		if queue > 0 {
			sum = fmt.Sprintf(" + waits up to %s = %s", Brief(queue), Brief(longest))
		}
		d.contradict("breaker slow, timeout "+key, "%s=%s%s < slow=%s: nothing could be slow, and slowcalls= never open the breaker",
			key, Brief(limit), sum, Brief(p.Breaker.SlowCall))
	}
}

// checkTrips makes sure that the breaker's window can hold as many calls as it wants to see: a rate limit lets only so many pass.
func (d *decision) checkTrips() {
	b, l := d.plan.Policy.Breaker, d.plan.Policy.RateLimit
	if b == nil || l == nil || b.Window == 0 || b.Scope != resil.ScopeMethod {
		return
	}
	most := float64(l.Burst) + l.Rate*b.Window.Seconds()
	if most < float64(b.MinCalls) {
		d.contradict("breaker min, breaker window, ratelimit rate, ratelimit burst", "burst=%d + %g/s × window=%s = %g < min=%d: the breaker could never open",
			l.Burst, l.Rate, Brief(b.Window), most, b.MinCalls)
	}
}

// checkMeetsOpen makes sure that retries which are to wait for an open breaker meet it: one that
// judges whole calls stands outside of them.
func (d *decision) checkMeetsOpen() {
	b := d.plan.Policy.Breaker
	if b == nil || !b.PerCall {
		return
	}
	if on, ok := d.retriesOpen(); ok {
		d.contradict("retry on, breaker per", "on=%s has no effect with the breaker's per=call: it stands outside the retries, and no attempt meets it open", on)
	}
}

// checkOutlivesOpen makes sure that a call that waits for an open breaker can live to see it half-open. Its wait is what is left of the open
// time, and one that would outlive the call is not begun.
func (d *decision) checkOutlivesOpen() {
	p := d.plan.Policy
	if p.Breaker == nil || p.Breaker.PerCall || p.Timeout == nil || p.Timeout.Call == 0 {
		return
	}
	shortest := openTimes(p.Breaker).Shortest
	if p.Timeout.Call > shortest {
		return
	}
	if on, ok := d.retriesOpen(); ok {
		open := fmt.Sprintf("open=%s", Brief(p.Breaker.Open))
		if shortest < p.Breaker.Open {
			open += fmt.Sprintf(" - %s = %s", said("jitter", d.valuesOf("breaker")), Brief(shortest))
		}
		d.contradict("retry on, breaker open, breaker jitter, timeout call", "on=%s waits until the breaker lets a probe through, and call=%s <= %s: the wait could not outlive the open time",
			on, Brief(p.Timeout.Call), open)
	}
}

// retriesOpen reports whether on= names the rejection of an open breaker, and as what.
func (d *decision) retriesOpen() (name string, ok bool) {
	on, ok := d.applied.last("retry", "on")
	if !ok {
		return "", false
	}
	for _, i := range on.items() {
		if obj := d.names.matches[i.text].Object; obj != nil && obj.Pkg() != nil && obj.Pkg().Path() == runtimePath && obj.Name() == "ErrOpen" {
			return i.text, true
		}
	}
	return "", false
}

// contradict reports a contradiction at one of the settings that take part, the likeliest first: the most specific one.
func (d *decision) contradict(parts, format string, args ...any) {
	var best *setting
	for part := range strings.SplitSeq(parts, ", ") {
		directive, key, _ := strings.Cut(part, " ")
		if s, ok := d.applied.last(directive, key); ok && (best == nil || s.level > best.level) {
			best = &s
		}
	}
	if best != nil {
		directive, _, _ := strings.Cut(parts, " ")
		d.found.reportSetting(*best, "", "%s: %s", directive, fmt.Sprintf(format, args...))
	}
}
