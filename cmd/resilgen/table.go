package main

// This file prints what became of methods as tables that fit a terminal.

import (
	"fmt"
	"go/token"
	"io"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/resilgen/resilgen/generator"
)

// tableWidth is where lines are broken between words, so that no terminal breaks them anywhere.
const tableWidth = 80

// printTables prints for each interface its methods, below them their policies, and what these come
// to.
func (in *invocation) printTables(w io.Writer, interfaces []generator.Interface) error {
	var text strings.Builder
	for n, i := range interfaces {
		if n > 0 {
			text.WriteString("\n\n")
		}
		fmt.Fprintf(&text, "%s:%d: %s\n%s\n\n", shortest(in.wd, i.Pos.Filename), i.Pos.Line, i.Name, countVerdicts(i.Methods))
		methods, policies, forecasts := in.tables(i)
		printColumns(&text, methods)
		printColumns(&text, policies)
		printColumns(&text, forecasts)
	}
	_, err := io.WriteString(w, text.String())
	return err
}

// countVerdicts returns "3 methods, 1 guarded, 2 passed through".
func countVerdicts(methods []generator.Method) string {
	counts := map[generator.Verdict]int{}
	for _, m := range methods {
		counts[m.Verdict]++
	}
	text := fmt.Sprintf("%d methods", len(methods))
	if len(methods) == 1 {
		text = "1 method"
	}
	for v := generator.Guarded; v <= generator.Off; v++ {
		if counts[v] > 0 {
			text += fmt.Sprintf(", %d %s", counts[v], v)
		}
	}
	return text
}

// tables returns the rows of the tables. Every set of policies has a number, and stands once.
func (in *invocation) tables(i generator.Interface) (methods, policies, forecasts [][]string) {
	numbers := map[string]int{}
	methods = append(methods, []string{"METHOD", "VERDICT", "", "POLICIES"})
	for _, m := range i.Methods {
		parts, number, text := partsOf(m), "", whyNotMore(m)
		if len(parts) > 0 {
			rows := policyRows(parts, func(pos token.Position) string { return in.from(i, pos) })
			key := fmt.Sprint(rows)
			if numbers[key] == 0 {
				numbers[key] = len(numbers) + 1
				rows[0][0] = strconv.Itoa(numbers[key])
				policies = append(append(policies, nil), rows...)
				expected := forecastRows(generator.NewForecast(m.Policy))
				expected[0][0] = rows[0][0]
				forecasts = append(append(forecasts, nil), expected...)
			}
			number, text = strconv.Itoa(numbers[key]), strings.TrimSpace(namesOf(parts, m)+"\n"+text)
		}
		methods = append(methods, []string{m.Name, m.Verdict.String(), number, text})
	}
	return methods, policies, forecasts
}

// whyNotMore says which policies do not act and why; empty if all that are meant do.
func whyNotMore(m generator.Method) string {
	var reasons []string
	shared := true // by all that was left out: then the reason says it all
	for _, l := range m.LeftOut {
		reasons = append(reasons, fmt.Sprintf("no %s: %s", l.Policy, l.Reason))
		shared = shared && l.Reason == m.Reason
	}
	if shared {
		return m.Reason
	}
	return strings.Join(reasons, "\n")
}

// A part is what one directive says about a method.
type part struct {
	directive string
	settings  []generator.Origin
}

// partsOf returns what is in effect on a method, by directive.
func partsOf(m generator.Method) (parts []part) {
	for _, s := range m.Settings() {
		if len(parts) == 0 || parts[len(parts)-1].directive != s.Directive {
			parts = append(parts, part{directive: s.Directive})
		}
		last := &parts[len(parts)-1]
		last.settings = append(last.settings, s)
	}
	return parts
}

// namesOf returns the directives, separated by commas, and who shares them: "retry, bulkhead
// (shared as db with Put)".
func namesOf(parts []part, m generator.Method) string {
	var names []string
	for _, p := range parts {
		name := p.directive
		for _, s := range m.Shared {
			if s.Policy == p.directive {
				name += " (" + s.How + ")"
			}
		}
		names = append(names, name)
	}
	return strings.Join(names, ", ")
}

// from returns where a setting of an interface comes from; the file of the interface is named by
// its base, for it stands above the table.
func (in *invocation) from(i generator.Interface, pos token.Position) string {
	file := shortest(in.wd, pos.Filename)
	if pos.Filename == i.Pos.Filename {
		file = filepath.Base(file)
	}
	return fmt.Sprintf("%s:%d", file, pos.Line)
}

// policyRows returns a row for each place that settings of a directive come from: room for a
// number, directive, place, settings.
func policyRows(parts []part, from func(token.Position) string) (rows [][]string) {
	for _, p := range parts {
		name := p.directive
		for _, row := range p.rows(from) {
			rows = append(rows, append([]string{"", name}, row...))
			name = ""
		}
	}
	return rows
}

// rows returns places and their settings. Defaults come last. A directive that stands alone is told
// only if all else are defaults.
func (p part) rows(from func(token.Position) string) (rows [][]string) {
	var defaults []string
	byDefault := "default"
	for _, s := range p.settings {
		text := strings.TrimSpace(strings.TrimPrefix(s.String(), s.Directive))
		if !s.Pos.IsValid() {
			defaults = append(defaults, text)
			continue
		}
		place := from(s.Pos)
		i := slices.IndexFunc(rows, func(row []string) bool { return row[0] == place })
		switch {
		case text == "":
			byDefault = "default, " + place
		case i >= 0:
			rows[i][1] += " " + text
		default:
			rows = append(rows, []string{place, text})
		}
	}
	if len(rows) > 0 {
		byDefault = "default"
	}
	if len(defaults) > 0 {
		rows = append(rows, []string{byDefault, strings.Join(defaults, " ")})
	}
	return rows
}

// printColumns prints rows; nil is an empty line. The last cell of a row may have several lines,
// and is broken between words.
func printColumns(w io.Writer, rows [][]string) {
	widths := map[int]int{}
	for _, row := range rows {
		for i, cell := range row[:max(len(row)-1, 0)] {
			widths[i] = max(widths[i], utf8.RuneCountInString(cell))
		}
	}
	for _, row := range rows {
		line := strings.Repeat(" ", 4)
		for i, cell := range row[:max(len(row)-1, 0)] {
			line += fmt.Sprintf("%-*s", widths[i]+2, cell)
		}
		indent := len(line)
		for _, text := range wrap(strings.Join(row[max(len(row)-1, 0):], ""), tableWidth-indent) {
			fmt.Fprintln(w, strings.TrimRight(line+text, " "))
			line = strings.Repeat(" ", indent)
		}
	}
}

// wrap breaks a text into lines of a width, at least one. Words that are longer stay whole.
func wrap(text string, width int) (lines []string) {
	for paragraph := range strings.SplitSeq(text, "\n") {
		line := ""
		for _, word := range strings.Fields(paragraph) {
			if line != "" && utf8.RuneCountInString(line+" "+word) > width {
				lines = append(lines, line)
				line = ""
			}
			line = strings.TrimSpace(line + " " + word)
		}
		lines = append(lines, line)
	}
	return lines
}
