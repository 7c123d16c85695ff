package generator

// This file watches the settings that name a function, a method or a parameter. Where they sweep in
// methods that they do not fit, these do without; one that fits no method at all is a mistake.

import "go/token"

// A sweep is the settings of an interface that were tried on methods which were not asked for by
// name, by their places.
type sweep map[token.Pos]*sweptSetting

// A sweptSetting is one of them, and what came of it.
type sweptSetting struct {
	appliedSetting
	fits bool
	why  string // it does not fit the first method that it was tried on
}

// of returns what is noted of a setting.
func (w sweep) of(s appliedSetting) *sweptSetting {
	if w[s.Pos()] == nil {
		w[s.Pos()] = &sweptSetting{appliedSetting: s}
	}
	return w[s.Pos()]
}

// fits notes that a setting fits a method.
func (w sweep) fits(s appliedSetting) { w.of(s).fits = true }

// fails notes that a setting does not fit a method, and why.
func (w sweep) fails(s appliedSetting, why string) {
	if tried := w.of(s); tried.why == "" {
		tried.why = why
	}
}

// check reports the settings that fit nothing.
func (w sweep) check(found *findings) {
	for _, tried := range w {
		if !tried.fits && tried.why != "" {
			found.reportSetting(tried.appliedSetting, problemf("%s", tried.why))
		}
	}
}
