package main

// This file says what policies come to: in words for the tables, and as the part of the document
// that help explain documents.

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/resilgen/resilgen/generator"
)

// A forecaster computes each forecast once: many methods share a policy.
type forecaster map[string]generator.Forecast

func (f forecaster) of(m generator.Method) generator.Forecast {
	key := m.Policy.String()
	if _, ok := f[key]; !ok {
		f[key] = generator.NewForecast(m.Policy)
	}
	return f[key]
}

// forecastRows returns the rows of a table: room for a number, what it is about, and what is to be
// expected.
func forecastRows(f generator.Forecast) (rows [][]string) {
	rows = append(rows, []string{"", "at worst", sayWorst(f)})
	if begins := sayBegins(f.Timeline); begins != "" {
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
func sayWorst(f generator.Forecast) string {
	text := count(f.Attempts, "attempt")
	if f.Longest == 0 {
		return text + ", without a bound in time"
	}
	text += " in " + brief(f.Longest)
	if f.Hinted > f.Longest {
		text += ", or " + brief(f.Hinted) + " if answers ask to wait longer"
	}
	return text
}

// shownBegins is how many attempts are told one by one.
const shownBegins = 8

// sayBegins says when attempts begin: "at 0s, 1.1s, 2.3s, 3.7s"; nothing of a single one.
func sayBegins(timeline []generator.Span) string {
	if len(timeline) < 2 {
		return ""
	}
	var begins []string
	for i, s := range timeline {
		if i == shownBegins-1 && len(timeline) > shownBegins {
			begins = append(begins, "…")
		}
		if i < shownBegins-1 || i == len(timeline)-1 {
			begins = append(begins, brief(s.Begin))
		}
	}
	return "begin at " + strings.Join(begins, ", ") + " at the latest"
}

// sayOutage says "10 calls/s: 20 attempts/s, 40 without budget; breaker opens after 1.2s".
func sayOutage(o generator.Outage) string {
	text := fmt.Sprintf("%s/s: %s/s", count(o.CallsPerSecond, "call"), number(o.Budgeted, "attempt"))
	if o.Unbudgeted != o.Budgeted {
		text += fmt.Sprintf(", %g without budget", o.Unbudgeted)
	}
	return text + sayOpens(o)
}

func sayOpens(o generator.Outage) string {
	switch {
	case o.Breaker && o.Opens:
		return "; breaker opens after " + brief(o.After)
	case o.Breaker:
		return "; breaker does not open"
	}
	return ""
}

// sayOpen says "for 9s to 10s at a time, for up to 1m when probes fail".
func sayOpen(o generator.OpenTimes) string {
	text := "for " + brief(o.Longest)
	if o.Shortest < o.Longest {
		text = "for " + brief(o.Shortest) + " to " + brief(o.Longest)
	}
	text += " at a time"
	if o.Grown > o.Longest {
		text += ", for up to " + brief(o.Grown) + " when probes fail"
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

// brief returns a duration to the millisecond, as directives write it.
func brief(d time.Duration) string {
	if d >= time.Millisecond {
		d = d.Round(time.Millisecond)
	}
	return generator.Brief(d)
}

type explainedForecast struct {
	Attempts int               `json:"attempts"`
	Each     string            `json:"each,omitempty"`
	Waits    string            `json:"waits,omitempty"`
	Longest  string            `json:"longest,omitempty"`
	Hinted   string            `json:"hinted,omitempty"`
	Timeline []explainedSpan   `json:"timeline"`
	Outages  []explainedOutage `json:"outages"`
	Open     *explainedOpen    `json:"open,omitempty"`
}

type explainedOpen struct {
	Shortest string `json:"shortest"`
	Longest  string `json:"longest"`
	Grown    string `json:"grown"`
}

type explainedSpan struct {
	Begin string `json:"begin"`
	End   string `json:"end"`
}

type explainedOutage struct {
	CallsPerSecond int     `json:"callsPerSecond"`
	Budgeted       float64 `json:"budgeted"`
	Unbudgeted     float64 `json:"unbudgeted"`
	OpensAfter     string  `json:"opensAfter,omitempty"`
}

func explainForecast(f generator.Forecast) *explainedForecast {
	text := func(d time.Duration) string {
		if d == 0 {
			return ""
		}
		return generator.Brief(d)
	}
	e := &explainedForecast{Attempts: f.Attempts, Each: text(f.Each), Waits: text(f.Waits), Longest: text(f.Longest), Hinted: text(f.Hinted)}
	for _, s := range f.Timeline {
		e.Timeline = append(e.Timeline, explainedSpan{generator.Brief(s.Begin), generator.Brief(s.End)})
	}
	for _, o := range f.Outages {
		opens := explainedOutage{CallsPerSecond: o.CallsPerSecond, Budgeted: o.Budgeted, Unbudgeted: o.Unbudgeted}
		if o.Opens {
			opens.OpensAfter = generator.Brief(o.After)
		}
		e.Outages = append(e.Outages, opens)
	}
	if f.Open.Longest > 0 {
		e.Open = &explainedOpen{text(f.Open.Shortest), text(f.Open.Longest), text(f.Open.Grown)}
	}
	return e
}
