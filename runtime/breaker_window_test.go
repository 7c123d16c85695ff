package resil

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

// A ringWindow is a window of calls at its simplest: the model of callWindow.
type ringWindow struct {
	size  int
	calls []tally
}

func (w *ringWindow) add(n int, failed, slow bool) {
	for range n {
		var one tally
		one.add(1, failed, slow)
		w.calls = append(w.calls, one)
	}
	w.calls = w.calls[max(0, len(w.calls)-w.size):]
}

func (w *ringWindow) counts() (sum tally) {
	for _, one := range w.calls {
		sum.calls += one.calls
		sum.failures += one.failures
		sum.slow += one.slow
	}
	return sum
}

// runs returns how many runs of one kind there are.
func (w *ringWindow) runs() (n int) {
	for i, one := range w.calls {
		if i == 0 || one != w.calls[i-1] {
			n++
		}
	}
	return n
}

// TestCallWindowLikeRing: runs tell the same as single calls, after each outcome, and there are no
// more of them than there must be.
func TestCallWindowLikeRing(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		size := rapid.IntRange(1, 40).Draw(r, "size")
		w, model := &callWindow{size: size}, &ringWindow{size: size}
		r.Repeat(map[string]func(*rapid.T){
			"add": func(r *rapid.T) {
				// Mostly few, so that there are many runs; at times as many as there is room for,
				// and more.
				n := rapid.OneOf(rapid.IntRange(1, 3), rapid.IntRange(1, 2*size)).Draw(r, "n")
				failed, slow := rapid.Bool().Draw(r, "failed"), rapid.Bool().Draw(r, "slow")
				w.advance(time.Time{})
				w.add(n, failed, slow)
				model.add(n, failed, slow)
			},
			"rarely clear": func(r *rapid.T) {
				if rapid.IntRange(0, 9).Draw(r, "one in ten") == 0 {
					w.clear(time.Time{})
					model.calls = nil
				}
			},
			"": func(r *rapid.T) {
				if w.counts() != model.counts() || w.used != model.runs() {
					r.Fatalf("%+v in %d runs, want %+v in %d", w.counts(), w.used, model.counts(), model.runs())
				}
			},
		})
	})
}

// TestCallWindowCost: a million unseen successes are one run, and a failure after
// them begins one other: neither the largest window nor what it held before costs anything then.
func TestCallWindowCost(t *testing.T) {
	w := &callWindow{size: maxCalls}
	for range 1000 {
		w.add(1, true, false)
		w.add(maxCalls, false, false)
		w.add(1, true, false)
		w.add(maxCalls-1, false, false)
	}
	if want := (tally{calls: maxCalls, failures: 1}); w.counts() != want || w.used != 2 || len(w.runs) > 8 {
		t.Errorf("%+v in %d runs, room for %d", w.counts(), w.used, len(w.runs))
	}
	for range maxCalls { // the most runs that there can be
		w.add(1, true, false)
		w.add(1, false, false)
	}
	if want := (tally{calls: maxCalls, failures: maxCalls / 2}); w.counts() != want || w.used != maxCalls || len(w.runs) > 2*maxCalls {
		t.Errorf("%+v in %d runs, room for %d", w.counts(), w.used, len(w.runs))
	}
	if n := testing.AllocsPerRun(1000, func() { w.add(1, true, false); w.add(1, false, false) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

// BenchmarkCallWindow: what an outcome costs does not depend on the window.
func BenchmarkCallWindow(b *testing.B) {
	for _, size := range []int{10, maxCalls} {
		name := map[int]string{10: "10", maxCalls: "1e6"}[size]
		b.Run("alternating/"+name, func(b *testing.B) {
			w := &callWindow{size: size}
			for range size { // a full window, which has grown as far as it will
				w.add(1, true, false)
				w.add(1, false, false)
			}
			failed := false
			b.ReportAllocs()
			for b.Loop() {
				w.add(1, failed, false)
				failed = !failed
			}
		})
		b.Run("failure after 1e6 successes/"+name, func(b *testing.B) {
			w := &callWindow{size: size}
			b.ReportAllocs()
			for b.Loop() {
				w.add(maxCalls, false, false)
				w.add(1, true, false)
			}
		})
	}
}
