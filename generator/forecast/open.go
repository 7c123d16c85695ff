package forecast

// This file is how long a breaker is open.

import (
	"time"

	resil "github.com/resilgen/resilgen/runtime"
)

// OpenTimes are how long a breaker that has opened rejects calls before it lets probes through.
type OpenTimes struct {
	// When a closed breaker opens, the time lies between Shortest and Longest: from open= less
	// jitter= to open=.
	Shortest, Longest time.Duration

	// Grown is the longest, when probes have failed as often as maxopen= lets the time double;
	// Longest without maxopen=.
	Grown time.Duration
}

// openTimes returns how long the breaker is open.
func openTimes(b *resil.Breaker) OpenTimes {
	return OpenTimes{
		Shortest: b.Open - time.Duration(b.Jitter*float64(b.Open)),
		Longest:  b.Open,
		Grown:    max(b.Open, b.MaxOpen),
	}
}
