package generator

// This file finds the directives of a package, and what they stand on. A directive that stands
// where it has no effect is an error.

import (
	"go/ast"
	"go/scanner"
	"go/token"
	"slices"

	"github.com/resilgen/resilgen/generator/internal/parallel"
)

// A markedPackage is a package with what its directives mark.
type markedPackage struct {
	*parsedPackage
	annotations []*annotation
	policies    []*namedPolicy
}

// findAll finds what the directives of packages mark.
func findAll(packages []*parsedPackage, found *findings) []*markedPackage {
	all, each := make([]*markedPackage, len(packages)), make([]findings, len(packages))
	_ = parallel.Do(len(packages), func(i int) error {
		each[i] = findings{fset: found.fset}
		all[i] = find(packages[i], &each[i])
		return nil
	})
	for i := range each {
		found.addAll(each[i].list)
	}
	return all
}

// find finds what the directives of a package mark, in the order of its files.
func find(p *parsedPackage, found *findings) *markedPackage {
	m := &markedPackage{parsedPackage: p}
	for _, f := range p.files {
		if !f.marked {
			continue
		}
		if errs, ok := f.broken.(scanner.ErrorList); ok {
			at := f.syntax.FileStart + token.Pos(errs[0].Pos.Offset)
			found.report(span{at, at}, "%s", errs[0].Msg)
			continue
		}
		annotations, policies := findInFile(site{p, f}, found)
		m.annotations, m.policies = append(m.annotations, annotations...), append(m.policies, policies...)
	}
	return m
}

// A finder collects what the directives of one file mark.
type finder struct {
	site
	places      *places
	annotations []*annotation
	policies    []*namedPolicy
	flawed      map[ast.Node]bool // where a directive is wrong that may have been meant as wrap or policy
	found       *findings
}

func findInFile(s site, found *findings) ([]*annotation, []*namedPolicy) {
	f := &finder{site: s, places: placesOf(s.file.syntax), flawed: map[ast.Node]bool{}, found: found}
	for _, group := range s.file.syntax.Comments {
		for _, comment := range group.List {
			if d, ok := readDirective(comment, found); ok {
				f.add(d, group)
			}
		}
	}
	f.policies = slices.DeleteFunc(f.policies, func(p *namedPolicy) bool { return !f.isPolicy(p) })
	f.annotations = slices.DeleteFunc(f.annotations, func(a *annotation) bool { return !f.isWrapped(a) })
	return f.annotations, f.policies
}

// add attaches a directive to what its comment stands on. The directive is nil if it could not be
// read.
func (f *finder) add(d *directive, group *ast.CommentGroup) {
	p := f.places.at(group)
	if d == nil {
		f.flawed[p.spec], f.flawed[p.constant] = true, true
		return
	}
	if wrong := p.refuse(d); wrong != nil {
		f.found.add(d, wrong)
		if d.Name == "policy" { // on an interface, it was meant as wrap
			f.flawed[p.spec] = true
		}
		return
	}
	if p.constant != nil {
		f.policyOf(p.constant, group).attach(d, f.found)
	} else {
		f.annotationOf(p.spec).attach(d, p.method, f.found)
	}
}

// policyOf returns the policy that a constant is, which is made for its first directive.
func (f *finder) policyOf(spec *ast.ValueSpec, doc *ast.CommentGroup) *namedPolicy {
	for _, p := range f.policies {
		if p.spec == spec {
			return p
		}
	}
	f.policies = append(f.policies, &namedPolicy{site: f.site, spec: spec, whole: span{doc.Pos(), spec.End()}})
	return f.policies[len(f.policies)-1]
}

// annotationOf returns the annotation of an interface, which is made for its first directive.
func (f *finder) annotationOf(spec *ast.TypeSpec) *annotation {
	for _, a := range f.annotations {
		if a.spec == spec {
			return a
		}
	}
	f.annotations = append(f.annotations, &annotation{site: f.site, spec: spec, methods: map[string][]*directive{}})
	return f.annotations[len(f.annotations)-1]
}

// isPolicy reports whether a constant with directives is a policy. It is called when all of them
// are known, and adds to the findings what is wrong with them together.
func (f *finder) isPolicy(p *namedPolicy) bool {
	checkTogether(p.own, f.found)
	switch {
	case p.mark == nil && !f.flawed[p.spec] && len(p.own) > 0:
		f.found.report(p.own[0], "//resilgen:%s has no effect: %s is not marked //resilgen:policy", p.own[0].Name, p.name())
	case p.mark != nil && len(p.spec.Names) > 1:
		f.found.report(p.mark, "a policy is one constant: give %s a line of its own", p.spec.Names[1].Name)
	case p.mark != nil && p.name() == "_":
		f.found.report(p.mark, "a policy needs a constant with a name, for others to use it by")
	}
	return p.mark != nil && len(p.spec.Names) == 1 && p.name() != "_"
}

// isWrapped reports whether an interface with directives is one to wrap. It is called when all of
// them are known, and adds to the findings what is wrong with them together.
func (f *finder) isWrapped(a *annotation) bool {
	checkTogether(a.own, f.found)
	for _, directives := range a.methods {
		checkTogether(directives, f.found)
	}
	if all := a.directives(); a.wrap == nil && len(all) > 0 && !f.flawed[a.spec] {
		f.found.report(all[0], "//resilgen:%s has no effect: %s is not marked //resilgen:wrap", all[0].Name, a.name())
	}
	return a.wrap != nil
}

// readDirective reads a comment. It reports whether the comment is a directive or was meant to be
// one. The directive is nil if it cannot be used; what is wrong with it is among the findings.
func readDirective(c *ast.Comment, found *findings) (*directive, bool) {
	raw, ok := ast.ParseDirective(c.Slash, c.Text)
	if !ok || raw.Tool != "resilgen" {
		fixed, why := nearMiss(c.Text)
		if why == "" {
			return nil, false
		}
		found.add(c, problemf("%s", why).suggesting(fixed))
		return nil, true
	}
	return parseDirective(raw, found), true
}
