// Package templates prints a plan as Go source. A plan says what to generate; every decision is
// taken before it gets here, so printing cannot fail because of what a user wrote.
package templates

import (
	"go/types"
	"iter"

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

// A Wrapper is one generated type. Its names are settled: they clash with nothing in the package
// scope.
type Wrapper struct {
	Interface   *types.TypeName // the annotated interface: a defined type or an alias, generic or not
	Name        string          // ResilientPayments
	Constructor string          // NewResilientPayments
	Client      string          // the client's name at run time: pay.Payments
	Methods     []Method        // in source order
}

// A Method is one method of the wrapper.
type Method struct {
	Name          string
	Signature     *types.Signature
	Policy        resil.Policy     // effective; the zero Policy without a Fallback passes the method through
	Traits        resil.Traits     // what must not be switched on when the program runs; zero for an ordinary method
	NameConstants []types.Object   // the constants that Policy.Names are the values of, in the same order
	Matches       map[string]Match // what the names in Policy's lists of errors are
	Context       int              // index of the context.Context parameter; -1 for none
	Error         int              // index of the result that any error can be returned in; -1 for none

	// ResultError is how the results tell whether the call failed. It is nil if the result Error
	// does, or nothing.
	ResultError *ResultError

	Key *Key // what Policy.Breaker.Key names; nil for nothing

	// Rewind is how arguments are put back before a further attempt. It is nil if nothing needs to
	// be, and with a hedge.
	Rewind *Rewind

	// Closes are the results that are closed when nobody gets them, unless they are nil: values
	// with a method Close, or *http.Response.
	Closes []int

	// Outlives is the index of the result that lives until it is closed, an io.ReadCloser or
	// *http.Response, and is followed to its end; -1 for none.
	Outlives int

	// Fallback answers a failed call: func(params..., error) (results...). It takes variadic
	// parameters as a slice. It is nil for none.
	Fallback *Func

	Reason  string    // why it passes through, as the end of a sentence: "it has no error to judge by"
	LeftOut []LeftOut // policies that were swept in and cannot act here
	Shared  []Shared  // policies that count what other methods do as well, in the order of the language
}

// Guarded reports whether any policy acts on the method.
func (m *Method) Guarded() bool {
	for range m.directives() {
		return true
	}
	return false
}

// directives yields the names of the directives that act on the method, in the order of the
// language.
func (m *Method) directives() iter.Seq[string] {
	p := &m.Policy
	return func(yield func(string) bool) {
		for _, part := range [...]struct {
			directive string
			acts      bool
		}{
			{"retry", p.Retry != nil}, {"breaker", p.Breaker != nil}, {"timeout", p.Timeout != nil}, {"bulkhead", p.Bulkhead != nil},
			{"ratelimit", p.RateLimit != nil}, {"hedge", p.Hedge != nil}, {"fallback", m.Fallback != nil},
		} {
			if part.acts && !yield(part.directive) {
				return
			}
		}
	}
}

// A ResultError is how results carry an error, in another way than as a result of type error. The
// error of a policy that acted (a rejection, or that retries ran out) goes back by Reject, or
// SetErr, or the method's result Error; with none of these the caller does not learn of it.
type ResultError struct {
	Result int    // a result of a type that implements error, nil for none; -1 if Method or Func tells
	Method string // called on the first result: Err() error
	Func   *Func  // called with the first result, or with all: func(T) error
	All    bool   // Func takes all results
	SetErr bool   // SetErr(error) puts an error into the first result, into a new one if that is a nil pointer
	Reject *Func  // makes the results: func(error) (results...)
}

// A Func is a function that an annotation names; if it is generic it is called with the interface's
// type arguments.
type Func struct {
	Object   types.Object
	TypeArgs []types.Type
}

// A Rewind puts arguments back that an attempt consumes.
type Rewind struct {
	// Func is called with the method's arguments: func(params...) error. It takes variadic ones as
	// a slice if it is not variadic too. It is nil for seeking.
	Func *Func

	Seek []int // indices of the parameters that are sought back to where they were
}

// A Key is what tells calls apart that have breakers of their own: a parameter, or what a function
// makes of the arguments.
type Key struct {
	// Func is called with the method's arguments. It takes variadic ones as a slice if it is not
	// variadic too. It is nil for a parameter.
	Func *Func

	Param int        // index of the parameter, or of the first argument that Func takes: 1 leaves a leading context out
	Type  types.Type // of the parameter or of what Func returns: a string, an integer or a fmt.Stringer
}

// A Shared is a policy whose state is not the method's alone.
type Shared struct {
	Policy string // the directive's name: bulkhead
	How    string // as the end of a sentence: "shared by the client", "shared as db with Put and List"
}

// A LeftOut is a policy that cannot act on a method, and why.
type LeftOut struct {
	Policy string // the directive's name: timeout
	Reason string // as the end of a sentence: "it takes no context"
}

// A Match is what an entry of a list of errors names, such as on= and never=.
type Match struct {
	Object types.Object // the error value or predicate; nil for a type
	Type   types.Type   // the error type; nil for a value or predicate
	Func   bool         // Object is a predicate: func(error) bool
}
