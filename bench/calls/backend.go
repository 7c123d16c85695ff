package calls

// This file is the other side: clients that answer, fail, or look at their context.

import (
	"context"
	"errors"
)

// Healthy is a client that answers at once.
type Healthy struct{}

// Get answers with the key.
func (Healthy) Get(_ context.Context, key string) (string, error) { return key, nil }

// Asking is a client that answers at once, and before asks its context for the deadline alone, as a
// connection does.
type Asking struct{}

// Get answers with the key.
func (Asking) Get(ctx context.Context, key string) (string, error) {
	_, _ = ctx.Deadline()
	return key, nil
}

// Selecting is a client that answers at once unless its context has ended: it selects on Done, as
// whatever waits for something does.
type Selecting struct{}

// Get answers with the key.
func (Selecting) Get(ctx context.Context, key string) (string, error) {
	select {
	case <-ctx.Done():
		return "", ctx.Err()
	default:
		return key, nil
	}
}

// ErrDown is what Down answers with, and others now and then.
var ErrDown = errors.New("down")

// Down is a client that fails.
type Down struct{}

// Get fails.
func (Down) Get(context.Context, string) (string, error) { return "", ErrDown }

// Flaky is a client that fails every other time, the first time included. It is not safe for
// concurrent use.
type Flaky struct{ Calls int }

// Get fails or answers with the key.
func (f *Flaky) Get(_ context.Context, key string) (string, error) {
	if f.Calls++; f.Calls%2 == 1 {
		return "", ErrDown
	}
	return key, nil
}

// Breakable is a client that fails while it is broken, and answers at once otherwise. It is not
// safe for concurrent use.
type Breakable struct{ Broken bool }

// Get fails or answers with the key.
func (b *Breakable) Get(_ context.Context, key string) (string, error) {
	if b.Broken {
		return "", ErrDown
	}
	return key, nil
}
