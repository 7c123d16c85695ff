// Package operator pins what an operator sees of a wrapper and can do to it, by its field Resil.
package operator

import "context"

// Service is operated.
//
//resilgen:wrap
//resilgen:retry attempts=2 initial=0
//resilgen:breaker failures=2 jitter=none
type Service interface {
	Call(ctx context.Context) error
	Read(ctx context.Context) (int, error)
	Name() string
}

// Taken has a method of that name, and of the one that the field would take instead.
//
//resilgen:wrap
//resilgen:retry
type Taken interface {
	Resil(ctx context.Context) error
	ResilClient(ctx context.Context) error
}

// Idle has nothing to guard.
//
//resilgen:wrap
type Idle interface{ Name() string }
