// Package rewind pins arguments that an attempt consumes: before a further one they are sought back to where they were, or put back by a
// function. Without either they are not retried.
package rewind

import (
	"context"
	"errors"
	"io"
)

// Blobs takes bodies.
//
//resilgen:wrap
//resilgen:retry attempts=3 initial=0
type Blobs interface {
	// Put seeks its body.
	//
	//resilgen:retry rewind=seek
	Put(ctx context.Context, key string, body io.ReadSeeker) error

	// Patch seeks both of its bodies, and has a result.
	//
	//resilgen:retry rewind=seek
	Patch(ctx context.Context, from, to io.ReadSeeker) (size int64, err error)

	// Append has a function for that.
	//
	//resilgen:retry rewind=reopen
	Append(ctx context.Context, bodies ...io.Reader) (int64, error)

	// Send has no way back.
	Send(ctx context.Context, body io.Reader) error

	// Len consumes nothing.
	Len(ctx context.Context) (int, error)
}

// ErrGone is what a body fails with that cannot be read again.
var ErrGone = errors.New("gone")

// reopen puts bodies back that know how.
func reopen(_ context.Context, bodies ...io.Reader) error {
	for _, body := range bodies {
		again, ok := body.(interface{ Reopen() })
		if !ok {
			return ErrGone
		}
		again.Reopen()
	}
	return nil
}
