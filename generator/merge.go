package generator

// This file merges the directives that apply to a method, key by key: those of the interface, then those with methods=, then
// those on the method itself, later over earlier.

import (
	"path"
	"slices"
)

// A level is how specific a directive is. A higher one wins.
type level int

const (
	onInterface level = iota
	byMethods
	onMethod
)

// A merged is what applies to one method.
type merged struct {
	settings []setting // in order; of what an off removes, nothing is left
	off      bool      // an off removed something, or everything
}

// merge returns the settings that apply to a method.
func (a *annotation) merge(m member) merged {
	var result merged
	for _, d := range a.own {
		if d.methods == nil {
			result.apply(d, setting{level: onInterface})
		}
	}
	for _, d := range a.own {
		if d.methods == nil {
			continue
		}
		matching := slices.DeleteFunc(d.methods.items(), func(i item) bool { return !i.matches(m.Name()) })
		if len(matching) == 0 {
			continue
		}
		from := setting{level: byMethods}
		if i := slices.IndexFunc(matching, func(i item) bool { return i.text == m.Name() }); i >= 0 {
			from.asked = matching[i]
		}
		result.apply(d, from)
	}
	for _, d := range a.methods[m.Name()] {
		if m.explicit {
			result.apply(d, setting{level: onMethod, asked: d})
		}
	}
	return result
}

// apply adds the settings of a directive; level and asker are those of from.
func (r *merged) apply(d *directive, from setting) {
	if d.Name == "off" {
		r.settings, r.off = nil, true
		return
	}
	for _, s := range d.settings {
		if s.Key == "" && s.Value == "off" {
			r.remove(d.Name)
			r.off = true
			continue
		}
		s.level, s.asked = from.level, from.asked
		r.settings = append(r.settings, s)
	}
}

// remove removes all settings of a directive.
func (r *merged) remove(directive string) {
	r.settings = slices.DeleteFunc(r.settings, func(s setting) bool { return s.Directive == directive })
}

// drop removes one key of a directive that the method has no use for; "" is what stands without one. What is left of a rewind is a retry.
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

// last returns the setting of a key that is in effect.
func (r *merged) last(directive, key string) (setting, bool) {
	for _, s := range slices.Backward(r.settings) {
		if s.Directive == directive && s.Key == key {
			return s, true
		}
	}
	return setting{}, false
}

// has reports whether any setting of a directive is in effect, and returns one that asks for the method by name, if there is one.
func (r *merged) has(directive string) (asked *setting, ok bool) {
	for i, s := range r.settings {
		if s.Directive != directive {
			continue
		}
		if ok = true; s.asked != nil {
			return &r.settings[i], true
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
				found.report(i, nearest(i.text, names), "no method of %s matches %s", a.name(), i.text)
			}
		}
	}
}
