package main

// This file makes the page of -html: one file that needs nothing else, no script and no network.

import (
	_ "embed"
	"fmt"
	"go/token"
	"html/template"
	"io"
	"strings"
	"time"

	"github.com/resilgen/resilgen/generator"
	"github.com/resilgen/resilgen/generator/forecast"
)

//go:embed explain_page.html
var pageText string

var pageTemplate = template.Must(template.New("page").Parse(pageText))

// A page is what explain_page.html shows.
type page struct {
	Interfaces []pageInterface
}

type pageInterface struct {
	Name, Place, Verdicts string
	Methods               []pageMethod
}

type pageMethod struct {
	Name, Verdict, Why string
	Settings           []pageSettings
	Forecast           *pageForecast // nil if no policy acts
}

// A pageSettings is one line of the table of policies.
type pageSettings struct{ Directive, Place, Settings string }

type pageForecast struct {
	Worst, Begins string
	Open          string // empty without a breaker
	Drawing       drawing
	Budget        bool // some outage differs with and without it
	Breaker       bool
	Outages       []pageOutage
}

type pageOutage struct {
	Calls                int
	Budgeted, Unbudgeted float64
	Opens                string
}

// printPage prints the page.
func (in *invocation) printPage(w io.Writer, interfaces []generator.Interface) error {
	var p page
	forecasts := forecaster{}
	for _, i := range interfaces {
		shown := pageInterface{Name: i.Name, Place: fmt.Sprintf("%s:%d", shortest(in.wd, i.Pos.Filename), i.Pos.Line), Verdicts: countVerdicts(i.Methods)}
		for _, m := range i.Methods {
			shown.Methods = append(shown.Methods, in.pageMethod(i, m, forecasts))
		}
		p.Interfaces = append(p.Interfaces, shown)
	}
	return pageTemplate.Execute(w, p)
}

func (in *invocation) pageMethod(i generator.Interface, m generator.Method, forecasts forecaster) pageMethod {
	shown := pageMethod{Name: m.Name, Verdict: m.Verdict.String(), Why: whyNotMore(m)}
	for _, s := range m.Shared {
		shown.Why += "\n" + s.Policy + " is " + s.How
	}
	shown.Why = strings.TrimSpace(shown.Why)
	parts := partsOf(m)
	if len(parts) == 0 {
		return shown
	}
	for _, row := range policyRows(parts, func(pos token.Position) string { return in.from(i, pos) }) {
		shown.Settings = append(shown.Settings, pageSettings{row[1], row[2], row[3]})
	}
	shown.Forecast = newPageForecast(forecasts.of(m))
	return shown
}

func newPageForecast(f forecast.Forecast) *pageForecast {
	shown := &pageForecast{Worst: sayWorst(f.Worst), Begins: sayBegins(f.Worst.Timeline), Drawing: draw(f.Worst)}
	for _, o := range f.Outages {
		shown.Budget = shown.Budget || o.Budgeted != o.Unbudgeted
		shown.Breaker = o.HasBreaker
		opens := "never"
		if o.Opens {
			opens = sayTime(o.After)
		}
		shown.Outages = append(shown.Outages, pageOutage{o.CallsPerSecond, o.Budgeted, o.Unbudgeted, opens})
	}
	if shown.Breaker {
		shown.Open = sayOpen(f.Open)
	}
	return shown
}

// A drawing is a timeline in an SVG of 1000 by 28: bars for attempts, and between them the waits,
// on which a line runs.
type drawing struct {
	Bars []bar
	End  string // what stands at its right edge
	Text string // for those who do not see it
}

type bar struct {
	X, Width int
	Open     bool // it has no end
	Title    string
}

// drawnBars is how many attempts are drawn at most: more would be one bar.
const drawnBars = 100

// draw draws the longest call. Attempts without a bound are short marks where each fails at once;
// if all is at one time, a single bar without end.
func draw(w forecast.Worst) drawing {
	const width, least = 1000, 8
	spans := w.Timeline[:min(len(w.Timeline), drawnBars)]
	end := spans[len(spans)-1].End
	d := drawing{End: sayTime(end), Text: sayWorst(w)}
	if end == 0 {
		d.Bars, d.End = []bar{{0, width, true, d.Text}}, "no bound"
		return d
	}
	x := func(at time.Duration) int { return int(width * float64(at) / float64(end)) }
	for n, s := range spans {
		begin := min(x(s.Begin), width-least)
		d.Bars = append(d.Bars, bar{begin, max(least, x(s.End)-begin), false,
			fmt.Sprintf("attempt %d, %s to %s", n+1, sayTime(s.Begin), sayTime(s.End))})
	}
	return d
}
