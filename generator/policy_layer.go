package generator

// This file lays out what a use of a named policy brings: the policy's settings, behind those of
// the policies that it uses itself.

import (
	"go/ast"
	"go/scanner"
	"go/types"
	"slices"
	"strings"
)

// A policyUse is a use of a named policy, by an annotation or by another policy.
type policyUse struct {
	reference               // the use itself
	by        *typedPackage // the package in which it stands
	found     *findings
}

// report reports what is wrong with a reference at the use. A reference that stands elsewhere, in a
// policy that is used, is told with its place.
func (u policyUse) report(r reference, p *problem) {
	if r.span == u.span {
		u.found.add(u, p)
		return
	}
	where := problemf("%s cannot be used here: %s", u.text, p.message)
	u.found.add(u, where.relating(u.found.related(r, "%s is named here", r.text)).relating(p.related...))
}

// layers returns what a use brings, each policy behind those that it uses itself. The names in its
// settings mean what they mean in the policy's own file. What keeps a policy from being used here
// is reported. The use may be u itself, or the use of a policy that u brings; trail is the policies
// on the way there.
func (c *catalogue) layers(use reference, u policyUse, trail ...*namedPolicy) (list []*layer) {
	p, constant, wrong := c.policyNamed(use, u)
	if wrong != nil {
		u.report(use, wrong)
		return nil
	}
	if i := slices.Index(trail, p); i >= 0 {
		u.found.add(u, circle(trail[i:], u.found))
		return nil
	}
	if c.check(p); c.isFlawed(p, use, u) {
		return nil
	}
	for _, r := range p.usedPolicies() {
		list = append(list, c.layers(r, u, append(slices.Clip(trail), p)...)...)
	}
	var settings []setting
	for _, d := range p.own {
		settings = append(settings, d.settings...)
	}
	return append(list, &layer{p, constant, u.item, settings})
}

// policyNamed returns the policy that a use names.
func (c *catalogue) policyNamed(use reference, u policyUse) (*namedPolicy, *types.Const, *problem) {
	obj, unknown := u.by.lookup(use)
	if unknown != nil {
		if p := c.unexportedPolicy(use, u.by); p != nil {
			unknown = problemf("%s is not exported by package %s", p.name(), p.pkg.name)
		}
		return nil, nil, unknown
	}
	constant, ok := obj.(*types.Const)
	if !ok {
		return nil, nil, problemf("%s is %s, and a policy is a string constant marked //resilgen:policy", use.text, kindOf(obj))
	}
	p := c.shelf.policy(obj.Pkg().Path(), obj.Name())
	if p == nil {
		return nil, nil, c.whyNoPolicy(use, obj)
	}
	return p, constant, u.by.whyUnusable(obj, u.site.file, u.found)
}

// whyNoPolicy says why a constant is no policy. Directives in a file that does not parse are not
// seen.
func (c *catalogue) whyNoPolicy(use reference, obj types.Object) *problem {
	if pkg := c.shelf.byPath[obj.Pkg().Path()]; pkg != nil {
		for _, f := range pkg.files {
			if errs, ok := f.broken.(scanner.ErrorList); ok && f.marked {
				unreadable := problemf("%s cannot be read: %s", use.text, errs[0].Msg)
				return unreadable.relating(Related{Pos: errs[0].Pos, Message: "its file does not parse"})
			}
		}
	}
	return problemf("%s is not marked //resilgen:policy", use.text)
}

// unexportedPolicy returns the policy that a use names and cannot see, because it is not exported;
// nil if there is none.
func (c *catalogue) unexportedPolicy(use reference, by *typedPackage) *namedPolicy {
	_, qualifier, name := use.split()
	pkg, err := by.packageOf(use, qualifier)
	if err != nil || ast.IsExported(name) || pkg.Path() == by.path {
		return nil
	}
	return c.shelf.policy(pkg.Path(), name)
}

// circle says how policies use each other.
func circle(round []*namedPolicy, found *findings) *problem {
	var names []string
	var places []Related
	for i, p := range round {
		next := round[(i+1)%len(round)]
		names = append(names, p.name())
		places = append(places, found.related(p.spec.Names[0], "%s uses %s", p.name(), next.name()))
	}
	text := strings.Join(append(names, round[0].name()), " uses ")
	return problemf("policies use each other in a circle: %s", text).relating(places...)
}
