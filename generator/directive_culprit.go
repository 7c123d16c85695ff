package generator

// This file finds the setting that is to blame for what the runtime finds wrong with several.

import (
	"errors"

	resil "github.com/resilgen/resilgen/runtime"
)

// eachCulprit tells which setting each of the runtime's errors, which are joined, is about. Errors
// that are about none of the settings are left out. Of several settings that may be meant, the one
// with the highest rank is: it came last, and brought the trouble.
func eachCulprit(settings []resil.Setting, err error, rank func(i int) int, tell func(i int, err error)) {
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

// culprit returns the index of the setting that an error is about; it is negative if there is none.
// Of the settings with one of the keys that the error names, it is the one of the highest rank, and
// of several such the one whose key the error names first. If the error names no key, it is the
// last setting of the directive.
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
