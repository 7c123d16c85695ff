// Package streams pins results that outlive the call: a timeout bounds the time until they are there, not the time in which they are read.
package streams

import (
	"context"
	"database/sql"
	"io"
	"net/http"
)

// Files has contents to read.
//
//resilgen:wrap
//resilgen:timeout attempt=1s call=10s
//resilgen:retry attempts=3 initial=0
type Files interface {
	Open(ctx context.Context, name string) (body io.ReadCloser, err error)
	Get(ctx context.Context, url string) (*http.Response, error)

	// Body is one by another name.
	Body(ctx context.Context) (Body, error)

	// Rows cannot be followed to their end, so that a timeout would end them before.
	Rows(ctx context.Context) (*sql.Rows, error)

	// Stat has a result that is done with.
	Stat(ctx context.Context, name string) (size int, err error)
}

// A Body is an [io.ReadCloser].
type Body interface {
	io.Closer
	io.Reader
}
