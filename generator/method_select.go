package generator

// This file is which methods a directive applies to: by where it stands, and by methods=.

import (
	"go/ast"
	"path"
	"slices"

	"github.com/resilgen/resilgen/internal/nearest"
)

// appliesTo reports whether a directive applies to a method on a level, and what asks for the
// method by its name, if anything does.
func (d *directive) appliesTo(m member, l level) (asked ast.Node, ok bool) {
	switch l {
	case usedOnInterface, onInterface:
		return nil, d.methods == nil
	case usedOnMethod, onMethod:
		return d, m.explicit
	}
	if d.methods == nil {
		return nil, false
	}
	matching := slices.DeleteFunc(d.methods.items(), func(i item) bool { return !i.matches(m.Name()) })
	if i := slices.IndexFunc(matching, func(i item) bool { return i.text == m.Name() }); i >= 0 {
		asked = matching[i]
	}
	return asked, len(matching) > 0
}

// matches reports whether a name or pattern of methods= selects a method.
func (i item) matches(method string) bool {
	ok, _ := path.Match(i.text, method) // what is no pattern is reported when parsed
	return ok
}

// checkSelectors reports what methods= names and the interface does not have.
func (a *typedInterface) checkSelectors(members []member, found *findings) {
	var names []string
	for _, m := range members {
		names = append(names, m.Name())
	}
	for _, d := range a.own {
		if d.methods == nil {
			continue
		}
		for _, i := range d.methods.items() {
			if _, err := path.Match(i.text, ""); err == nil && i.text != "" && !slices.ContainsFunc(names, i.matches) {
				unmatched := problemf("no method of %s matches %s", a.name(), i.text)
				found.add(i, unmatched.suggesting(nearest.To(i.text, names)))
			}
		}
	}
}
