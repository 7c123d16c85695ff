package generator

// This file checks named policies. What is wrong with one is said where it stands, unless that is
// in another module, which its user cannot change: then it is said where the policy is used.

import (
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"slices"
)

// A catalogue is all named policies that a run can come across, checked. Once it is made it is only
// read, by several goroutines at once.
type catalogue struct {
	shelf    *shelf
	typed    map[*parsedPackage]*typedPackage
	borrowed map[*parsedPackage]*borrowedPackage
	found    map[*parsedPackage]*findings // by package: a borrowed one has its own, the others share the run's
	checked  map[*namedPolicy]bool
}

// newCatalogue checks all policies on a shelf. What is wrong with those of the packages that the
// run is for is reported; what is wrong with others is kept, for who uses them.
func newCatalogue(s *shelf, typed map[*parsedPackage]*typedPackage, found *findings) *catalogue {
	c := &catalogue{
		shelf: s, typed: typed, borrowed: map[*parsedPackage]*borrowedPackage{},
		found: map[*parsedPackage]*findings{}, checked: map[*namedPolicy]bool{},
	}
	for _, pkg := range s.own {
		c.found[pkg.parsedPackage] = found
	}
	for _, pkg := range s.borrowed {
		c.borrowed[pkg.parsedPackage] = pkg
		c.found[pkg.parsedPackage] = &findings{fset: found.fset, list: slices.Clone(pkg.found)}
	}
	for _, pkg := range s.own {
		c.checkPackage(pkg)
	}
	for _, pkg := range s.borrowed {
		for _, p := range pkg.policies {
			c.check(p)
		}
	}
	return c
}

// checkPackage checks the policies of a package that the run is for.
func (c *catalogue) checkPackage(pkg *markedPackage) {
	found := c.found[pkg.parsedPackage]
	byName := map[string]*namedPolicy{}
	for _, p := range pkg.policies {
		c.check(p)
		name := c.nameOf(p)
		if other := byName[name]; other != nil && name != "" {
			alike := problemf("%s has the value of %s: by it, metrics and overrides could not tell the policies apart", p.name(), other.name())
			found.add(p.mark, alike.relating(found.related(other.spec.Names[0], "%s is declared here", other.name())))
		}
		byName[name] = p
	}
}

// namedPolicies returns the policies of the packages that the run is for, sorted by place.
func (c *catalogue) namedPolicies(fset *token.FileSet) (list []NamedPolicy) {
	for _, pkg := range c.shelf.own {
		for _, p := range pkg.policies {
			if c.constant(p) != nil {
				list = append(list, NamedPolicy{pkg.path, p.name(), c.nameOf(p), fset.PositionFor(p.spec.Names[0].Pos(), false)})
			}
		}
	}
	slices.SortFunc(list, func(x, y NamedPolicy) int { return comparePositions(x.Pos, y.Pos) })
	return list
}

// constant returns the constant of a policy as its own package has it; nil if its value is no
// string.
func (c *catalogue) constant(p *namedPolicy) *types.Const {
	declared, ok := c.typed[p.pkg].types.Scope().Lookup(p.name()).(*types.Const)
	if !ok || !isString(declared) || declared.Val().Kind() != constant.String {
		return nil
	}
	return declared
}

// nameOf returns a policy's name at run time; empty if it has none.
func (c *catalogue) nameOf(p *namedPolicy) string {
	if declared := c.constant(p); declared != nil {
		return constant.StringVal(declared.Val())
	}
	return ""
}

// check reports what is wrong with a policy by itself, once.
func (c *catalogue) check(p *namedPolicy) {
	if c.checked[p] {
		return
	}
	c.checked[p] = true
	found := c.found[p.pkg]
	switch {
	case c.constant(p) == nil:
		found.report(p.mark, "%s is no string constant, which a policy is", p.name())
	case c.nameOf(p) == "":
		found.report(p.mark, "the value of %s is empty: by it, metrics and overrides know the policy", p.name())
	case len(p.own) == 0:
		found.report(p.mark, "%s says nothing: write directives beside //resilgen:policy, such as //resilgen:retry", p.name())
	}
	for _, r := range p.references(p.own) {
		if wrong := c.checkReference(p, r); wrong != nil {
			found.add(r, wrong)
		}
	}
	var whole effectiveSettings
	for _, r := range p.usedPolicies() {
		for _, l := range c.layers(r, policyUse{r, c.typed[p.pkg], found}, p) {
			whole.applyLayer(l, usedOnInterface, nil)
		}
	}
	for _, d := range p.own {
		whole.apply(d.settings, onInterface, nil, nil)
	}
	whole.eachCulprit(whole.policy().Validate(), func(s appliedSetting, err error) {
		found.reportSetting(s, problemf("%s", err))
	})
}

// checkReference returns what is wrong with a name in a policy. One that a borrowed package does
// not export cannot be looked up: only its own runs see it.
func (c *catalogue) checkReference(p *namedPolicy, r reference) *problem {
	_, qualifier, name := r.split()
	isHidden := qualifier == "" && !ast.IsExported(name) && c.borrowed[p.pkg] != nil
	if r.purpose == "use" || r.mayBeParameter() || isHidden {
		return nil
	}
	pkg := c.typed[p.pkg]
	obj, wrong := pkg.lookup(r)
	switch {
	case wrong != nil:
	case r.naming == anErrorList:
		_, wrong = pkg.matchOf(r, obj)
	default:
		wrong = whyNoFunction(r, obj)
	}
	if wrong == nil && obj.Pkg().Path() != pkg.path && !ast.IsExported(obj.Name()) {
		wrong = problemf("%s is not exported by package %s", obj.Name(), obj.Pkg().Name())
	}
	return wrong
}

// isFlawed reports whether a policy is wrong by itself, and sees to it that its user learns of it:
// at the place in the policy, or, if it stands in another module, at the use.
func (c *catalogue) isFlawed(p *namedPolicy, use reference, u policyUse) bool {
	flaws := c.flaws(p)
	borrowed := c.borrowed[p.pkg]
	if borrowed == nil {
		return len(flaws) > 0
	}
	for _, d := range flaws {
		if borrowed.isMain {
			u.found.addAll([]Diagnostic{d})
			continue
		}
		wrong := problemf("%s is wrong: %s", use.text, d.Message).suggesting(d.Suggestion)
		u.report(use, wrong.relating(Related{d.Pos, d.End, "this is wrong"}).relating(d.Related...))
	}
	return len(flaws) > 0
}

// flaws returns what was found wrong with a policy so far.
func (c *catalogue) flaws(p *namedPolicy) (list []Diagnostic) {
	found := c.found[p.pkg]
	from, to := found.position(p.whole.Pos()), found.position(p.whole.End())
	for _, d := range found.list {
		if d.Pos.Filename == from.Filename && from.Offset <= d.Pos.Offset && d.Pos.Offset < to.Offset {
			list = append(list, d)
		}
	}
	return list
}
