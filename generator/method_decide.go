package generator

// This file decides what becomes of a method: whether its policies can act on it, and whether they
// agree with each other. A policy that cannot act is an error where the method was asked for by
// name, and left out where it was merely swept in.

import (
	"fmt"
	"go/types"
	"slices"
	"strings"

	resil "github.com/resilgen/resilgen/runtime"
	"github.com/resilgen/resilgen/templates"
)

// A decision is what is decided about one method, while it is.
type decision struct {
	a         *typedInterface
	m         member
	effective effectiveSettings
	names     *resolution
	sweep     sweep
	found     *findings

	plan    templates.Method
	origins []Origin // of what is in effect
}

// decideAll decides about all methods of an interface, and whether they agree with each other. It
// returns what is to be printed, and what there is to tell.
func (a *typedInterface) decideAll(members []member, names *resolution, found *findings) ([]templates.Method, []Method) {
	a.checkSelectors(members, found)
	swept := sweep{}
	decisions := make([]*decision, 0, len(members))
	for _, m := range members {
		d := &decision{a: a, m: m, effective: a.merge(m, names), names: names, sweep: swept, found: found}
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

// decide fills in the plan. What cannot act is no longer applied afterwards.
func (d *decision) decide() {
	j := d.judge()
	d.plan = templates.Method{Name: d.m.Name(), Signature: d.m.Signature(), Context: d.m.context, Outlives: -1}
	consumed := d.a.consumed(d.m)
	unfollowed := d.follow(d.outliving(j), j)

	d.check("retry", j, func() lack { return d.checkRetry(consumed) })
	d.check("breaker", j, d.checkBreaker)
	d.check("timeout", j, func() lack { return lack{why: d.endless(unfollowed)} })
	d.check("bulkhead", j, nothing)
	d.check("ratelimit", j, nothing)
	d.check("hedge", j, func() lack { return d.checkHedge(consumed, unfollowed) })
	d.check("fallback", j, d.checkFallback)
	d.checkFailure(j)

	d.plan.Policy = d.effective.policy()
	err := d.plan.Policy.Validate()
	d.effective.blame(err, func(s appliedSetting, err error) { d.found.reportSetting(s, problemf("%s", err)) })
	if err == nil {
		d.checkAcross()
	}
	d.plan.Error, d.plan.ResultError = j.err, j.resultError
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

// refusal returns why a policy that is not in effect must stay so, in the words by which it was
// left out; empty if it need not. Lack is what would keep it from acting, whether or not it was
// meant to.
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
	d.plan.Matches = d.names.matching(d.origins)
}

// verdict returns what there is to tell of the method.
func (d *decision) verdict() Method {
	verdict, reason := d.effective.verdict(d.plan.LeftOut)
	return Method{
		Name: d.m.Name(), Pos: d.found.position(d.m.at.Pos()), Verdict: verdict, Reason: reason,
		Policy: d.plan.Policy, Origins: d.origins,
		LeftOut: d.plan.LeftOut, Traits: d.plan.Traits, Shared: d.plan.Shared,
	}
}

// A lack is what keeps a policy from acting on a method.
type lack struct {
	why        string          // as the end of a sentence; empty for nothing
	at         *appliedSetting // to blame; nil for the policy as a whole
	suggestion string
}

func nothing() lack { return lack{} }

// check leaves a policy out if the results do not say enough for it, or if something more is
// lacking.
func (d *decision) check(policy string, j judgement, more func() lack) {
	asked, ok := d.effective.has(policy)
	if !ok {
		return
	}
	l := lack{why: j.lacks()}
	if l.why == "" {
		l = more()
	}
	if l.why == "" {
		return
	}
	failure, _ := d.effective.has("failure")
	switch {
	case j.reported:
	case l.why == j.noReject && failure != nil:
		d.report(*failure, "cannot act on", l.why)
	case l.at != nil && l.at.asked != nil:
		d.found.reportSetting(*l.at, problemf("%s cannot act on %s: %s", policy, d.m.Name(), l.why).suggesting(l.suggestion))
	case asked != nil:
		d.found.reportAt(asked.asked, *asked, problemf("%s cannot act on %s: %s", policy, d.m.Name(), l.why).suggesting(l.suggestion))
	case l.at != nil:
		d.sweep.fails(*l.at, fmt.Sprintf("%s cannot act on %s: %s", policy, d.m.Name(), l.why))
	}
	d.plan.LeftOut = append(d.plan.LeftOut, templates.LeftOut{Policy: policy, Reason: l.why})
	d.effective.remove(policy)
}

// checkRetry plans how arguments are put back that an attempt consumes.
func (d *decision) checkRetry(consumed []part) lack {
	s, ok := d.effective.last("retry", "rewind")
	switch {
	case ok && s.Value == "seek":
		return d.checkSeek(s, consumed)
	case ok:
		return d.checkRewind(s, consumed)
	}
	return lack{why: usedUp(consumed)}
}

// usedUp says what a further attempt would not find any more; empty for nothing.
func usedUp(consumed []part) string {
	if len(consumed) == 0 {
		return ""
	}
	way := "rewind=FUNC could put it back"
	if !slices.ContainsFunc(consumed, func(p part) bool { return !p.seeks }) {
		way = "rewind=seek puts it back"
	}
	return fmt.Sprintf("an attempt %s %s: %s", consumed[0].use, consumed[0].what, way)
}

// checkSeek plans a rewind by seeking.
func (d *decision) checkSeek(s appliedSetting, consumed []part) lack {
	if len(consumed) == 0 {
		d.ignore("retry", "rewind", "it takes nothing that an attempt consumes")
		return lack{}
	}
	rewind := &templates.Rewind{}
	for _, p := range consumed {
		if !p.seeks {
			return lack{why: fmt.Sprintf("an attempt %s %s, which is no io.Seeker: rewind=FUNC could put it back", p.use, p.what), at: &s}
		}
		rewind.Seek = append(rewind.Seek, p.index)
	}
	d.sweep.fits(s)
	d.plan.Rewind = rewind
	return lack{}
}

// checkRewind plans a rewind by a function.
func (d *decision) checkRewind(s appliedSetting, consumed []part) lack {
	fn := d.names.functions[s.Value]
	if fn == nil {
		return lack{}
	}
	failed := newVar("", errorType)
	taker, fits := d.m.takerSignature(fn, 0, failed)
	if f := fit(fn, taker); f != nil && fits {
		d.sweep.fits(s)
		d.plan.Rewind = &templates.Rewind{Func: f}
		return lack{}
	}
	why := d.a.misfit(s, fn, d.a.spell(signature(variables(d.m.Signature().Params()), []*types.Var{failed})))
	if len(consumed) == 0 && s.asked == nil {
		d.sweep.fails(s, d.sentence(s, "cannot act on", why))
		d.effective.drop("retry", "rewind")
		return lack{}
	}
	return lack{why: why, at: &s}
}

// endless says why no timeout can end a call; empty if one can.
func (d *decision) endless(unfollowed string) string {
	switch {
	case d.m.context < 0:
		return d.a.lackOfContext(d.m)
	case unfollowed != "":
		return unfollowed + ", and the timeout would end it"
	}
	return ""
}

// checkHedge makes sure that attempts share nothing, and leave nothing behind.
func (d *decision) checkHedge(consumed []part, unfollowed string) lack {
	switch {
	case d.m.context < 0:
		return lack{why: d.a.lackOfContext(d.m)}
	case len(consumed) > 0:
		return lack{why: "attempts that overlap would share " + consumed[0].what}
	case d.plan.Rewind != nil:
		return lack{why: "attempts that overlap would share what rewind= puts back"}
	case unfollowed != "":
		return lack{why: unfollowed + ", and would end with the race of the attempts"}
	}
	return lack{}
}

// checkFallback plans the fallback.
func (d *decision) checkFallback() lack {
	s, _ := d.effective.last("fallback", "")
	fn := d.names.functions[s.Value]
	if fn == nil {
		return lack{}
	}
	if d.plan.Fallback = fit(fn, d.m.fallbackSignature()); d.plan.Fallback == nil {
		return lack{why: d.a.misfit(s, fn, d.a.spell(d.m.fallbackSignature())), at: &s}
	}
	d.sweep.fits(s)
	return lack{}
}

// checkFailure reports a failure directive by which nothing is judged.
func (d *decision) checkFailure(j judgement) {
	asked, ok := d.effective.has("failure")
	if !ok || d.effective.acts() {
		return
	}
	if asked != nil && len(d.plan.LeftOut) == 0 {
		d.report(*asked, "has no effect on", "no policy is meant for it")
	}
	d.effective.remove("failure")
}

// ignore drops a setting that the method has no use for: an error where it was asked for by name.
func (d *decision) ignore(directive, key, why string) {
	s, ok := d.effective.last(directive, key)
	if !ok {
		return
	}
	if s.asked != nil {
		d.report(s, "has no effect on", why)
	} else {
		d.sweep.fails(s, d.sentence(s, "has no effect on", why))
	}
	d.effective.drop(directive, key)
}

// report reports what is wrong with a setting for this method.
func (d *decision) report(s appliedSetting, verb, why string) {
	d.found.reportSetting(s, problemf("%s", d.sentence(s, verb, why)))
}

// sentence says it: "failure reject= cannot act on Get: …".
func (d *decision) sentence(s appliedSetting, verb, why string) string {
	subject := s.Directive
	if s.Key != "" {
		subject += " " + s.Key + "="
	}
	return strings.Join([]string{subject, verb, d.m.Name() + ":", why}, " ")
}

// verdict says in a word what became of the method, and why it passes through, if it does.
func (e *effectiveSettings) verdict(leftOut []templates.LeftOut) (Verdict, string) {
	switch {
	case e.acts() && len(leftOut) > 0:
		return InPart, ""
	case e.acts():
		return Guarded, ""
	case len(leftOut) > 0:
		return PassedThrough, leftOut[0].Reason
	case len(e.refused) > 0:
		return Off, "its annotation says off"
	}
	return PassedThrough, "no policy is meant for it"
}

// origins returns where the settings in effect were written, in the order of the language.
func (e *effectiveSettings) origins(found *findings) (list []Origin) {
	list = make([]Origin, 0, len(e.settings))
	add := func(directive, key string) {
		if s, ok := e.last(directive, key); ok {
			list = append(list, Origin{s.Setting, found.position(s.Pos()), s.namedPolicy()})
		}
	}
	for _, doc := range language {
		add(doc.Name, "") // what stands alone
		for _, key := range doc.Keys {
			add(doc.Name, key.Name)
		}
	}
	return list
}
