package resil

// This file selects errors.

import (
	"errors"
	"fmt"
	"slices"
)

// A Match selects errors: one value, one type, or what a predicate accepts. Its name is how the
// annotation wrote it.
type Match struct {
	Name    string
	matches func(error) bool
	target  error // of MatchError
}

// MatchError selects the errors that are target, in the sense of [errors.Is].
func MatchError(name string, target error) Match {
	return Match{Name: name, target: target, matches: func(err error) bool { return errors.Is(err, target) }}
}

// MatchType selects the errors that have a T in their chain, in the sense of [errors.As].
func MatchType[T error](name string) Match {
	return Match{Name: name, matches: func(err error) bool {
		_, ok := errors.AsType[T](err)
		return ok
	}}
}

// MatchFunc selects the errors that the predicate accepts. It is called with errors that are not
// nil, possibly by several goroutines at once.
func MatchFunc(name string, predicate func(error) bool) Match {
	return Match{Name: name, matches: predicate}
}

// checkMatches reports the Matches that were not made by MatchError, MatchType or MatchFunc.
func (p Policy) checkMatches() error {
	var all []Match
	if p.Retry != nil {
		all = append(slices.Clone(p.Retry.On), p.Retry.Never...)
	}
	if p.Breaker != nil {
		all = append(append(all, p.Breaker.Never...), p.Breaker.Ignore...)
	}
	for _, m := range all {
		if m.matches == nil {
			return fmt.Errorf("a Match selects nothing: make %q by MatchError, MatchType or MatchFunc", m.Name)
		}
	}
	return nil
}

func matchAny(matches []Match, err error) bool {
	for _, m := range matches {
		if m.matches(err) {
			return true
		}
	}
	return false
}
