package generator

// This file decides what becomes of a method: which of its policies act on it. How the results are
// judged, what keeps a policy from acting and what the methods of a client share are asked of the
// files above.

import (
	resil "github.com/resilgen/resilgen/runtime"
	"github.com/resilgen/resilgen/templates"
)

// A decision is what is decided about one method, step by step.
type decision struct {
	iface     *typedInterface
	method    member
	effective effectiveSettings
	resolved  *resolution
	sweep     sweep
	found     *findings

	plan    templates.Method // what is to be printed
	origins []Origin         // of the settings in effect
}

// decideAll decides about all methods of an interface. It returns what is to be printed of each,
// and what there is to tell.
func (a *typedInterface) decideAll(members []member, names *resolution, found *findings) ([]templates.Method, []Method) {
	a.checkSelectors(members, found)
	swept := sweep{}
	decisions := make([]*decision, 0, len(members))
	for _, m := range members {
		d := &decision{iface: a, method: m, effective: a.merge(m, names), resolved: names, sweep: swept, found: found}
		d.decide()
		decisions = append(decisions, d)
	}
	swept.check(found)
	checkBudgets(decisions, found)
	shared := checkScopes(decisions, found)
	plans, verdicts := make([]templates.Method, len(decisions)), make([]Method, len(decisions))
	for i, d := range decisions {
		d.plan.Shared = shared[i]
		plans[i], verdicts[i] = d.plan, d.verdict()
	}
	return plans, verdicts
}

// decide fills in the plan. What cannot act is taken out of the settings in effect.
func (d *decision) decide() {
	j := d.judge()
	d.plan = templates.Method{Name: d.method.Name(), Signature: d.method.Signature(), Context: d.method.context, Outlives: -1}
	consumed := d.iface.consumed(d.method)
	unfollowed := d.follow(d.outliving(j), j)

	d.check("retry", j, func() lack { return d.checkRetry(consumed) })
	d.check("breaker", j, d.checkBreaker)
	d.check("timeout", j, func() lack { return lack{why: d.endless(unfollowed)} })
	d.check("bulkhead", j, nothing)
	d.check("ratelimit", j, nothing)
	d.check("hedge", j, func() lack { return d.checkHedge(consumed, unfollowed) })
	d.check("fallback", j, d.checkFallback)
	d.checkFailure()

	d.plan.Policy = d.effective.policy()
	err := d.plan.Policy.Validate()
	d.effective.eachCulprit(err, func(s appliedSetting, err error) { d.found.reportSetting(s, problemf("%s", err)) })
	if err == nil {
		d.checkContradictions()
		d.checkCallFits()
	}
	d.plan.Error, d.plan.ResultError = j.errorIndex, j.resultError
	d.plan.Closes = d.closers(j)
	if d.effective.acts() {
		d.plan.Traits = resil.Traits{
			NoRetry:   d.refusal("retry", usedUp(consumed)),
			NoHedge:   d.refusal("hedge", ""), // told where one was wanted or refused: none can be added anyway
			NoTimeout: d.refusal("timeout", d.endless(unfollowed)),
		}
	}
	d.conclude()
}

// refusal returns why nobody may switch on a policy that is not in effect, in the words by which it
// was left out; empty if somebody may. Lack is what would keep the policy from acting, whether or
// not it was meant to.
func (d *decision) refusal(policy, lack string) string {
	if _, acts := d.effective.has(policy); acts {
		return ""
	}
	for _, l := range d.plan.LeftOut {
		if l.Policy == policy {
			return l.Reason
		}
	}
	if off := d.effective.refused[policy]; off != "" {
		return "its annotation says " + off
	}
	return lack
}

// conclude writes down what is in effect in the end.
func (d *decision) conclude() {
	_, d.plan.Reason = d.effective.verdict(d.plan.LeftOut)
	if d.effective.acts() {
		d.plan.NameConstants, d.plan.Policy.Names = d.effective.constants()
	}
	d.origins = d.effective.origins(d.found)
	d.plan.Matches = d.resolved.matching(d.origins)
}

// verdict returns what there is to tell of the method.
func (d *decision) verdict() Method {
	verdict, reason := d.effective.verdict(d.plan.LeftOut)
	return Method{
		Name: d.method.Name(), Pos: d.found.position(d.method.at.Pos()), Verdict: verdict, Reason: reason,
		Policy: d.plan.Policy, Origins: d.origins,
		LeftOut: d.plan.LeftOut, Traits: d.plan.Traits, Shared: d.plan.Shared,
	}
}
