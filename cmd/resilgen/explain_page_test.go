package main

import (
	"bytes"
	"encoding/xml"
	"go/token"
	"io"
	"regexp"
	"strings"
	"testing"

	"github.com/resilgen/resilgen/generator"
	"github.com/resilgen/resilgen/generator/forecast"
	resil "github.com/resilgen/resilgen/runtime"
	"github.com/resilgen/resilgen/templates"
)

// pageOf returns the page of one method.
func pageOf(t *testing.T, m generator.Method) string {
	t.Helper()
	var out bytes.Buffer
	in := invocation{wd: "/src"}
	at := token.Position{Filename: "/src/p.go", Line: 3, Column: 1}
	if err := in.printPage(&out, []generator.Interface{{Name: "Store", Pos: at, Methods: []generator.Method{m}}}); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// The page needs nothing but itself, and what comes from a user's source is text in it.
func TestPageIsSelfContained(t *testing.T) {
	p, err := resil.ParsePolicy("retry\nbreaker\ntimeout attempt=1s call=5s")
	if err != nil {
		t.Fatal(err)
	}
	page := pageOf(t, generator.Method{
		Name: "Get", Policy: p, LeftOut: []templates.LeftOut{{Policy: "hedge", Reason: "<script>alert(1)</script>"}},
		Shared: []templates.Shared{{Policy: "breaker", How: "shared by the client"}},
	})
	if found := regexp.MustCompile(`(?i)<script|<link|<img|src=|href=|url\(|@import|https?:`).FindString(page); found != "" {
		t.Errorf("the page contains %s", found)
	}
	for _, want := range []string{"&lt;script&gt;", "prefers-color-scheme: dark", `name="viewport"`, "<svg", "At worst 4 attempts in 4.7s",
		"breaker is shared by the client", "The breaker is open for 9s to 10s at a time."} {
		if !strings.Contains(page, want) {
			t.Errorf("the page does not contain %s", want)
		}
	}
}

// Every drawing is well-formed, and its bars lie within it, one after the other.
func TestDrawing(t *testing.T) {
	for _, policy := range []string{
		"breaker", "retry", "timeout attempt=1s", "timeout call=1s", "retry attempts=1000\ntimeout attempt=1ms",
		"retry initial=0", "retry initial=1h max=10000h attempts=50", "retry\ntimeout attempt=1s call=5s",
	} {
		p, err := resil.ParsePolicy(policy)
		if err != nil {
			t.Fatal(err)
		}
		d := draw(forecast.WorstOf(p))
		last := -1
		for _, b := range d.Bars {
			if b.X < last || b.Width <= 0 || b.X+b.Width > 1000 {
				t.Errorf("%q: bar at %d, %d wide, after one at %d", policy, b.X, b.Width, last)
			}
			last = b.X
		}
		page := pageOf(t, generator.Method{Name: "Get", Policy: p})
		svg := xml.NewDecoder(strings.NewReader(page[strings.Index(page, "<svg"):strings.Index(page, "</svg>")] + "</svg>"))
		for {
			if _, err := svg.Token(); err == io.EOF {
				break
			} else if err != nil {
				t.Fatalf("%q: %v", policy, err)
			}
		}
	}
}
