package main

// This file prints findings: for people, for programs, and for GitHub Actions.

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/resilgen/resilgen/internal/nearest"
)

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

// String returns the finding as "file:line:column: message". A notice speaks for itself, without
// its place.
func (f finding) String() string {
	if f.Severity == "notice" {
		return f.text()
	}
	return f.location.String() + ": " + f.text()
}

// text returns the message, and each related place on an indented line below it.
func (f finding) text() string {
	text := f.Message + didYouMean(f.Suggestion)
	for _, r := range f.Related {
		text += "\n\t" + r.location.String() + ": " + r.Message
	}
	return text
}

// printText prints the findings, each on a line of its own, then the diffs.
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
// Diffs are left out: an annotation is a short text.
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

// workflowCommand returns the finding as "::error file=pay.go,line=3::message".
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
	return fmt.Sprintf("::%s %s::%s", f.Severity, strings.Join(properties, ","), escapeData.Replace(f.text()))
}

// escapeData and escapeProperty write what the runner of GitHub Actions unescapes: data ends with
// the line, a property also at a comma or colon.
var (
	escapeData     = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	escapeProperty = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
)
