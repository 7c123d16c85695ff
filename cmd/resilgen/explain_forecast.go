package main

// This file says in words what policies come to, for the tables and the page.

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/resilgen/resilgen/generator"
	"github.com/resilgen/resilgen/generator/forecast"
	"github.com/resilgen/resilgen/internal/brief"
)

// A forecaster computes each forecast once: many methods share a policy.
type forecaster map[string]forecast.Forecast

func (f forecaster) of(m generator.Method) forecast.Forecast {
	key := m.Policy.String()
	if _, ok := f[key]; !ok {
		f[key] = forecast.Of(m.Policy)
	}
	return f[key]
}

// forecastRows returns the rows of a table: room for a number, what it is about, and what is to be
// expected.
func forecastRows(f forecast.Forecast) (rows [][]string) {
	rows = append(rows, []string{"", "at worst", sayWorst(f.Worst)})
	if begins := sayBegins(f.Worst.Timeline); begins != "" {
		rows = append(rows, []string{"", "attempts", begins})
	}
	name := "outage"
	for _, o := range f.Outages {
		rows = append(rows, []string{"", name, sayOutage(o)})
		name = ""
	}
	if f.Open.Longest > 0 {
		rows = append(rows, []string{"", "open", sayOpen(f.Open)})
	}
	return rows
}

// sayWorst says "4 attempts in 4.7s, or 1m34s if answers ask to wait longer".
func sayWorst(w forecast.Worst) string {
	text := count(w.Attempts, "attempt")
	if w.Longest == 0 {
		return text + ", without a bound in time"
	}
	text += " in " + sayTime(w.Longest)
	if w.Hinted > w.Longest {
		text += ", or " + sayTime(w.Hinted) + " if answers ask to wait longer"
	}
	return text
}

// shownBegins is of how many attempts the beginnings are named.
const shownBegins = 8

// sayBegins says when attempts begin: "at 0s, 1.1s, 2.3s, 3.7s"; nothing of a single one.
func sayBegins(timeline []forecast.Span) string {
	if len(timeline) < 2 {
		return ""
	}
	var begins []string
	for i, s := range timeline {
		if i == shownBegins-1 && len(timeline) > shownBegins {
			begins = append(begins, "…")
		}
		if i < shownBegins-1 || i == len(timeline)-1 {
			begins = append(begins, sayTime(s.Begin))
		}
	}
	return "begin at " + strings.Join(begins, ", ") + " at the latest"
}

// sayOutage says "10 calls/s: 20 attempts/s, 40 without budget; breaker opens after 1.2s".
func sayOutage(o forecast.Outage) string {
	text := fmt.Sprintf("%s/s: %s/s", count(o.CallsPerSecond, "call"), number(o.Budgeted, "attempt"))
	if o.Unbudgeted != o.Budgeted {
		text += fmt.Sprintf(", %g without budget", o.Unbudgeted)
	}
	return text + sayOpens(o)
}

func sayOpens(o forecast.Outage) string {
	switch {
	case o.HasBreaker && o.Opens:
		return "; breaker opens after " + sayTime(o.After)
	case o.HasBreaker:
		return "; breaker does not open"
	}
	return ""
}

// sayOpen says "for 9s to 10s at a time, for up to 1m when probes fail".
func sayOpen(o forecast.OpenTimes) string {
	text := "for " + sayTime(o.Longest)
	if o.Shortest < o.Longest {
		text = "for " + sayTime(o.Shortest) + " to " + sayTime(o.Longest)
	}
	text += " at a time"
	if o.Grown > o.Longest {
		text += ", for up to " + sayTime(o.Grown) + " when probes fail"
	}
	return text
}

// count says "1 attempt", "4 attempts".
func count(n int, what string) string { return number(float64(n), what) }

func number(n float64, what string) string {
	if n != 1 {
		what += "s"
	}
	return strconv.FormatFloat(n, 'f', -1, 64) + " " + what
}

// sayTime says a duration to the millisecond, as directives write it: 1m30s.
func sayTime(d time.Duration) string {
	if d >= time.Millisecond {
		d = d.Round(time.Millisecond)
	}
	return brief.Duration(d)
}
