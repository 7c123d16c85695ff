package generator

// This file decides what becomes of a method: whether its policies can act on it, and whether they agree with each other. A policy
// that cannot act is an error where the method was asked for by name, and left out where it was merely swept in.

import (
	"slices"

	resil "github.com/resilgen/resilgen/runtime"
	"github.com/resilgen/resilgen/templates"
)

// needsContext holds the policies that act by the context of a call. All policies need a result that says whether it failed.
var needsContext = map[string]bool{"timeout": true}

// lack returns what a method lacks for a policy to act on it, as the end of a sentence; empty for nothing.
func (m member) lack(policy string) string {
	switch {
	case m.judge < 0:
		return "it has no error to judge by"
	case needsContext[policy] && m.context < 0:
		return "it takes no context"
	}
	return ""
}

// judgeMethod returns the verdict on a method.
func (a *annotation) judgeMethod(m member, found *findings) Method {
	applied := a.merge(m)
	v := Method{Name: m.Name(), Pos: found.position(m.at.Pos())}
	for _, doc := range resil.Directives() {
		lack := m.lack(doc.Name)
		i := slices.IndexFunc(applied.settings, func(s setting) bool { return s.Directive == doc.Name })
		if i < 0 || lack == "" {
			continue
		}
		if i := slices.IndexFunc(applied.settings, func(s setting) bool { return s.Directive == doc.Name && s.asked != nil }); i >= 0 {
			found.report(applied.settings[i].asked, "", "%s cannot act on %s: %s", doc.Name, m.Name(), lack)
		}
		v.LeftOut = append(v.LeftOut, templates.LeftOut{Policy: doc.Name, Reason: lack})
		applied.remove(doc.Name)
	}
	v.Policy = resil.NewPolicy(plainSettings(applied.settings)...)
	blame(applied.settings, v.Policy.Validate(), found)
	v.Origins = applied.origins(found)
	v.Verdict, v.Reason = applied.verdict(v.LeftOut)
	return v
}

// verdict says in a word what became of the method, and why it passes through, if it does.
func (r *merged) verdict(leftOut []templates.LeftOut) (Verdict, string) {
	switch {
	case len(r.settings) > 0 && len(leftOut) > 0:
		return InPart, ""
	case len(r.settings) > 0:
		return Guarded, ""
	case len(leftOut) > 0:
		return PassedThrough, leftOut[0].Reason
	case r.off:
		return Off, "its annotation says off"
	}
	return PassedThrough, "no policy is meant for it"
}

// origins returns where the settings in effect were written, in the order of the language.
func (r *merged) origins(found *findings) (list []Origin) {
	for _, doc := range resil.Directives() {
		keys := []string{""} // of a directive that stands alone
		for _, key := range doc.Keys {
			keys = append(keys, key.Name)
		}
		for _, key := range keys {
			for _, s := range slices.Backward(r.settings) {
				if s.Directive == doc.Name && s.Key == key {
					list = append(list, Origin{s.Setting, found.position(s.Pos())})
					break
				}
			}
		}
	}
	return list
}
