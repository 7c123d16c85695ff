package resil

// This file yields the waits between the tries of a call.

import (
	"time"

	"github.com/cenkalti/backoff/v4"
)

// waits yields the jittered waits of one call, which grow by backoff's exponential algorithm. The
// zero value is not ready; it is one call's and not safe for concurrent use. A policy has waits of
// its own, of which each call takes a copy.
type waits struct {
	grow  backoff.ExponentialBackOff
	reach reach
	max   time.Duration
}

// newWaits makes the waits of a policy. Backoff is told to spread nothing: its dice are the
// process's, and a client has its own.
func newWaits(r *Retry) waits {
	w := waits{reach: r.Jitter.reach(), max: r.Max, grow: backoff.ExponentialBackOff{
		InitialInterval: r.Initial,
		MaxInterval:     r.Max,
		Multiplier:      r.Multiplier,
		Stop:            backoff.Stop,
		Clock:           noClock{},
	}}
	w.grow.Reset()
	return w
}

// A noClock saves backoff looking at the time, which it does for every wait: it wants to know how
// long it has been going on, and nobody asks.
type noClock struct{}

func (noClock) Now() time.Time { return time.Time{} }

// next returns the wait before the next attempt. The dice are rolled only if the jitter leaves
// something to chance.
func (w *waits) next(d *dice) time.Duration {
	low, high := w.reach.around(w.grow.NextBackOff())
	if low < high {
		low = between(low, high, d.float64())
	}
	return min(low, w.max)
}
