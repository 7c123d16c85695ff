// Package conformance plays scenarios of the public test suites of this field through generated wrappers, in virtual time: README.md lists them.
// Each interface is the setup of the case that it is named after; the scripts, and what must come out, are in the tests.
package conformance

import "errors"

// ErrA and ErrB are what backends fail with.
var (
	ErrA = errors.New("failure A")
	ErrB = errors.New("failure B")
)

// A ParentErr is a failure of a type. Some are an ErrChild as well.
type ParentErr struct{ Child error }

func (e *ParentErr) Error() string { return "parent" }
func (e *ParentErr) Unwrap() error { return e.Child }

// ErrChild is what a ParentErr may hold.
var ErrChild = errors.New("child")
