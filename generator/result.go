package generator

// This file is what a caller gets.

import (
	"go/token"

	resil "github.com/resilgen/resilgen/runtime"
	"github.com/resilgen/resilgen/templates"
)

// A Result is everything one run found out. Nothing has been written.
type Result struct {
	Files       []File        // what should stand on disk, sorted by path
	Orphans     []string      // absolute paths of files with our header whose source asks for nothing any more, sorted
	Policies    []NamedPolicy // what the packages declare, sorted by place
	Interfaces  []Interface   // what became of every annotated interface and its methods, sorted by place
	Diagnostics []Diagnostic  // what is wrong with the annotations, sorted; if any, Files and Orphans are empty
}

// A File is one generated file.
type File struct {
	Path    string // absolute
	Content []byte
}

// An Interface is the outcome for one annotated interface.
type Interface struct {
	Package string // import path
	Name    string
	Wrapper string // the generated type
	Pos     token.Position
	Methods []Method // in source order: its own, then those of each embedded interface by name
}

// A Method is the verdict on one method. [Generate] leaves empty what only [Explain] tells: Policy,
// Origins, Traits and Shared.
type Method struct {
	Name    string
	Pos     token.Position // for a method of an embedded interface, the line that embeds it
	Verdict Verdict
	Policy  resil.Policy        // what is in effect
	Origins []Origin            // where Policy was written; a key that is not here has its default
	Reason  string              // why it passes through, as the end of a sentence: "it has no error to judge by"
	LeftOut []templates.LeftOut // policies that an interface-level directive brought and that cannot act here
	Traits  resil.Traits        // what nobody can switch on when the program runs; zero if no policy acts
	Shared  []templates.Shared  // policies that count what other methods do as well
}

// An Origin is the place of one setting that is in effect. A directive that stands alone is a
// setting without a key.
type Origin struct {
	resil.Setting
	Pos token.Position

	// NamedPolicy is the named policy that said it, such as github.com/acme/policies.Critical; ""
	// for the interface itself.
	NamedPolicy string
}

// A NamedPolicy is a string constant that is marked //resilgen:policy.
type NamedPolicy struct {
	Package  string // import path
	Constant string
	Name     string // the constant's value, by which metrics and overrides know the policy
	Pos      token.Position
}

// A Verdict is what became of a method.
type Verdict int

const (
	Guarded       Verdict = iota // every policy that was meant for it acts
	InPart                       // some policies act, some cannot
	PassedThrough                // no policy acts
	Off                          // no policy acts, because an annotation says off
)

var verdicts = [...]string{"guarded", "in part", "passed through", "off"}

// String returns the verdict in words.
func (v Verdict) String() string { return verdicts[v] }

// MarshalText returns the verdict in words.
func (v Verdict) MarshalText() ([]byte, error) { return []byte(v.String()), nil }
