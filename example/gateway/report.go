package main

// The report: what happened in the runs, side by side. Every figure is computed from the samples.

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	resil "github.com/resilgen/resilgen/runtime"
)

// report prints a picture, a table, and the breaker's diary.
func report(out io.Writer, script []phase, outcomes []outcome) {
	fmt.Fprintf(out, "\nClients served, in each quarter of a second (full bar: all; blank: none)\n\n")
	fmt.Fprintf(out, "%-14s%s\n", "", headings(script))
	for _, o := range outcomes {
		fmt.Fprintf(out, "%-14s%s\n", o.way, o.picture(script))
	}
	fmt.Fprintln(out)
	for _, row := range table(script, outcomes) {
		fmt.Fprintf(out, "%-32s", row.label)
		for _, cell := range row.cells {
			fmt.Fprintf(out, "%15s", cell)
		}
		fmt.Fprintln(out)
	}
	for _, o := range outcomes {
		if len(o.transitions) > 0 {
			fmt.Fprintf(out, "\nThe breaker of %s\n\n%s", o.way, o.diary(script))
		}
	}
	fmt.Fprint(out, caveat(outcomes))
}

// tooLate is how late clients may come before the figures say more about the machine than about the
// ways.
const tooLate = 100 * time.Millisecond

// caveat says so if a client came too late.
func caveat(outcomes []outcome) string {
	var latest time.Duration
	for _, o := range outcomes {
		for _, s := range o.samples {
			latest = max(latest, s.late)
		}
	}
	if latest < tooLate {
		return ""
	}
	return fmt.Sprintf("\nThis machine was busy: clients came up to %s late. Run it again in a quiet moment before you trust the figures.\n",
		milliseconds(latest))
}

// A row is a line of the table: one cell for each outcome.
type row struct {
	label string
	cells []string
}

// table compares the outcomes, overall and phase by phase.
func table(script []phase, outcomes []outcome) []row {
	var rows []row
	add := func(label string, cell func(outcome) string) {
		r := row{label: label}
		for _, o := range outcomes {
			r.cells = append(r.cells, cell(o))
		}
		rows = append(rows, r)
	}
	addWithPhases := func(label string, cell func(samples) string) {
		add(label, func(o outcome) string { return cell(o.samples) })
		for i, p := range script {
			add("  "+p.name, func(o outcome) string { return cell(o.samples.of(i)) })
		}
	}

	add("", func(o outcome) string { return o.way })
	addWithPhases("clients served", func(s samples) string { return percent(s.served(), len(s)) })
	addWithPhases("processor requests per client", func(s samples) string { return ratio(s.received(), len(s)) })
	add("processor's work for nobody", func(o outcome) string { return percent(o.wasted, o.done) })
	add("until served, p50", func(o outcome) string { return milliseconds(o.samples.quantile(true, 0.50)) })
	add("until served, p99", func(o outcome) string { return milliseconds(o.samples.quantile(true, 0.99)) })
	add("until turned away, p50", func(o outcome) string { return milliseconds(o.samples.quantile(false, 0.50)) })
	for i := range script {
		if recovers(script, i) {
			add("normal again "+script[i].name, func(o outcome) string { return untilNormal(o.samples, script, i) })
		}
	}
	add("breaker opened", func(o outcome) string { return o.opened() })
	return rows
}

// recovers reports whether the phase brings normal load after an outage or an overload.
func recovers(script []phase, i int) bool {
	hard := func(p phase) bool { return p.down || p.rate > capacity }
	return i > 0 && hard(script[i-1]) && !hard(script[i])
}

func untilNormal(s samples, script []phase, i int) string {
	after, ok := normalAgain(s, script, i)
	if !ok {
		return fmt.Sprintf("not in %.0f s", script[i].length.Seconds())
	}
	return fmt.Sprintf("%.1f s", after.Seconds())
}

// cell is the stretch of time that one character of a picture stands for.
const cell = 250 * time.Millisecond

// headings names the phases above a picture.
func headings(script []phase) string {
	var b strings.Builder
	for _, p := range script {
		width := int(p.length / cell)
		fmt.Fprintf(&b, "%-*.*s ", width, width, p.name)
	}
	return strings.TrimRight(b.String(), " ")
}

// picture draws the share of clients served as a row of bars.
func (o outcome) picture(script []phase) string {
	var b strings.Builder
	for i, p := range script {
		begin := begins(script, i)
		for at := begin; at+cell <= begin+p.length; at += cell {
			b.WriteRune(bar(o.samples.between(at, at+cell)))
		}
		b.WriteByte(' ')
	}
	return strings.TrimRight(b.String(), " ")
}

// bar is full only if all were served, and blank only if nobody was.
func bar(s samples) rune {
	served := s.served()
	if served == 0 {
		return ' '
	}
	return []rune("▁▂▃▄▅▆▇█")[7*served/len(s)]
}

// opened is how often the breaker opened.
func (o outcome) opened() string {
	if len(o.transitions) == 0 {
		return "–"
	}
	n := 0
	for _, t := range o.transitions {
		if t.to == resil.Open {
			n++
		}
	}
	return fmt.Sprint(n, " times")
}

// diary lists the breaker's transitions by phase.
func (o outcome) diary(script []phase) string {
	var b strings.Builder
	for i, p := range script {
		begin := begins(script, i)
		during := slices.DeleteFunc(slices.Clone(o.transitions), func(t transition) bool {
			isLast := i == len(script)-1 // its clients stay longer than the script
			return t.at < begin || t.at >= begin+p.length && !isLast
		})
		label := p.name
		for line := range slices.Chunk(during, 4) {
			var states strings.Builder
			for _, t := range line {
				fmt.Fprintf(&states, "%6.2f s %-9s", t.at.Seconds(), t.to)
			}
			fmt.Fprintf(&b, "  %-14s%s\n", label, strings.TrimRight(states.String(), " "))
			label = ""
		}
	}
	return b.String()
}

func percent(n, of int) string {
	if of == 0 {
		return "–"
	}
	return fmt.Sprintf("%.1f %%", 100*float64(n)/float64(of))
}

func ratio(n, of int) string {
	if of == 0 {
		return "–"
	}
	return fmt.Sprintf("%.2f", float64(n)/float64(of))
}

func milliseconds(d time.Duration) string {
	if d == 0 {
		return "–"
	}
	return fmt.Sprintf("%d ms", d.Milliseconds())
}
