package forecast

// This file is the waits between attempts, each as long as the runtime's backoff and its jitter can
// make it.

import (
	"strconv"
	"strings"
	"time"

	resil "github.com/resilgen/resilgen/runtime"
)

// waits returns how long the waits between all attempts are together at most, if none of them is
// below least. From the wait on at which they stop growing, all are alike and are multiplied:
// attempts= may be a billion.
func waits(r *resil.Retry, least time.Duration) (sum time.Duration) {
	if r == nil {
		return 0
	}
	b := newBackoff(r)
	for n := 1; n < r.Attempts; n++ {
		d := max(b.next(), least)
		if b.isSteady() {
			return plus(plus(sum, d), times(max(b.next(), least), r.Attempts-n-1))
		}
		sum = plus(sum, d)
	}
	return sum
}

// A backoff yields the waits of one call, one after the other.
type backoff struct {
	retry    *resil.Retry
	interval float64 // before jitter, in nanoseconds
}

func newBackoff(r *resil.Retry) *backoff { return &backoff{r, float64(r.Initial)} }

// next returns how long the next wait may be: min(interval × (1 + spread), max). The interval, from
// initial on, is multiplied each time, up to max.
func (b *backoff) next() time.Duration {
	longest := float64(b.retry.Max)
	d := min(b.interval*(1+spread(b.retry.Jitter)), longest)
	b.interval = min(b.interval*b.retry.Multiplier, longest)
	return time.Duration(d)
}

// isSteady reports whether waits do not grow any more.
func (b *backoff) isSteady() bool {
	return b.interval == 0 || b.retry.Multiplier == 1 || b.interval >= float64(b.retry.Max)
}

// spread returns by which share a jitter lengthens a wait at most: full and equal only shorten it.
func spread(j resil.Jitter) float64 {
	percent, isRatio := strings.CutSuffix(string(j), "%")
	if !isRatio {
		return 0
	}
	share, _ := strconv.ParseFloat(percent, 64) // of a valid policy
	return share / 100
}
