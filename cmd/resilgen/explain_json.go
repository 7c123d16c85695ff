package main

// This file is the document of explain that help explain documents: what became of every method,
// for programs.

import (
	"go/token"
	"io"
	"time"

	"github.com/resilgen/resilgen/generator"
	"github.com/resilgen/resilgen/generator/forecast"
	"github.com/resilgen/resilgen/internal/brief"
)

// An explanation is one interface, as help explain documents it.
type explanation struct {
	Package string `json:"package"`
	Name    string `json:"name"`
	Wrapper string `json:"wrapper"`
	place
	Methods []explainedMethod `json:"methods"`
}

type explainedMethod struct {
	Name string `json:"name"`
	place
	Verdict  generator.Verdict  `json:"verdict"`
	Reason   string             `json:"reason,omitempty"`
	LeftOut  []leftOut          `json:"leftOut,omitempty"`
	Shared   []shared           `json:"shared,omitempty"`
	Traits   *traits            `json:"traits,omitempty"`
	Settings []explainedSetting `json:"settings,omitempty"`
	Forecast *explainedForecast `json:"forecast,omitempty"`
}

type leftOut struct {
	Policy string `json:"policy"`
	Reason string `json:"reason"`
}

type shared struct {
	Policy string `json:"policy"`
	How    string `json:"how"`
}

type traits struct {
	NoRetry   string `json:"noRetry,omitempty"`
	NoHedge   string `json:"noHedge,omitempty"`
	NoTimeout string `json:"noTimeout,omitempty"`
}

type explainedSetting struct {
	Directive string `json:"directive"`
	Key       string `json:"key,omitempty"`
	Value     string `json:"value,omitempty"`
	place
}

type place struct {
	File   string `json:"file,omitempty"`
	Line   int    `json:"line,omitempty"`
	Column int    `json:"column,omitempty"`
}

// place returns a position with a path as findings print it; nothing for nowhere.
func (in *invocation) place(pos token.Position) place {
	if !pos.IsValid() {
		return place{}
	}
	return place{shortest(in.wd, pos.Filename), pos.Line, pos.Column}
}

// printExplanations prints the document.
func (in *invocation) printExplanations(w io.Writer, interfaces []generator.Interface) error {
	list := []explanation{}
	forecasts := forecaster{}
	for _, i := range interfaces {
		e := explanation{Package: i.Package, Name: i.Name, Wrapper: i.Wrapper, place: in.place(i.Pos)}
		for _, m := range i.Methods {
			e.Methods = append(e.Methods, in.explainMethod(m, forecasts))
		}
		list = append(list, e)
	}
	return encode(w, map[string][]explanation{"interfaces": list})
}

func (in *invocation) explainMethod(m generator.Method, forecasts forecaster) explainedMethod {
	e := explainedMethod{Name: m.Name, place: in.place(m.Pos), Verdict: m.Verdict, Reason: m.Reason}
	for _, l := range m.LeftOut {
		e.LeftOut = append(e.LeftOut, leftOut(l))
	}
	for _, s := range m.Shared {
		e.Shared = append(e.Shared, shared(s))
	}
	if t := traits(m.Traits); t != (traits{}) {
		e.Traits = &t
	}
	for _, s := range m.Settings() {
		e.Settings = append(e.Settings, explainedSetting{s.Directive, s.Key, s.Value, in.place(s.Pos)})
	}
	if m.Verdict == generator.Guarded || m.Verdict == generator.InPart {
		e.Forecast = explainForecast(forecasts.of(m))
	}
	return e
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

func explainForecast(f forecast.Forecast) *explainedForecast {
	text := func(d time.Duration) string {
		if d == 0 {
			return ""
		}
		return brief.Duration(d)
	}
	w := f.Worst
	e := &explainedForecast{Attempts: w.Attempts, Each: text(w.Each), Waits: text(w.Waits), Longest: text(w.Longest), Hinted: text(w.Hinted)}
	for _, s := range w.Timeline {
		e.Timeline = append(e.Timeline, explainedSpan{brief.Duration(s.Begin), brief.Duration(s.End)})
	}
	for _, o := range f.Outages {
		opens := explainedOutage{CallsPerSecond: o.CallsPerSecond, Budgeted: o.Budgeted, Unbudgeted: o.Unbudgeted}
		if o.Opens {
			opens.OpensAfter = brief.Duration(o.After)
		}
		e.Outages = append(e.Outages, opens)
	}
	if f.Open.Longest > 0 {
		e.Open = &explainedOpen{text(f.Open.Shortest), text(f.Open.Longest), text(f.Open.Grown)}
	}
	return e
}
