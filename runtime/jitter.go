package resil

// This file spreads waits, with dice that somebody else rolls.

import (
	"math"
	"time"
)

// spread returns the wait that chance makes of d, by u in [0, 1): 0 is the shortest, and what is
// almost 1 the longest. Nothing but the jitter bounds it. A d that is not negative stays so.
func (j Jitter) spread(d time.Duration, u float64) time.Duration {
	low, high := j.reach().around(d)
	return between(low, high, u)
}

// A reach is a jitter as numbers: how far it goes below a wait and above it, as shares of that, in
// [0, 1].
type reach struct{ below, above float64 }

// reach returns the numbers of the jitter. What is no jitter, which Policy.Validate finds, reaches
// nowhere.
func (j Jitter) reach() reach {
	switch j {
	case NoJitter:
		return reach{}
	case FullJitter:
		return reach{1, 0}
	case EqualJitter:
		return reach{0.5, 0}
	}
	ratio, err := parsePercent(string(j))
	if err != nil {
		return reach{}
	}
	return reach{ratio, ratio}
}

// around returns the shortest and the longest wait that d becomes. Where that is beyond what a
// duration can be, it is the longest duration.
func (r reach) around(d time.Duration) (low, high time.Duration) {
	return d - part(d, r.below), d + min(part(d, r.above), math.MaxInt64-d)
}

// part returns the share of d, rounded down.
func part(d time.Duration, share float64) time.Duration {
	if share >= 1 {
		return d // whose float64 may be more than a duration can be
	}
	return min(time.Duration(share*float64(d)), d)
}

// between returns one of the durations from low to high, each as likely as the others; that is why
// there is one more of them than their difference.
func between(low, high time.Duration, u float64) time.Duration {
	return low + min(time.Duration(u*(float64(high-low)+1)), high-low)
}
