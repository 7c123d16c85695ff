package generator

// This file is what a caller is told about a mistake.

import "go/token"

// A Diagnostic is one thing wrong with an annotation, at its place.
type Diagnostic struct {
	Pos, End   token.Position // End is just behind the place, and zero where only a point is known
	Message    string         // one sentence, no final period
	Suggestion string         // what was probably meant; "" for none
	Related    []Related      // other places that have to do with it, in the order to read them
}

// A Related is another place that a diagnostic is about: the policy that was used, a step of a
// circle.
type Related struct {
	Pos, End token.Position // as those of a Diagnostic
	Message  string         // what is there, such as "policies.Critical says retry attempts=1"; no final period
}

// String returns the diagnostic as file:line:col: message, with the suggestion as a question.
func (d Diagnostic) String() string {
	s := d.Pos.String() + ": " + d.Message
	if d.Suggestion != "" {
		s += " (did you mean " + d.Suggestion + "?)"
	}
	return s
}
