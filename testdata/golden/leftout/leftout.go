// Package leftout pins policies that an interface asks for and a method cannot have: they are left out, and the method says which and why.
package leftout

import "context"

// Store asks for timeouts on all its methods.
//
//resilgen:wrap
//resilgen:retry attempts=2
//resilgen:timeout attempt=1s
type Store interface {
	Get(ctx context.Context, key string) (string, error)

	// Put takes no context, so that a timeout could not stop it.
	Put(key, value string) error

	// Len has neither context nor error.
	Len() int
}

// Clock asks for nothing else.
//
//resilgen:wrap
//resilgen:timeout methods=Get* attempt=1s
type Clock interface {
	Get(ctx context.Context) (int, error)
	GetNow() (int, error)
}
