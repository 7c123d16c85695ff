// Package closes pins results that hold something: what a failed attempt returned is closed before the next, and before others answer in its place.
package closes

import (
	"context"
	"net/http"
)

// A Session holds something.
type Session struct {
	Number int
	Closed int
}

// Close lets it go.
func (s *Session) Close() error { s.Closed++; return nil }

// Lock is held until it is closed.
type Lock interface{ Close() }

// Pool lends what has to be given back.
//
//resilgen:wrap
//resilgen:retry attempts=3 initial=0
type Pool interface {
	Open(ctx context.Context) (*Session, error)

	// Both has two of them, and other results.
	Both(ctx context.Context) (session *Session, n int, lock Lock, err error)

	// Get has the body of a response.
	Get(ctx context.Context, url string) (*http.Response, error)

	// Borrow has a fallback, which answers instead.
	//
	//resilgen:fallback spare
	Borrow(ctx context.Context) (*Session, error)

	// Join is never repeated, so whatever it returns is the caller's.
	//
	//resilgen:retry off
	//resilgen:breaker failures=1
	Join(ctx context.Context) (*Session, error)
}

func spare(context.Context, error) (*Session, error) { return &Session{Number: -1}, nil }
