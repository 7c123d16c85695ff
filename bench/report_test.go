package main

import (
	"strings"
	"testing"
)

func TestReport(t *testing.T) {
	r := &report{
		title: "Calls",
		goals: []goal{
			atMost("retry", 2.5, 3, " × direct"),
			atMost("retry", 1, 0, " allocs"),
			atMost("memory", 12.04, 12, " KiB"),
			atMostOf("timeout", &bout{processor: []float64{1, 4, 3}, nanos: []float64{2, 9, 7}}, 3,
				&bout{processor: []float64{2, 1, 1}, nanos: []float64{1, 2, 3}}, "theirs"),
		},
		figures: []figures{{"all is well:", []string{"", "least"}, [][]string{{"direct", "1"}}}},
	}
	var out strings.Builder
	r.print(&out)
	want := `
### Calls

|  | goal | measured |  |
|---|---|---|---|
| retry | ≤ 3 × direct | 2.50 × direct | met |
|  | ≤ 0 allocs | 1 allocs | **missed** |
| memory | ≤ 12 KiB | 12.0 KiB | **missed** |
| timeout | ≤ 3 × theirs | 3 × theirs (quiet 1; by the clock 3.50, quiet 2) | met |

all is well:

|  | least |
|---|---|
| direct | 1 |
`
	if out.String() != want {
		t.Errorf("got:\n%s\nwant:\n%s", &out, want)
	}
}

func TestRunRefusesUnknownTables(t *testing.T) {
	var out strings.Builder
	if err := run(&out, "halthy", 1); err == nil {
		t.Error("there is no such table")
	}
}
