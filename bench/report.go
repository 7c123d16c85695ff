package main

// This file prints what was measured, beside what is promised.

import (
	"fmt"
	"io"
	"strings"
)

// A report is what one of the two parts prints: the goals, and below them all figures by situation.
type report struct {
	title   string
	goals   []goal
	figures []figures
}

// A goal is one promise beside what was measured.
type goal struct {
	what     string
	wanted   string
	measured string
	met      bool
}

// A figures is a table of all ways in one situation.
type figures struct {
	title  string
	header []string
	rows   [][]string
}

func (r *report) print(out io.Writer) {
	fmt.Fprintf(out, "\n### %s\n\n", r.title)
	var rows [][]string
	last := ""
	for _, g := range r.goals {
		what := g.what
		if what == last {
			what = ""
		}
		last = g.what
		rows = append(rows, []string{what, g.wanted, g.measured, g.verdict()})
	}
	printTable(out, []string{"", "goal", "measured", ""}, rows)
	for _, f := range r.figures {
		fmt.Fprintf(out, "\n%s\n\n", f.title)
		printTable(out, f.header, f.rows)
	}
}

func (g goal) verdict() string {
	if g.met {
		return "met"
	}
	return "**missed**"
}

// printTable prints a table of Markdown.
func printTable(out io.Writer, header []string, rows [][]string) {
	line := func(cells []string) { fmt.Fprintf(out, "| %s |\n", strings.Join(cells, " | ")) }
	line(header)
	fmt.Fprintln(out, "|"+strings.Repeat("---|", len(header)))
	for _, row := range rows {
		line(row)
	}
}

// atMost is the goal that a figure is not above a limit, both in the same unit.
func atMost(what string, measured, limit float64, unit string) goal {
	return goal{what: what, wanted: fmt.Sprintf("≤ %g%s", limit, unit), measured: number(measured) + unit, met: measured <= limit}
}

// atMostOf is the goal that a bout does not take more than some part or multiple of another. It is
// held by the medians of processors' time, which what else runs on the machine disturbs less than
// the clock's, and shows beside them what quiet turns took, and both by the clock.
func atMostOf(what string, ours *bout, limit float64, theirs *bout, unit string) goal {
	r := ours.in(theirs)
	g := atMost(what, r.processor, limit, " × "+unit)
	g.measured += fmt.Sprintf(" (quiet %s; by the clock %s, quiet %s)",
		number(r.processorQuiet), number(r.clock), number(r.clockQuiet))
	return g
}

// number prints a figure with three digits.
func number(f float64) string {
	switch {
	case f == float64(int64(f)):
		return fmt.Sprintf("%d", int64(f))
	case f >= 100:
		return fmt.Sprintf("%.0f", f)
	case f >= 10:
		return fmt.Sprintf("%.1f", f)
	case f >= 1:
		return fmt.Sprintf("%.2f", f)
	}
	return fmt.Sprintf("%.3f", f)
}
