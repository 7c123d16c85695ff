package resil

// This file is how everything is told that is wrong with a file of overrides, or not in force.

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"github.com/resilgen/resilgen/runtime/internal/tree"
)

// An OverridesError is one thing in a file of overrides that is not in force. [LoadOverrides],
// [Overrides.Check] and [Overrides.Reload] return them joined, in the order of the file: an error
// whose method Unwrap() []error lists them.
type OverridesError struct {
	Path         string // as it was given to LoadOverrides
	Line, Column int    // from 1; a column is a byte of JSON, a character of YAML
	Kind         OverridesErrorKind
	Client       string   // whom it concerns; empty where it is the file
	Methods      []string // of the client; empty where it is all of it
	Message      string
}

// Error returns the place and what is the matter.
func (e *OverridesError) Error() string {
	return fmt.Sprintf("%s:%d:%d: %s", e.Path, e.Line, e.Column, e.Message)
}

// An OverridesErrorKind says why something is not in force.
type OverridesErrorKind int

// The kinds of what is not in force.
const (
	// Wrong can never be in force: it cannot be read, contradicts itself, or is said of a method
	// that cannot have it. The file, or all that it says of one client, is refused.
	Wrong OverridesErrorKind = iota + 1

	// LeftOut is in force but for some methods, which a section of their client or policy merely
	// sweeps in and which cannot have it.
	LeftOut

	// Pending waits for a client, a method or a policy that does not exist: not yet, not any more,
	// not in this program, or because it is misspelt.
	Pending
)

// String returns the kind in words.
func (k OverridesErrorKind) String() string {
	switch k {
	case Wrong:
		return "wrong"
	case LeftOut:
		return "left out"
	case Pending:
		return "pending"
	}
	return "unknown"
}

// maxTold is how many errors are told of one file. There are more only in what is no file of
// overrides, and each may be written to the log of each client.
const maxTold = 1000

// joinInOrder joins errors in the order of the file, each once: clients of one name are told the
// same.
func joinInOrder(errs []*OverridesError) error {
	errs = slices.Clone(errs)
	slices.SortStableFunc(errs, func(a, b *OverridesError) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column), strings.Compare(a.Message, b.Message))
	})
	errs = slices.CompactFunc(errs, func(a, b *OverridesError) bool {
		return a.Line == b.Line && a.Column == b.Column && a.Message == b.Message
	})
	if more := len(errs) - maxTold; more > 0 {
		last := *errs[maxTold]
		last.Message = fmt.Sprintf("%s (and %d more)", last.Message, more-1)
		errs = append(errs[:maxTold:maxTold], &last)
	}
	joined := make([]error, len(errs))
	for i, e := range errs {
		joined[i] = e
	}
	return errors.Join(joined...)
}

// unjoined returns the errors that an error joins.
func unjoined(err error) []error {
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		return joined.Unwrap()
	}
	return nil
}

// problem makes an error of the file. Of what stands there it shows no more than a person reads,
// and nothing that a terminal obeys.
func (f *overridesFile) problem(kind OverridesErrorKind, at tree.Place, format string, args ...any) *OverridesError {
	message := fmt.Sprintf(format, args...)
	if len(message) > 1000 {
		message = message[:1000] + "…"
	}
	message = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return unicode.ReplacementChar
		}
		return r
	}, message)
	return &OverridesError{Path: f.path, Line: at.Line, Column: at.Column, Kind: kind, Message: message}
}
