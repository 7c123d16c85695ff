package generator

// This file puts what the runtime finds wrong with settings at the setting that is to blame.

import (
	"errors"
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
		} else if d.Name == "off" && slices.ContainsFunc(directives, func(e *directive) bool { return e != d && e.methods == nil }) {
			found.report(d, "", "//resilgen:off stands alone: the other directives here would have no effect")
		}
		together[key] = append(together[key], d.settings...)
		for _, i := range d.policies {
			if used := fmt.Sprint(key, i.text); d.methods == nil && policies[used] {
				found.report(i, "", "%s is used twice", i.text)
			} else {
				policies[used] = true
			}
		}
	}
	blamed := map[token.Pos]bool{}
	for _, settings := range together {
		for _, i := range blame(settings, resil.CheckTogether(plainSettings(settings)...), found) {
			blamed[settings[i].Pos()] = true
		}
		for _, s := range secondWords(settings) {
			found.report(s.argument, "", "%s is given twice", s.Directive)
			blamed[s.Pos()] = true
		}
	}
	for _, d := range directives {
		d.settings = slices.DeleteFunc(d.settings, func(s setting) bool { return blamed[s.Pos()] })
	}
}

// secondWords returns the names beyond the first that a directive is followed by.
func secondWords(settings []setting) (list []setting) {
	first := true
	for _, s := range settings {
		if !takesWord(s.Directive) || s.Key != "" || s.Value == "off" {
			continue
		}
		if !first {
			list = append(list, s)
		}
		first = false
	}
	return list
}

func plainSettings(settings []setting) []resil.Setting {
	list := make([]resil.Setting, len(settings))
	for i, s := range settings {
		list[i] = s.Setting
	}
	return list
}

// blame reports the joined errors of the runtime, each at the setting that it blames, and returns
// the indices of these.
func blame(settings []setting, err error, found *findings) (blamed []int) {
	joined, _ := err.(interface{ Unwrap() []error })
	if joined == nil {
		return nil
	}
	for _, err := range joined.Unwrap() {
		if i := culprit(settings, err); i >= 0 {
			found.reportSetting(settings[i], "", "%s", err)
			blamed = append(blamed, i)
		}
	}
	return blamed
}

// culprit returns the index of the setting that an error blames: of those with one of its keys, the
// one from the most specific directive, which brought the trouble; of these, the one whose key is
// the likeliest; without keys, the last one of the directive. It is negative if the error blames
// none of the settings.
func culprit(settings []setting, err error) int {
	last := func(is func(s setting) bool) int {
		for i, s := range slices.Backward(settings) {
			if is(s) {
				return i
			}
		}
		return -1
	}
	if e, ok := errors.AsType[*resil.SettingError](err); ok {
		return last(func(s setting) bool { return s.Setting == e.Setting })
	}
	e, _ := errors.AsType[*resil.PolicyError](err)
	best := -1
	for _, key := range e.Keys {
		i := last(func(s setting) bool { return s.Directive == e.Directive && s.Key == key })
		if i >= 0 && (best < 0 || settings[i].level > settings[best].level) {
			best = i
		}
	}
	if best < 0 {
		best = last(func(s setting) bool { return s.Directive == e.Directive })
	}
	return best
}
