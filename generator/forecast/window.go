package forecast

// This file is the window of a drill's breaker. It slides as the runtime's does:
// runtime/breaker_window.go.

import (
	"time"

	resil "github.com/resilgen/resilgen/runtime"
)

// slots is into how many parts the runtime cuts a window of time.
const slots = 10

// A window is what a breaker looks at: what it still holds of the healthy time, and the failures
// since.
type window struct {
	size     int           // of a window of calls; else 0
	slot     time.Duration // of a window of time: what slides at once
	gap      time.Duration // between the calls of the healthy time
	failures map[int64]int // by slot; of a window of calls, all in one
}

// healthyWindow returns the window at the end of the healthy time, in which calls came with a gap.
func healthyWindow(b *resil.Breaker, gap time.Duration) window {
	return window{b.WindowCalls, max(b.Window/slots, 1), gap, map[int64]int{}}
}

// add adds a failure at a time and returns what the window holds. A window of calls is full of
// successes at first.
func (w *window) add(at time.Duration) (calls, failures int) {
	if w.size > 0 {
		w.failures[0]++
		return w.size, min(w.failures[0], w.size)
	}
	now := int64(at / w.slot)
	w.failures[now]++
	for s := now - slots + 1; s <= now; s++ {
		failures += w.failures[s]
	}
	successes := int(w.slot * time.Duration(max(0, slots-1-now)) / w.gap)
	return successes + failures, failures
}
