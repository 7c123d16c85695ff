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
	if nothing.least() > median(nothing.nanos) || nothing.cost() <= 0 {
		t.Errorf("the least of %v is %v; the median of %v is %v", nothing.nanos, nothing.least(), nothing.processor, nothing.cost())
	}
	_, _ = kept, sum
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
