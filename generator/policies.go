package generator

// This file is about named policies: string constants that carry directives. What is wrong with one is said where it stands, unless that is in
// another module, which its user cannot change: then it is said where the policy is used.

import (
	"fmt"
	"go/ast"
	"go/constant"
	"go/types"
	"slices"
	"strings"

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

// isMarked reports whether the constant is a policy, once all its directives are known. What is wrong may have been meant as the mark.
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

// constant returns the constant as its own package has it; nil for one that has no value that is a string.
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

// check reports what is wrong with a policy by itself, once. Names that it keeps to itself are seen in its own package alone.
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
		if r.key == "use" || p.unit.borrowed != nil && !strings.Contains(r.text, ".") && !ast.IsExported(r.text) {
			continue
		}
		obj, suggestion, err := p.unit.lookup(r)
		switch {
		case err != nil:
		case r.function:
			err = isFunction(r, obj)
		default:
			_, suggestion, err = p.unit.match(r, obj)
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

// A layer is what one named policy brings to its user; what it uses itself is further layers, before it.
type layer struct {
	*policy
	object   types.Object // the constant, as the user's package sees it
	settings []setting
}

// value returns the policy's name at run time.
func (l layer) value() string { return constant.StringVal(l.object.(*types.Const).Val()) }

// A user is who uses a policy: an annotation or another policy.
type user struct {
	home
	at    reference // the use
	found *findings
}

// report reports what is wrong with a reference. One that stands in a policy which is used here is told with its place.
func (u user) report(r reference, suggestion string, err error) {
	if r.span == u.at.span {
		u.found.report(u.at, suggestion, "%s", err)
	} else {
		u.found.report(u.at, "", "%s cannot be used here: %s (%s)", u.at.text, err, u.found.place(r))
	}
}

// layers returns what a use brings, each policy behind those that it uses itself. Trail is the policies on the way here. It reports what keeps
// a policy from being used here.
func (s *shelf) layers(use reference, by user, trail ...*policy) (list []layer) {
	p, obj, suggestion, err := s.named(use, by)
	if err != nil {
		by.report(use, suggestion, err)
		return nil
	}
	if i := slices.Index(trail, p); i >= 0 {
		by.found.report(by.at, "", "policies use each other in a circle: %s", cycle(trail[i:], by.found))
		return nil
	}
	if s.check(p); s.isFlawed(p, use, by) {
		return nil
	}
	for _, r := range p.uses() {
		list = append(list, s.layers(r, by, append(slices.Clip(trail), p)...)...)
	}
	l := layer{policy: p, object: obj}
	for _, d := range p.own {
		for _, s := range d.settings {
			s.used, s.policy = &by.at.item, p.path()
			l.settings = append(l.settings, s)
		}
	}
	return append(list, l)
}

// named returns the policy that a use names.
func (s *shelf) named(use reference, by user) (p *policy, obj types.Object, suggestion string, err error) {
	obj, suggestion, err = by.unit.lookup(use)
	if err != nil {
		if p := s.hidden(use, by); p != nil {
			return nil, nil, "", fmt.Errorf("%s is not exported by package %s", p.name(), p.unit.name)
		}
		return nil, nil, suggestion, err
	}
	if _, ok := obj.(*types.Const); !ok {
		return nil, nil, "", fmt.Errorf("%s is %s, and a policy is a string constant marked //resilgen:policy", use.text, kindOf(obj))
	}
	if p = s.policy(obj.Pkg().Path(), obj.Name()); p == nil {
		return nil, nil, "", fmt.Errorf("%s is not marked //resilgen:policy", use.text)
	}
	return p, obj, "", by.mayUse(obj, by.found)
}

// hidden returns the policy that a use names and that its user does not see, for it is not exported.
func (s *shelf) hidden(use reference, by user) *policy {
	_, qualifier, name := use.split()
	pkg, err := by.unit.packageOf(use, qualifier)
	if err != nil || ast.IsExported(name) || pkg.Path() == by.unit.path {
		return nil
	}
	return s.policy(pkg.Path(), name)
}

// kindOf says what an object is.
func kindOf(obj types.Object) string {
	switch obj.(type) {
	case *types.TypeName:
		return "a type"
	case *types.Func:
		return "a function"
	case *types.Var:
		return "a variable"
	}
	return "something else"
}

// cycle says how policies use each other.
func cycle(round []*policy, found *findings) string {
	var steps []string
	for _, p := range round {
		steps = append(steps, fmt.Sprintf("%s (%s)", p.name(), found.place(p.spec.Names[0])))
	}
	return strings.Join(append(steps, round[0].name()), " uses ")
}

// isFlawed reports whether a policy is wrong by itself, and sees to it that this is said: at its own place, or to its user, if it stands in
// another module.
func (s *shelf) isFlawed(p *policy, use reference, by user) bool {
	flaws := s.flaws(p)
	if p.unit.borrowed == nil {
		return len(flaws) > 0
	}
	for _, d := range flaws {
		if p.unit.borrowed.isMain {
			by.found.list = append(by.found.list, d)
		} else {
			by.report(use, "", fmt.Errorf("%s is wrong: %s: %s", use.text, readable(d.Pos), d.Message))
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

// resolve makes the names in a layer mean the same as in its policy: they get their full path, and the package that they stand in need not
// be the user's.
func (l *layer) resolve(names *names, by user) {
	for i, s := range l.settings {
		var spelled []string
		for _, r := range l.mentioned(s) {
			text, suggestion, err := l.add(names, r, by)
			if err != nil {
				by.report(r, suggestion, err)
			}
			spelled = append(spelled, text)
		}
		if spelled != nil {
			l.settings[i].Value = strings.Join(spelled, ",")
		}
	}
}

// add adds what a name in the policy stands for, and returns how it is spelled for any package: with the full import path.
func (l *layer) add(names *names, r reference, by user) (text, suggestion string, err error) {
	star, qualifier, name := r.split()
	pkg, err := by.unit.packageOf(r, qualifier)
	if obj, _, err := by.unit.lookup(r); err == nil { // by a dot import, perhaps
		pkg = obj.Pkg()
	}
	if err != nil {
		return r.text, "", err
	}
	text = name
	switch pkg.Path() {
	case by.unit.path:
	case runtimePath:
		text = "resil." + name
	default:
		text = pkg.Path() + "." + name
	}
	if star {
		text = "*" + text
	}
	before, taken := names.matches[text]
	suggestion, err = names.add(r, text, by.home, by.found)
	if after := names.matches[text]; err == nil && taken && (before.Object != after.Object || before.Func != after.Func) {
		err = fmt.Errorf("%s means something else in this file, which imports another package as %s: give that one another name", text, pkg.Name())
	}
	return text, suggestion, err
}
