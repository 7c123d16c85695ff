package resil

import (
	"time"

	"github.com/cenkalti/backoff/v4"
)

// waits yields the jittered waits of one call, by backoff's exponential algorithm. The zero value is not ready; it is one
// call's and not safe for concurrent use. A policy has waits of its own, of which each call takes a copy.
type waits struct {
	backoff.ExponentialBackOff
	max time.Duration
}

// newWaits makes the waits of a policy. backoff spreads an interval by a factor to both sides, so the jitters that only
// shorten a wait are an interval that is shorter and spread up to the full wait: full is half of it ± 100 %, equal is three quarters ± a third.
func newWaits(r *Retry) (w waits) {
	cut, factor := func(d time.Duration) time.Duration { return d }, 0.0
	switch r.Jitter {
	case NoJitter:
	case FullJitter:
		cut, factor = func(d time.Duration) time.Duration { return d / 2 }, 1
	case EqualJitter:
		cut, factor = func(d time.Duration) time.Duration { return d - d/4 }, 1./3
	default:
		factor, _ = parsePercent(string(r.Jitter)) // validated at construction
	}
	w.max = r.Max
	w.ExponentialBackOff = backoff.ExponentialBackOff{
		InitialInterval:     cut(r.Initial),
		MaxInterval:         cut(r.Max),
		Multiplier:          r.Multiplier,
		RandomizationFactor: factor,
		Stop:                backoff.Stop,
		Clock:               noClock{},
	}
	w.Reset()
	return w
}

// A noClock saves backoff looking at the time, which it does for every wait: it wants to know how long it has been going on, and nobody asks.
type noClock struct{}

func (noClock) Now() time.Time { return time.Time{} }

// next returns the wait before the next attempt. Spreading a wait of centuries overflows; then it is the longest.
func (w *waits) next(*dice) time.Duration {
	d := w.NextBackOff()
	if d < 0 {
		return w.max
	}
	return min(d, w.max)
}
