package generator

// This file is what keeps policies from acting on a method. A policy that cannot act is an error
// where the method was asked for by name, and left out where it was merely swept in.

import (
	"fmt"
	"strings"

	"github.com/resilgen/resilgen/templates"
)

// A lack is what keeps a policy from acting on a method.
type lack struct {
	why        string          // as the end of a sentence; empty for nothing
	at         *appliedSetting // to blame; nil for the policy as a whole
	suggestion string
}

// nothing is the check of a policy that can act wherever calls can be judged.
func nothing() lack { return lack{} }

// check leaves a policy out if the results do not say enough for it, or if something more is
// lacking.
func (d *decision) check(policy string, j judgement, more func() lack) {
	asked, ok := d.effective.has(policy)
	if !ok {
		return
	}
	l := lack{why: j.whyNoneActs()}
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
	case l.at != nil && l.at.askedBy != nil:
		d.found.reportSetting(*l.at, problemf("%s cannot act on %s: %s", policy, d.method.Name(), l.why).suggesting(l.suggestion))
	case asked != nil:
		d.found.reportAt(asked.askedBy, *asked, problemf("%s cannot act on %s: %s", policy, d.method.Name(), l.why).suggesting(l.suggestion))
	case l.at != nil:
		d.sweep.fails(*l.at, fmt.Sprintf("%s cannot act on %s: %s", policy, d.method.Name(), l.why))
	}
	d.plan.LeftOut = append(d.plan.LeftOut, templates.LeftOut{Policy: policy, Reason: l.why})
	d.effective.remove(policy)
}

// endless says why no timeout can end a call; empty if one can.
func (d *decision) endless(unfollowed string) string {
	switch {
	case d.method.context < 0:
		return d.iface.whyNoContext(d.method)
	case unfollowed != "":
		return unfollowed + ", and the timeout would end it"
	}
	return ""
}

// checkHedge makes sure that attempts share nothing, and leave nothing behind.
func (d *decision) checkHedge(consumed []part, unfollowed string) lack {
	switch {
	case d.method.context < 0:
		return lack{why: d.iface.whyNoContext(d.method)}
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
	fn := d.resolved.functions[s.Value]
	if fn == nil {
		return lack{}
	}
	if d.plan.Fallback = fit(fn, d.method.fallbackSignature()); d.plan.Fallback == nil {
		return lack{why: d.iface.misfit(s, fn, d.iface.spell(d.method.fallbackSignature())), at: &s}
	}
	d.sweep.fits(s)
	return lack{}
}

// ignore drops a setting that the method has no use for. It is an error where the method was asked
// for by name.
func (d *decision) ignore(directive, key, why string) {
	s, ok := d.effective.last(directive, key)
	if !ok {
		return
	}
	if s.askedBy != nil {
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

// sentence says what is wrong with a setting for this method: "failure reject= cannot act on Get:
// …".
func (d *decision) sentence(s appliedSetting, verb, why string) string {
	subject := s.Directive
	if s.Key != "" {
		subject += " " + s.Key + "="
	}
	return strings.Join([]string{subject, verb, d.method.Name() + ":", why}, " ")
}
