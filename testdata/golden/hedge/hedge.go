// Package hedge pins methods whose attempts overlap: each keeps its results to itself until one of them is taken.
package hedge

import (
	"context"
	"io"
)

// Index is asked again while it is slow.
//
//resilgen:wrap
//resilgen:hedge after=10ms max=2
//resilgen:retry attempts=2 initial=0 budget=off
type Index interface {
	// Get has one result besides the error.
	Get(ctx context.Context, key string) (value string, err error)

	// Find has several.
	Find(ctx context.Context, key string, more ...string) (value string, found bool, err error)

	// Ping has none.
	Ping(ctx context.Context) error

	// First has its error in another place.
	First(context.Context) (error, Page[string])

	// Open has a result that lives on the context of its attempt; those of all others are closed.
	Open(ctx context.Context) (io.ReadCloser, error)

	// Len takes no context, so it could not be ended when it has lost.
	Len() (int, error)
}

// A Page is what generic results are made of.
type Page[T any] struct{ Items []T }

// Table keeps the results of attempts apart in a type that has its type parameters.
//
//resilgen:wrap
//resilgen:hedge after=p90 max=1
type Table[K comparable, V any] interface {
	Get(ctx context.Context, key K) (page Page[V], next K, err error)
}
