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

// Tapes have no timeout, and none of them may be too late for one that comes when the program runs.
//
//resilgen:wrap
//resilgen:breaker failures=5
type Tapes interface {
	Open(ctx context.Context, name string) (body io.ReadCloser, err error)

	//resilgen:fallback blank
	Get(ctx context.Context, url string) (*http.Response, error)

	//resilgen:hedge after=1s
	Body(ctx context.Context) (Body, error)

	// Wind takes no context, which a timeout could end.
	Wind() (io.ReadCloser, error)

	// Label passes through.
	//
	//resilgen:off
	Label(ctx context.Context) (io.ReadCloser, error)
}

func blank(context.Context, string, error) (*http.Response, error) { return nil, nil }

// A Body is an [io.ReadCloser].
type Body interface {
	io.Closer
	io.Reader
}
