package main

// This file prints findings: for people, for programs, and for GitHub Actions.

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"github.com/resilgen/resilgen/generator"
	"github.com/resilgen/resilgen/internal/nearest"
)

// A finding is one thing to tell about one file. Lines and columns count from 1; 0 is unknown.
type finding struct {
	Severity   string `json:"severity"` // error or notice; an error makes the exit status 1
	Kind       string `json:"kind"`     // annotation, missing, stale, orphaned or unguarded
	File       string `json:"file"`
	Line       int    `json:"line,omitempty"`
	Column     int    `json:"column,omitempty"`
	EndLine    int    `json:"endLine,omitempty"`
	EndColumn  int    `json:"endColumn,omitempty"`
	Message    string `json:"message"`
	Suggestion string `json:"suggestion,omitempty"` // what was probably meant
	Diff       string `json:"diff,omitempty"`       // from what stands on disk to what should
}

// String returns the finding as "file:line:col: message", without what is unknown. A notice speaks
// for itself.
func (f finding) String() string {
	if f.Severity == "notice" {
		return f.Message
	}
	place := f.File
	if f.Line > 0 {
		place += fmt.Sprintf(":%d", f.Line)
	}
	if f.Column > 0 {
		place += fmt.Sprintf(":%d", f.Column)
	}
	return place + ": " + f.Message + didYouMean(f.Suggestion)
}

// A format is the flag -format.
type format string

// formats holds how each format prints findings.
var formats = map[format]func(io.Writer, []finding) error{
	"text":   printText,
	"json":   printJSON,
	"github": printGitHub,
}

// String returns the format's name.
func (f *format) String() string { return string(*f) }

// Set chooses a format by name.
func (f *format) Set(name string) error {
	if formats[format(name)] == nil {
		var names []string
		for _, known := range slices.Sorted(maps.Keys(formats)) {
			names = append(names, string(known))
		}
		return fmt.Errorf("not one of %s%s", strings.Join(names, ", "), didYouMean(nearest.To(name, names)))
	}
	*f = format(name)
	return nil
}

// report prints findings, whose files are absolute paths, in the format that was asked for.
func (in *invocation) report(findings []finding) error {
	base := in.wd
	if root := in.getenv("GITHUB_WORKSPACE"); in.format == "github" && root != "" {
		base = root // GitHub counts from the root of the checkout, wherever the step runs
	}
	relative := make([]finding, len(findings))
	for i, f := range findings {
		f.File = shortest(base, f.File)
		relative[i] = f
	}
	return formats[in.format](in.stdout, relative)
}

// shortest returns the path relative to base where that is shorter, with slashes.
func shortest(base, path string) string {
	if rel, err := filepath.Rel(base, path); err == nil && len(rel) < len(path) {
		path = rel
	}
	return filepath.ToSlash(path)
}

// printText prints one finding a line, then the diffs.
func printText(w io.Writer, findings []finding) error {
	var text strings.Builder
	for _, f := range findings {
		fmt.Fprintln(&text, f)
	}
	for _, f := range findings {
		text.WriteString(f.Diff)
	}
	_, err := io.WriteString(w, text.String())
	return err
}

// printJSON prints one document, also if there is nothing to report: {"findings": []}.
func printJSON(w io.Writer, findings []finding) error {
	return encode(w, map[string][]finding{"findings": findings})
}

// encode prints a document for people who look at what programs read.
func encode(w io.Writer, document any) error {
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "\t")
	return encoder.Encode(document)
}

// printGitHub prints workflow commands, which GitHub Actions shows at the lines of a pull request.
// Without the diffs: an annotation is a short text.
//
// https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands
func printGitHub(w io.Writer, findings []finding) error {
	var text strings.Builder
	for _, f := range findings {
		fmt.Fprintln(&text, f.workflowCommand())
	}
	_, err := io.WriteString(w, text.String())
	return err
}

func (f finding) workflowCommand() string {
	properties := []string{"file=" + escapeProperty.Replace(f.File)}
	for _, p := range []struct {
		name  string
		value int
	}{{"line", f.Line}, {"col", f.Column}, {"endLine", f.EndLine}, {"endColumn", f.EndColumn}} {
		if p.value > 0 {
			properties = append(properties, fmt.Sprintf("%s=%d", p.name, p.value))
		}
	}
	return fmt.Sprintf("::%s %s::%s", f.Severity, strings.Join(properties, ","),
		escapeData.Replace(f.Message+didYouMean(f.Suggestion)))
}

// What the runner unescapes: data ends with the line, a property also at a comma or colon.
var (
	escapeData     = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	escapeProperty = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
)

// annotationFindings returns what is wrong with the annotations.
func annotationFindings(diagnostics []generator.Diagnostic) []finding {
	findings := make([]finding, len(diagnostics))
	for i, d := range diagnostics {
		findings[i] = finding{
			Severity: "error", Kind: "annotation",
			File: d.Pos.Filename, Line: d.Pos.Line, Column: d.Pos.Column,
			EndLine: d.End.Line, EndColumn: d.End.Column,
			Message: d.Message, Suggestion: d.Suggestion,
		}
	}
	return findings
}
