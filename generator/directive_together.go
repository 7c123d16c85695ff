package generator

// This file finds what contradicts itself among the directives on one place.

import (
	"fmt"
	"go/token"
	"slices"

	resil "github.com/resilgen/resilgen/runtime"
)

// checkTogether reports what contradicts itself among directives on one place, and drops it, so
// that it is blamed once. Directives with methods= stand for themselves: the later one wins.
func checkTogether(directives []*directive, found *findings) {
	together, policies := map[string][]setting{}, map[string]bool{}
	for _, d := range directives {
		key := d.Name
		if d.methods != nil {
			key += fmt.Sprint(d.Pos())
		} else if d.Name == off && slices.ContainsFunc(directives, func(e *directive) bool { return e != d && e.methods == nil }) {
			found.report(d, "//resilgen:off stands alone: the other directives here would have no effect")
		}
		together[key] = append(together[key], d.settings...)
		for _, i := range d.policies {
			if used := fmt.Sprint(key, i.text); d.methods == nil && policies[used] {
				found.report(i, "%s is used twice", i.text)
			} else {
				policies[used] = true
			}
		}
	}
	contradicting := map[token.Pos]bool{}
	for _, settings := range together {
		for _, s := range contradictions(settings, found) {
			contradicting[s.Pos()] = true
		}
	}
	for _, d := range directives {
		d.settings = slices.DeleteFunc(d.settings, func(s setting) bool { return contradicting[s.Pos()] })
	}
}

// contradictions reports the settings of one directive that contradict others of it, and returns
// them.
func contradictions(settings []setting, found *findings) (list []setting) {
	plain := make([]resil.Setting, len(settings))
	for i, s := range settings {
		plain[i] = s.Setting
	}
	alike := func(int) int { return 0 }
	eachCulprit(plain, resil.CheckTogether(plain...), alike, func(i int, err error) {
		found.report(settings[i].argument, "%s", err)
		list = append(list, settings[i])
	})
	for _, s := range secondNames(settings) {
		found.report(s.argument, "%s is given twice", s.Directive)
		list = append(list, s)
	}
	return list
}

// secondNames returns the names beyond the first that a directive is followed by.
func secondNames(settings []setting) (list []setting) {
	first := true
	for _, s := range settings {
		if !takesName(s.Directive) || s.Key != "" || isOff(s.Setting) {
			continue
		}
		if !first {
			list = append(list, s)
		}
		first = false
	}
	return list
}
