package main

import (
	"flag"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	resil "github.com/resilgen/resilgen/runtime"
)

var update = flag.Bool("update", false, "write the golden files anew")

// day is a script for reports: a client every 100 ms comes to it by hand.
var day = []phase{
	{name: "normal", length: time.Second, rate: 10},
	{name: "outage", length: time.Second, rate: 10, down: true},
	{name: "after outage", length: 4 * time.Second, rate: 10},
}

// lived returns what became of the clients of the day: those who came until the first moment and
// from the second on were served.
func lived(until, from time.Duration) (s samples) {
	for i, p := range day {
		begin := begins(day, i)
		for at := begin; at < begin+p.length; at += 100 * time.Millisecond {
			one := sample{arrival: arrival{phase: i, at: at}, status: http.StatusBadGateway, took: time.Second, received: 4}
			if at < until || at >= from {
				one.status, one.took, one.received = http.StatusOK, 40*time.Millisecond+at/100, 1
			}
			s = append(s, one)
		}
	}
	return s
}

const never = time.Hour

func TestReport(t *testing.T) {
	outcomes := []outcome{
		{way: "never again", samples: lived(time.Second, never), done: 100, wasted: 75},
		{way: "soon again", samples: lived(1100*time.Millisecond, 2500*time.Millisecond), done: 60, wasted: 6,
			transitions: []transition{
				{1100 * time.Millisecond, resil.Open}, {1600 * time.Millisecond, resil.HalfOpen}, {1650 * time.Millisecond, resil.Open},
				{1950 * time.Millisecond, resil.HalfOpen}, {1960 * time.Millisecond, resil.Open},
				{2450 * time.Millisecond, resil.HalfOpen}, {2460 * time.Millisecond, resil.Closed},
			}},
		{way: "nobody came"},
	}
	var got strings.Builder
	report(&got, day, outcomes)
	const golden = "testdata/report.golden"
	if *update {
		if err := os.WriteFile(golden, []byte(got.String()), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if got.String() != string(want) {
		t.Errorf("the report has changed (go test -update):\n%s\nwant:\n%s", got.String(), want)
	}
}

func TestCaveat(t *testing.T) {
	late := func(d time.Duration) []outcome { return []outcome{{}, {samples: samples{{}, {late: d}, {}}}} }
	if got := caveat(late(tooLate - 1)); got != "" {
		t.Errorf("in time: %q", got)
	}
	if got := caveat(late(1500 * time.Millisecond)); !strings.Contains(got, "up to 1500 ms late") {
		t.Errorf("late: %q", got)
	}
}
