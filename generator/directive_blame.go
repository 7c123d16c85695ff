package generator

// This file finds the setting that is to blame for what the runtime finds wrong with several.

import (
	"errors"

	resil "github.com/resilgen/resilgen/runtime"
)

// blame tells of each of the joined errors of the runtime which setting it is about; those that are
// about none of them are left out. Of settings that might be meant, the one with the highest rank
// is: it came last, and brought the trouble.
func blame(settings []resil.Setting, err error, rank func(i int) int, tell func(i int, err error)) {
	joined, _ := err.(interface{ Unwrap() []error })
	if joined == nil {
		return
	}
	for _, err := range joined.Unwrap() {
		if i := culprit(settings, err, rank); i >= 0 {
			tell(i, err)
		}
	}
}

// culprit returns the index of the setting that an error blames: of those with one of its keys, the
// one of the highest rank; of these, the one whose key is the likeliest; without keys, the last one
// of the directive. It is negative if the error blames none of the settings.
func culprit(settings []resil.Setting, err error, rank func(i int) int) int {
	last := func(is func(s resil.Setting) bool) int {
		for i := len(settings) - 1; i >= 0; i-- {
			if is(settings[i]) {
				return i
			}
		}
		return -1
	}
	if e, ok := errors.AsType[*resil.SettingError](err); ok {
		return last(func(s resil.Setting) bool { return s == e.Setting })
	}
	e, _ := errors.AsType[*resil.PolicyError](err)
	best := -1
	for _, key := range e.Keys {
		i := last(func(s resil.Setting) bool { return s.Directive == e.Directive && s.Key == key })
		if i >= 0 && (best < 0 || rank(i) > rank(best)) {
			best = i
		}
	}
	if best < 0 {
		best = last(func(s resil.Setting) bool { return s.Directive == e.Directive })
	}
	return best
}
