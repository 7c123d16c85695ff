package generator

// This file watches the settings that name a function, a method or a parameter. Where they sweep in
// methods that they do not fit, these do without; one that fits no method at all is a mistake.

import "go/token"

// uses are the settings of an interface that were tried on methods which were not asked for by
// name.
type uses map[token.Pos]*use

type use struct {
	setting
	fits bool
	why  string // it does not fit the first method that it was tried on
}

func (u uses) of(s setting) *use {
	if u[s.Pos()] == nil {
		u[s.Pos()] = &use{setting: s}
	}
	return u[s.Pos()]
}

// fits notes that a setting fits a method.
func (u uses) fits(s setting) { u.of(s).fits = true }

// fails notes that a setting does not fit a method.
func (u uses) fails(s setting, why string) {
	if use := u.of(s); use.why == "" {
		use.why = why
	}
}

// check reports the settings that fit nothing.
func (u uses) check(found *findings) {
	for _, use := range u {
		if !use.fits && use.why != "" {
			found.reportSetting(use.setting, "", "%s", use.why)
		}
	}
}
