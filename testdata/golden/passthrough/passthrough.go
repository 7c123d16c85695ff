// Package passthrough pins methods that no policy acts on, each with its reason: nothing to judge by, switched off, nothing asked for.
package passthrough

import "context"

// Mixed has guarded methods too.
//
//resilgen:wrap
//resilgen:retry methods=Get
//resilgen:breaker methods=Put,Peek
type Mixed interface {
	Get(ctx context.Context) (int, error)
	Put(ctx context.Context, value int) error

	// Peek is as it was.
	//
	//resilgen:off
	Peek(ctx context.Context) (int, error)

	Nothing(ctx context.Context) error
	Name() string
	Lookup(key string) (value string, ok bool)
	Reset()
}

// Untouched is wrapped, and nothing is asked for: the wrapper is there for policies to come.
//
//resilgen:wrap
type Untouched interface {
	Get(ctx context.Context) (int, error)
	Name() string
}
