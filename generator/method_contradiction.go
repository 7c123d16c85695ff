package generator

// This file finds policies that are right by themselves and in vain together. Each finding says the
// arithmetic.
//
// Such a contradiction is one of the numbers, whatever the method is like. So, unlike a policy that
// cannot act, it is an error also where the method was merely swept in. It stands at the most
// specific setting that takes part, which brought the trouble.

import (
	"errors"
	"fmt"

	"github.com/resilgen/resilgen/generator/forecast"
	"github.com/resilgen/resilgen/internal/brief"
	resil "github.com/resilgen/resilgen/runtime"
	"github.com/resilgen/resilgen/templates"
)

// checkContradictions reports what can never work in a policy that is valid. The runtime knows,
// because an override must not bring it about either; it has to be told what on= means.
func (d *decision) checkContradictions() {
	p := d.plan.Policy
	if on, ok := d.retriesOpen(); ok {
		r := *p.Retry
		r.On = []resil.Match{resil.MatchError(on, resil.ErrOpen)}
		p.Retry = &r
	}
	joined, _ := p.Contradictions().(interface{ Unwrap() []error })
	if joined == nil {
		return
	}
	for _, err := range joined.Unwrap() {
		if e, ok := errors.AsType[*resil.PolicyError](err); ok {
			d.contradict(e)
		}
	}
}

// checkCallFits makes sure that all attempts have their time within the call timeout, by the
// numbers that explain shows. Without an attempt timeout there is no telling. Waits for rate limit
// and bulkhead do not count: they are for peaks.
func (d *decision) checkCallFits() {
	p := d.plan.Policy
	if p.Retry == nil || p.Timeout == nil || p.Timeout.Attempt == 0 || p.Timeout.Call <= p.Timeout.Attempt {
		return
	}
	w := forecast.WorstOf(p)
	if w.Needed <= p.Timeout.Call {
		return
	}
	hedged := ""
	if p.Hedge != nil {
		hedged = " with hedges"
	}
	d.contradict(&resil.PolicyError{Directive: "timeout", Keys: []string{"call"}, Also: takingPart,
		Message: fmt.Sprintf("timeout: %d attempts × %s%s + waits up to %s = %s > call=%s: the last attempts could not take their time",
			w.Tries, brief.Duration(w.Unqueued), hedged, brief.Duration(w.Waits), brief.Duration(w.Needed), brief.Duration(p.Timeout.Call))})
}

// takingPart are the settings that decide, beside call=, how long all attempts take.
var takingPart = []resil.Setting{
	{Directive: "retry", Key: "attempts"}, {Directive: "timeout", Key: "attempt"},
	{Directive: "retry", Key: "initial"}, {Directive: "retry", Key: "max"},
	{Directive: "retry", Key: "multiplier"}, {Directive: "retry", Key: "jitter"},
	{Directive: "hedge", Key: "after"}, {Directive: "hedge", Key: "max"},
}

// retriesOpen reports whether on= names the error of an open breaker, and by which name.
func (d *decision) retriesOpen() (name string, ok bool) {
	on, ok := d.effective.last("retry", "on")
	if !ok {
		return "", false
	}
	for _, i := range on.items() {
		if obj := d.resolved.matches[i.text].Object; obj != nil && obj.Pkg() != nil && obj.Pkg().Path() == templates.RuntimePath && obj.Name() == "ErrOpen" {
			return i.text, true
		}
	}
	return "", false
}

// contradict reports a contradiction at one of the settings that take part: at the most specific
// one, or else at the likeliest.
func (d *decision) contradict(e *resil.PolicyError) {
	var parts []resil.Setting
	for _, key := range e.Keys {
		parts = append(parts, resil.Setting{Directive: e.Directive, Key: key})
	}
	var best *appliedSetting
	for _, part := range append(parts, e.Also...) {
		if s, ok := d.effective.last(part.Directive, part.Key); ok && (best == nil || s.level > best.level) {
			best = &s
		}
	}
	if best != nil {
		d.found.reportSetting(*best, problemf("%s", e.Message))
	}
}
