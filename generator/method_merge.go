package generator

// This file merges the directives that apply to a method, key by key: what named policies bring,
// then the directives of the interface, those with methods=, and those on the method itself, later
// over earlier. Of policies, too, one that is used on the method wins over one of the interface;
// but what the interface says in its own words always wins over what a policy says for everybody.

import (
	"go/ast"
	"path"
	"slices"

	"github.com/resilgen/resilgen/internal/nearest"
)

// merge returns the settings that apply to a method.
func (a *typedInterface) merge(m member, names *resolution) effectiveSettings {
	result := effectiveSettings{settings: make([]appliedSetting, 0, 8)} // as many as most methods have
	for l := usedOnInterface; l <= onMethod; l++ {
		directives := a.own
		if l == usedOnMethod || l == onMethod {
			directives = a.methods[m.Name()]
		}
		for _, d := range directives {
			asked, applies := d.appliesTo(m, l)
			switch isUsed := l <= usedOnMethod; {
			case !applies || isUsed != (d.Name == "use"):
			case isUsed:
				for _, i := range d.policies {
					for _, layer := range names.layers[i.Pos()] {
						result.applyLayer(layer, l, asked)
					}
				}
			case d.Name == off:
				result = allOff()
			default:
				result.apply(d.settings, l, asked, nil)
			}
		}
	}
	return result
}

// allOff returns what an off leaves: nothing.
func allOff() effectiveSettings {
	refused := map[string]string{}
	for _, doc := range language {
		refused[doc.Name] = off
	}
	return effectiveSettings{refused: refused}
}

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
