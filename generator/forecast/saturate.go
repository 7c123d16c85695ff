package forecast

// This file is sums and products of times that end at the longest one there is, 292 years, instead
// of overflowing: centuries are as good as for ever, and a negative time is not.

import (
	"math"
	"time"
)

// plus returns a + b, of which none is negative.
func plus(a, b time.Duration) time.Duration {
	if a > math.MaxInt64-b {
		return math.MaxInt64
	}
	return a + b
}

// times returns d × n, of which none is negative.
func times(d time.Duration, n int) time.Duration {
	if d > 0 && int64(n) > math.MaxInt64/int64(d) {
		return math.MaxInt64
	}
	return d * time.Duration(n)
}
