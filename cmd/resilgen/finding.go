package main

// This file is findings as data: what there is to tell, at which places, by paths that a reader can
// follow. How they look is in finding_format.go.

import (
	"fmt"
	"go/token"
	"path/filepath"
	"slices"

	"github.com/resilgen/resilgen/generator"
)

// A finding is one thing to tell about one file.
type finding struct {
	Severity string `json:"severity"` // error or notice; an error makes the exit status 1
	Kind     string `json:"kind"`     // annotation, missing, stale, orphaned or unguarded
	location
	Message    string    `json:"message"`
	Suggestion string    `json:"suggestion,omitempty"` // what was probably meant
	Related    []related `json:"related,omitempty"`    // other places, in the order to read them
	Diff       string    `json:"diff,omitempty"`       // from what stands on disk to what should
}

// A related is another place that a finding is about, and what is there.
type related struct {
	location
	Message string `json:"message"`
}

// A location is a place in a file. Lines and columns count from 1; 0 is unknown.
type location struct {
	File      string `json:"file"`
	Line      int    `json:"line,omitempty"`
	Column    int    `json:"column,omitempty"`
	EndLine   int    `json:"endLine,omitempty"`
	EndColumn int    `json:"endColumn,omitempty"`
}

// locationOf returns the place from a position to just before another one, which may be unknown.
func locationOf(pos, end token.Position) location {
	return location{File: pos.Filename, Line: pos.Line, Column: pos.Column, EndLine: end.Line, EndColumn: end.Column}
}

// String returns the beginning of the place as file:line:column, without what is unknown.
func (l location) String() string {
	text := l.File
	if l.Line > 0 {
		text += fmt.Sprintf(":%d", l.Line)
	}
	if l.Column > 0 {
		text += fmt.Sprintf(":%d", l.Column)
	}
	return text
}

// annotationFindings returns what is wrong with the annotations.
func annotationFindings(diagnostics []generator.Diagnostic) []finding {
	findings := make([]finding, len(diagnostics))
	for i, d := range diagnostics {
		f := finding{Severity: "error", Kind: "annotation", location: locationOf(d.Pos, d.End), Message: d.Message, Suggestion: d.Suggestion}
		for _, r := range d.Related {
			f.Related = append(f.Related, related{locationOf(r.Pos, r.End), r.Message})
		}
		findings[i] = f
	}
	return findings
}

// report prints findings, whose files are absolute paths, in the format that was asked for.
func (in *invocation) report(findings []finding) error {
	base := in.wd
	if root := in.getenv("GITHUB_WORKSPACE"); in.format == "github" && root != "" {
		base = root // GitHub counts from the root of the checkout, wherever the step runs
	}
	shown := make([]finding, len(findings))
	for i, f := range findings {
		shown[i] = f.relativeTo(base)
	}
	return formats[in.format](in.stdout, shown)
}

// relativeTo returns the finding with all its paths relative to one directory.
func (f finding) relativeTo(base string) finding {
	f.File = shortest(base, f.File)
	f.Related = slices.Clone(f.Related)
	for i := range f.Related {
		f.Related[i].File = shortest(base, f.Related[i].File)
	}
	return f
}

// shortest returns the path relative to base where that is shorter, with slashes.
func shortest(base, path string) string {
	if rel, err := filepath.Rel(base, path); err == nil && len(rel) < len(path) {
		path = rel
	}
	return filepath.ToSlash(path)
}
