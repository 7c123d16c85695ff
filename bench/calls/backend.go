package calls

import (
	"context"
	"errors"
)

// Healthy is a client that answers at once.
type Healthy struct{}

// Get answers with the key.
func (Healthy) Get(_ context.Context, key string) (string, error) { return key, nil }

// ErrDown is what Down answers with, and Flaky now and then.
var ErrDown = errors.New("down")

// Down is a client that fails.
type Down struct{}

// Get fails.
func (Down) Get(context.Context, string) (string, error) { return "", ErrDown }

// Flaky is a client that fails every other time, the first time included. It is not safe for concurrent use.
type Flaky struct{ Calls int }

// Get fails or answers with the key.
func (f *Flaky) Get(_ context.Context, key string) (string, error) {
	if f.Calls++; f.Calls%2 == 1 {
		return "", ErrDown
	}
	return key, nil
}
