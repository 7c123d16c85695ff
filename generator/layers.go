package generator

// This file lays out what a use of a named policy brings: the policy's settings, behind those of
// the policies that it uses itself, with names that mean the same wherever it is used.

import (
	"fmt"
	"go/ast"
	"go/constant"
	"go/scanner"
	"go/types"
	"slices"
	"strings"
)

// A layer is what one named policy brings to its user; what it uses itself is further layers,
// before it.
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

// report reports what is wrong with a reference. One that stands in a policy which is used here is
// told with its place.
func (u user) report(r reference, suggestion string, err error) {
	if r.span == u.at.span {
		u.found.report(u.at, suggestion, "%s", err)
	} else {
		u.found.report(u.at, "", "%s cannot be used here: %s (%s)", u.at.text, err, u.found.place(r))
	}
}

// bring returns what a use in an annotation brings. Annotations of several units may ask at the
// same time.
func (s *shelf) bring(use reference, by user) []layer {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	return s.layers(use, by)
}

// layers returns what a use brings, each policy behind those that it uses itself. Trail is the
// policies on the way here. It reports what keeps a policy from being used here.
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
		return nil, nil, "", s.unmarked(use, obj)
	}
	return p, obj, "", by.mayUse(obj, by.found)
}

// unmarked says why a constant is no policy. Directives in a file that does not parse are not seen.
func (s *shelf) unmarked(use reference, obj types.Object) error {
	if u := s.units[obj.Pkg().Path()]; u != nil {
		for _, f := range u.files {
			if errs, ok := f.broken.(scanner.ErrorList); ok && f.marked {
				return fmt.Errorf("%s cannot be read: %s: %s", use.text, readable(errs[0].Pos), errs[0].Msg)
			}
		}
	}
	return fmt.Errorf("%s is not marked //resilgen:policy", use.text)
}

// hidden returns the policy that a use names and that its user does not see, for it is not
// exported.
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

// resolve makes the names in a layer mean the same as in its policy: they get their full path, and
// the package that they stand in need not be the user's.
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

// spellAnywhere names an object as the user can, whatever its file imports.
func (u user) spellAnywhere(obj types.Object) string {
	switch path := obj.Pkg().Path(); path {
	case u.unit.path:
		return obj.Name()
	case runtimePath:
		return "resil." + obj.Name()
	default:
		return path + "." + obj.Name()
	}
}

// add adds what a name in the policy stands for, and returns how it is spelled for any package:
// with the full import path.
func (l *layer) add(names *names, r reference, by user) (text, suggestion string, err error) {
	text = r.text
	obj, _, unknown := by.unit.lookup(r)
	if unknown == nil {
		text = by.spellAnywhere(obj)
		if star, _, _ := r.split(); star {
			text = "*" + text
		}
	}
	before, taken := names.matches[text]
	suggestion, err = names.add(r, text, by.home, by.found)
	if after := names.matches[text]; err == nil && taken && (before.Object != after.Object || before.Func != after.Func) {
		err = fmt.Errorf("%s means something else in this file, which imports another package as %s: give that one another name", text, obj.Pkg().Name())
	}
	return text, suggestion, err
}
