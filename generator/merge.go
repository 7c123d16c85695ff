package generator

// This file merges the directives that apply to a method, key by key: what named policies bring,
// then the directives of the interface, those with methods=, and those on the method itself, later
// over earlier. Of policies, too, one that is used on the method wins over one of the interface;
// but what the interface says in its own words always wins over what a policy says for everybody.

import (
	"go/ast"
	"go/types"
	"path"
	"slices"

	"github.com/resilgen/resilgen/internal/nearest"
)

// A level is how specific a directive is. A higher one wins.
type level int

const (
	usedOnInterface level = iota // by a named policy
	usedByMethods
	usedOnMethod
	onInterface
	byMethods
	onMethod
)

// A merged is what applies to one method.
type merged struct {
	settings []setting         // in order; of what an off removes, nothing is left
	policies []layer           // the named policies that brought any of it, in order
	refused  map[string]string // by directive, the off that has the last word on it: retry off, or off
}

// merge returns the settings that apply to a method.
func (a *annotation) merge(m member) merged {
	result := merged{settings: make([]setting, 0, 8)} // as many as most methods have
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
					for _, layer := range a.layers[i.Pos()] {
						result.policies = append(result.policies, layer)
						result.apply(layer.settings, setting{level: l, asked: asked})
					}
				}
			case d.Name == "off":
				result = merged{refused: map[string]string{}}
				for _, doc := range language {
					result.refused[doc.Name] = "off"
				}
			default:
				result.apply(d.settings, setting{level: l, asked: asked})
			}
		}
	}
	return result
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

// uses returns the named policies that brought anything, as generated code names them, and their
// names at run time. One that was brought twice counts where it came last.
func (r *merged) uses() (constants []types.Object, names []string) {
	for i, l := range r.policies {
		if !slices.ContainsFunc(r.policies[i+1:], func(later layer) bool { return later.policy == l.policy }) {
			constants, names = append(constants, l.object), append(names, l.value())
		}
	}
	return constants, names
}

// apply adds settings; level and asker are those of from.
func (r *merged) apply(settings []setting, from setting) {
	for _, s := range settings {
		if s.Key == "" && s.Value == "off" {
			r.refuse(s)
			continue
		}
		delete(r.refused, s.Directive)
		s.level, s.asked = from.level, from.asked
		r.settings = append(r.settings, s)
	}
}

// refuse removes what an off is about, and keeps in mind that it was said.
func (r *merged) refuse(off setting) {
	r.remove(off.Directive)
	if r.refused == nil {
		r.refused = map[string]string{}
	}
	r.refused[off.Directive] = off.String()
}

// remove removes all settings of a directive.
func (r *merged) remove(directive string) {
	r.settings = slices.DeleteFunc(r.settings, func(s setting) bool { return s.Directive == directive })
}

// drop removes one key of a directive that the method has no use for; "" is what stands without
// one. What is left of a rewind is a retry.
func (r *merged) drop(directive, key string) {
	var kept []setting
	for _, s := range r.settings {
		if s.Directive == directive && s.Key == key {
			if directive != "retry" {
				continue
			}
			s.Key, s.Value = "", ""
		}
		kept = append(kept, s)
	}
	r.settings = kept
}

// replace gives the setting of a key that is in effect another value.
func (r *merged) replace(directive, key, value string) {
	for i := range slices.Backward(r.settings) {
		if s := &r.settings[i]; s.Directive == directive && s.Key == key {
			s.Value = value
			return
		}
	}
}

// last returns the setting of a key that is in effect.
func (r *merged) last(directive, key string) (setting, bool) {
	for i := range slices.Backward(r.settings) {
		if s := &r.settings[i]; s.Directive == directive && s.Key == key {
			return *s, true
		}
	}
	return setting{}, false
}

// has reports whether any setting of a directive is in effect, and returns one that asks for the
// method by name, if there is one.
func (r *merged) has(directive string) (asked *setting, ok bool) {
	for i := range r.settings {
		s := &r.settings[i]
		if s.Directive != directive {
			continue
		}
		if ok = true; s.asked != nil {
			return s, true
		}
	}
	return nil, ok
}

// matches reports whether a name or pattern of methods= selects a method.
func (i item) matches(method string) bool {
	ok, _ := path.Match(i.text, method) // what is no pattern is reported when parsed
	return ok
}

// checkSelectors reports what methods= names and the interface does not have.
func (a *annotation) checkSelectors(members []member, found *findings) {
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
				found.report(i, nearest.To(i.text, names), "no method of %s matches %s", a.name(), i.text)
			}
		}
	}
}
