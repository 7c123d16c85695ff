package main

// This file prints what became of methods as tables that fit a terminal.

import (
	"fmt"
	"go/token"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/resilgen/resilgen/generator"
	"github.com/resilgen/resilgen/generator/forecast"
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
				expected := forecastRows(forecast.Of(m.Policy))
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
