// Package calls is one method call, guarded in all the ways that the benchmarks compare: directly,
// by wrappers that resilgen generates, and by what people write by hand with the libraries of the
// field.
package calls

import (
	"context"
	"time"
)

//go:generate go tool resilgen

// Client is the other side: one method of the commonest shape.
type Client interface {
	Get(ctx context.Context, key string) (string, error)
}

// A Way is one way to call a client.
type Way struct {
	Name string

	// Wrap returns a client that guards next. It makes at most four attempts, the first wait about
	// as long as initial; zero repeats at once. Its breaker opens after five failures in a row, or
	// when half of at least ten calls failed, and for an hour; its timeout is two, and that of the
	// call, all attempts together, ten.
	Wrap func(next Client, initial time.Duration) Client
}

// What all ways agree on. Times are longer than any benchmark, where nothing is to happen in it.
const (
	attempts = 4
	failures = 5   // in a row
	ratio    = 0.5 // of the calls in the window
	minimum  = 10  // calls in the window
	window   = 10 * time.Second
	open     = time.Hour
	longest  = 5 * time.Second
	timeout  = 2 * time.Hour
	whole    = 10 * time.Hour
)

// Sooner is a deadline that comes before the timeouts.
const Sooner = time.Hour

// Direct is the bare call, through the interface.
var Direct = Way{"direct call", func(next Client, _ time.Duration) Client { return next }}
