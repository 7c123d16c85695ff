package resil

// This file is where chance comes from.

import (
	"math/rand/v2"
	"sync"
)

// dice are where all random numbers of a client come from: a simulation that seeds them plays the
// same twice. They may be rolled by any number of goroutines at once; that happens on the way to a
// wait only.
type dice struct {
	mu  sync.Mutex
	rng *rand.Rand
}

func newDice(src rand.Source) *dice { return &dice{rng: rand.New(src)} }

// float64 returns a number in [0, 1).
func (d *dice) float64() float64 {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.rng.Float64()
}

// WithRandSource makes src decide what the client leaves to chance: the jitter of its waits and
// open times. It is for tests and simulations: with the same numbers and the same order of events a
// client draws the same. Without it each client has a source of its own, seeded at random.
//
// The client locks src whenever it draws. Clients that get one and the same Option draw from src by
// turns; otherwise nobody else may use it meanwhile. It panics if src is nil.
func WithRandSource(src rand.Source) Option {
	if src == nil {
		panic("resil: WithRandSource: the source is nil")
	}
	d := newDice(src)
	return func(c *Client) { c.dice = d }
}
