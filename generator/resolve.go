package generator

// This file finds out what each name in an annotation stands for: values, types, functions, and the
// named policies that it uses.

import (
	"go/token"
	"go/types"
	"strings"

	"github.com/resilgen/resilgen/templates"
)

// A resolution is what the names in an annotation's directives stand for. Those that come from
// named policies of other packages have their full import path here.
type resolution struct {
	matches   map[string]templates.Match // in lists of errors
	functions map[string]types.Object    // whether they fit is seen method by method
	absent    map[token.Pos]*problem     // of what may be a parameter, by its place: why it is no function
	layers    map[token.Pos][]*layer     // what each use of a named policy brings, by its place
}

// resolve returns what each name stands for. Each name that cannot be used is reported.
func (a *typedInterface) resolve(c *catalogue, found *findings) *resolution {
	all := &resolution{
		map[string]templates.Match{}, map[string]types.Object{}, map[token.Pos]*problem{}, map[token.Pos][]*layer{},
	}
	uses := a.usedPolicies()
	for _, r := range a.references() {
		if r.purpose == "use" {
			continue
		}
		if wrong := all.add(r, r.text, policyUse{r, a.typed, found}); wrong != nil {
			found.add(r, wrong)
		}
	}
	for _, r := range uses {
		u := policyUse{r, a.typed, found}
		for _, l := range c.layers(r, u) {
			all.layers[r.Pos()] = append(all.layers[r.Pos()], all.spellOut(l, u))
		}
	}
	return all
}

// add adds what a reference stands for under a text. What cannot be used where u stands is a
// problem, unless a parameter may be meant.
func (n *resolution) add(r reference, text string, u policyUse) *problem {
	obj, wrong := u.by.lookup(r)
	if wrong == nil {
		wrong = n.addObject(obj, r, text, u)
	}
	if wrong != nil && r.mayBeParameter() {
		n.absent[r.Pos()] = wrong
		return nil
	}
	return wrong
}

func (n *resolution) addObject(obj types.Object, r reference, text string, u policyUse) (wrong *problem) {
	if r.naming == anErrorList {
		n.matches[text], wrong = u.by.matchOf(r, obj)
	} else {
		wrong = whyNoFunction(r, obj)
	}
	if wrong == nil {
		wrong = u.by.whyUnusable(obj, u.site.file, u.found)
	}
	if wrong == nil && r.naming != anErrorList {
		n.functions[text] = obj
	}
	return wrong
}

// spellOut returns a layer in which names mean the same as in its policy, and adds what they stand
// for. The names get their full path, and the package that they stand in need not be the user's.
func (n *resolution) spellOut(l *layer, u policyUse) *layer {
	var settings []setting
	for _, s := range l.settings {
		var texts []string
		for _, r := range l.policy.referencesIn(s) {
			text, wrong := n.addForeign(r, u)
			if wrong != nil {
				u.report(r, wrong)
			}
			texts = append(texts, text)
		}
		if texts != nil {
			s.Value = strings.Join(texts, ",")
		}
		settings = append(settings, s)
	}
	return &layer{l.policy, l.constant, l.use, settings}
}

// addForeign adds what a name in a policy stands for, and returns how it is spelled for any
// package: with the full import path.
func (n *resolution) addForeign(r reference, u policyUse) (text string, wrong *problem) {
	text = r.text
	obj, unknown := u.by.lookup(r)
	if unknown == nil {
		text = spellAnywhere(obj, u.by)
		if star, _, _ := r.split(); star {
			text = "*" + text
		}
	}
	before, taken := n.matches[text]
	wrong = n.add(r, text, u)
	after := n.matches[text]
	if wrong == nil && taken && (before.Object != after.Object || before.Func != after.Func) {
		wrong = problemf("%s means something else in this file, which imports another package as %s: give that one another name",
			text, obj.Pkg().Name())
	}
	return text, wrong
}

// spellAnywhere names an object as a file of the package can, whatever it imports.
func spellAnywhere(obj types.Object, from *typedPackage) string {
	switch path := obj.Pkg().Path(); path {
	case from.path:
		return obj.Name()
	case templates.RuntimePath:
		return "resil." + obj.Name()
	default:
		return path + "." + obj.Name()
	}
}

// matching returns those matches that settings in effect mention.
func (n *resolution) matching(inEffect []Origin) map[string]templates.Match {
	used := map[string]templates.Match{}
	for _, s := range inEffect {
		if namingOf(s.Setting) == anErrorList {
			for name := range strings.SplitSeq(s.Value, ",") {
				used[name] = n.matches[name]
			}
		}
	}
	return used
}
