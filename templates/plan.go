// Package templates prints a plan as Go source. A plan says what to generate; every decision is taken before it gets
// here, so printing cannot fail because of what a user wrote.
package templates

import (
	"go/types"

	resil "github.com/resilgen/resilgen/runtime"
)

// A File is one generated file: the wrappers of the annotated interfaces of one source file.
type File struct {
	Source     string         // base name of the annotated file, such as payments.go
	Constraint string         // its build constraint, without "//go:build "; empty for none
	Package    *types.Package // the package that the file belongs to; its scope holds no generated name
	Taken      []string       // further package-scope names: those of files that were not type-checked
	Wrappers   []Wrapper      // in source order
}

// A Wrapper is one generated type. Its names are settled: they clash with nothing in the package scope.
type Wrapper struct {
	Interface   *types.TypeName // the annotated interface: a defined type or an alias, generic or not
	Name        string          // ResilientPayments
	Constructor string          // NewResilientPayments
	Client      string          // the client's name at run time: pay.Payments
	Methods     []Method        // in source order
}

// A Method is one method of the wrapper.
type Method struct {
	Name      string
	Signature *types.Signature
	Policy    resil.Policy     // effective; the zero Policy passes the method through
	Matches   map[string]Match // what the names in Policy's On and Never lists are
	Context   int              // index of the context.Context parameter; -1 for none
	Error     int              // index of the result that says whether the call failed; -1 for none
	Reason    string           // why it passes through, as the end of a sentence: "it has no error to judge by"
	LeftOut   []LeftOut        // policies that were swept in and cannot act here
}

// Guarded reports whether any policy acts on the method.
func (m *Method) Guarded() bool {
	return len(policyNames(m.Policy)) > 0
}

// A LeftOut is a policy that cannot act on a method, and why.
type LeftOut struct {
	Policy string // the directive's name: timeout
	Reason string // as the end of a sentence: "it takes no context"
}

// A Match is what an entry of on= or never= names.
type Match struct {
	Object types.Object // the error value or predicate; nil for a type
	Type   types.Type   // the error type; nil for a value or predicate
	Func   bool         // Object is a predicate: func(error) bool
}
