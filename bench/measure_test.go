package main

import "testing"

// TestMeasure: every bout has its turn in every round, and allocations are counted.
func TestMeasure(t *testing.T) {
	var kept []byte
	sum := 0
	nothing := &bout{run: func(n int) {
		for i := range n {
			sum += i
		}
	}}
	something := &bout{run: func(n int) {
		for range n {
			kept = make([]byte, 100)
		}
	}}
	measure([]*bout{nothing, something}, 3)
	if len(nothing.nanos) != 3 || len(something.nanos) != 3 {
		t.Errorf("%d and %d turns instead of 3", len(nothing.nanos), len(something.nanos))
	}
	if nothing.allocs != 0 || something.allocs != 1 {
		t.Errorf("%v and %v allocations instead of 0 and 1", nothing.allocs, something.allocs)
	}
	if median(nothing.nanos) <= 0 || median(nothing.processor) <= 0 {
		t.Errorf("nothing took %v by the clock, and %v of processors' time", nothing.nanos, nothing.processor)
	}
	_, _ = kept, sum
}

// TestRatio: medians are held against medians and quiet turns against quiet ones, of either kind.
// The very least does not count.
func TestRatio(t *testing.T) {
	turns := func(least, quiet, median, most float64) []float64 {
		return []float64{most, median, quiet, least, most, median, most, median, most, median, most}
	}
	ours := &bout{processor: turns(1, 20, 30, 50), nanos: turns(2, 60, 90, 400)}
	theirs := &bout{processor: turns(3, 5, 10, 11), nanos: turns(4, 10, 30, 300)}
	if got, want := ours.in(theirs), (ratio{processor: 3, processorQuiet: 4, clock: 3, clockQuiet: 6}); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

func TestHeapOf(t *testing.T) {
	got := heapOf(1000, func() any {
		all := make([][]byte, 1000)
		for i := range all {
			all[i] = make([]byte, 4096)
		}
		return all
	})
	if got < 4096 || got > 4300 {
		t.Errorf("4096 bytes and a slice header of 24 were measured as %v", got)
	}
}
