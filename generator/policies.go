package generator

// This file is about named policies: string constants that carry directives. What is wrong with one
// is said where it stands, unless that is in another module, which its user cannot change: then it
// is said where the policy is used.

import (
	"fmt"
	"go/ast"
	"go/constant"
	"go/types"
	"slices"

	resil "github.com/resilgen/resilgen/runtime"
)

// A policy is a constant that is marked //resilgen:policy.
type policy struct {
	home
	spec    *ast.ValueSpec
	whole   span       // its comment and the constant
	mark    *directive // nil while none was found
	own     []*directive
	needed  bool // by the run, or by what the run needs
	checked bool
}

func newPolicy(h home, spec *ast.ValueSpec, doc *ast.CommentGroup) *policy {
	return &policy{home: h, spec: spec, whole: span{doc.Pos(), spec.End()}}
}

// name returns the name of the constant.
func (p *policy) name() string { return p.spec.Names[0].Name }

// path returns the constant as it can be named anywhere.
func (p *policy) path() string { return p.unit.path + "." + p.name() }

// attach adds a directive that stands on the constant.
func (p *policy) attach(d *directive, found *findings) {
	switch {
	case d.Name == "policy" && p.mark != nil:
		found.report(d, "", "%s is marked //resilgen:policy twice", p.name())
	case d.Name == "policy":
		p.mark = d
	case d.Name == "off":
		found.report(d, "", "a policy cannot be off as a whole: switch off what it means, such as by //resilgen:retry off")
	default:
		if d.methods != nil {
			found.report(d.methods, "", "methods= chooses among the methods of an interface, and this directive stands on a policy")
			d.methods = nil
		}
		p.own = append(p.own, d)
	}
}

// isMarked reports whether the constant is a policy, once all its directives are known. What is
// wrong may have been meant as the mark.
func (p *policy) isMarked(isFlawed bool, found *findings) bool {
	checkTogether(p.own, found)
	switch {
	case p.mark == nil && !isFlawed && len(p.own) > 0:
		found.report(p.own[0], "", "//resilgen:%s has no effect: %s is not marked //resilgen:policy", p.own[0].Name, p.name())
	case p.mark != nil && len(p.spec.Names) > 1:
		found.report(p.mark, "", "a policy is one constant: give %s a line of its own", p.spec.Names[1].Name)
	case p.mark != nil && p.name() == "_":
		found.report(p.mark, "", "a policy needs a constant with a name, for others to use it by")
	}
	return p.mark != nil && len(p.spec.Names) == 1 && p.name() != "_"
}

// constant returns the constant as its own package has it; nil for one that has no value that is a
// string.
func (p *policy) constant() *types.Const {
	c, ok := p.unit.types.Scope().Lookup(p.name()).(*types.Const)
	if !ok || !isString(c) || c.Val().Kind() != constant.String {
		return nil
	}
	return c
}

// isString reports whether an object is a string constant.
func isString(obj types.Object) bool {
	c, ok := obj.(*types.Const)
	if !ok {
		return false
	}
	basic, ok := c.Type().Underlying().(*types.Basic)
	return ok && basic.Info()&types.IsString != 0
}

// uses returns the policies that this one uses.
func (p *policy) uses() (list []reference) {
	for _, r := range p.references(p.own) {
		if r.key == "use" {
			list = append(list, r)
		}
	}
	return list
}

// check reports what is wrong with a policy by itself, once. Names that it keeps to itself are seen
// in its own package alone.
func (s *shelf) check(p *policy) {
	if p.checked {
		return
	}
	p.checked = true
	found := s.findingsOf(p)
	switch c := p.constant(); {
	case c == nil:
		found.report(p.mark, "", "%s is no string constant, which a policy is", p.name())
	case constant.StringVal(c.Val()) == "":
		found.report(p.mark, "", "the value of %s is empty: by it, metrics and overrides know the policy", p.name())
	case len(p.own) == 0:
		found.report(p.mark, "", "%s says nothing: write directives beside //resilgen:policy, such as //resilgen:retry", p.name())
	}
	for _, r := range p.references(p.own) {
		_, qualifier, name := r.split()
		isHidden := qualifier == "" && !ast.IsExported(name) && p.unit.borrowed != nil
		if r.key == "use" || r.mayBeParameter() || isHidden {
			continue
		}
		obj, suggestion, err := p.unit.lookup(r)
		switch {
		case err != nil:
		case r.names == anErrorList:
			_, suggestion, err = p.unit.match(r, obj)
		default:
			err = isFunction(r, obj)
		}
		if err == nil && obj.Pkg().Path() != p.unit.path && !ast.IsExported(obj.Name()) {
			err = fmt.Errorf("%s is not exported by package %s", obj.Name(), obj.Pkg().Name())
		}
		if err != nil {
			found.report(r, suggestion, "%s", err)
		}
	}
	var whole merged
	for _, r := range p.uses() {
		for _, l := range s.layers(r, user{p.home, r, found}, p) {
			whole.apply(l.settings, setting{})
		}
	}
	for _, d := range p.own {
		whole.apply(d.settings, setting{level: onInterface})
	}
	blame(whole.settings, resil.NewPolicy(policySettings(whole.settings)...).Validate(), found)
}

// checkOwn checks the policies of the packages that this run is for, and returns them.
func (s *shelf) checkOwn(found *findings) (list []NamedPolicy) {
	s.found = found
	for _, u := range s.own {
		names := map[string]*policy{}
		for _, p := range u.policies {
			s.check(p)
			c := p.constant()
			if c == nil {
				continue
			}
			value := constant.StringVal(c.Val())
			if other := names[value]; other != nil && value != "" {
				found.report(p.mark, "", "%s has the value of %s: by it, metrics and overrides could not tell the policies apart", p.name(), other.name())
			}
			names[value] = p
			list = append(list, NamedPolicy{u.path, p.name(), value, found.position(p.spec.Names[0].Pos())})
		}
	}
	slices.SortFunc(list, func(x, y NamedPolicy) int { return comparePositions(x.Pos, y.Pos) })
	return list
}

// isFlawed reports whether a policy is wrong by itself, and sees to it that this is said: at its
// own place, or to its user, if it stands in another module.
func (s *shelf) isFlawed(p *policy, use reference, by user) bool {
	flaws := s.flaws(p)
	if p.unit.borrowed == nil {
		return len(flaws) > 0
	}
	for _, d := range flaws {
		if p.unit.borrowed.isMain {
			by.found.list = append(by.found.list, d)
		} else {
			by.report(use, d.Suggestion, fmt.Errorf("%s is wrong: %s: %s", use.text, readable(d.Pos), d.Message))
		}
	}
	return len(flaws) > 0
}

// flaws returns what was found wrong with a policy so far.
func (s *shelf) flaws(p *policy) (list []Diagnostic) {
	found := s.findingsOf(p)
	from, to := found.position(p.whole.Pos()), found.position(p.whole.End())
	for _, d := range found.list {
		if d.Pos.Filename == from.Filename && from.Offset <= d.Pos.Offset && d.Pos.Offset < to.Offset {
			list = append(list, d)
		}
	}
	return list
}
