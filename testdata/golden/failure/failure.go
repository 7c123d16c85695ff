// Package failure pins results that carry their own error: told by a method or by a function, rejected by SetErr or by a function.
package failure

import (
	"context"
	"errors"
	"fmt"
)

// A Cmd is the reply to a command, as Redis clients have it: it holds the value, or the error.
type Cmd[T any] struct {
	val T
	err error
}

// Val returns the value.
func (c *Cmd[T]) Val() T { return c.val }

// Err returns the error.
func (c *Cmd[T]) Err() error { return c.err }

// SetErr puts an error into the reply.
func (c *Cmd[T]) SetErr(err error) { c.err = err }

// ErrNil is a reply, too: there is no such key.
var ErrNil = errors.New("nil")

// Cache has methods whose results say whether they failed.
//
//resilgen:wrap
//resilgen:failure .Err
//resilgen:retry attempts=3 initial=0 never=ErrNil
//resilgen:breaker failures=3 never=ErrNil
type Cache interface {
	Get(ctx context.Context, key string) *Cmd[string]
	Del(ctx context.Context, keys ...string) (deleted *Cmd[int64])

	// Find is hedged: what was said is kept with the result of each attempt.
	//
	//resilgen:hedge after=1s
	Find(ctx context.Context, key string) *Cmd[string]

	// Load has a fallback.
	//
	//resilgen:fallback empty
	Load(ctx context.Context, key string) *Cmd[string]

	// Close has an ordinary error.
	Close() error
}

func empty(context.Context, string, error) *Cmd[string] { return &Cmd[string]{val: "empty"} }

// A Response is good or bad by its status.
type Response struct {
	Status int
	Text   string
}

// Site answers with a status.
//
//resilgen:wrap
//resilgen:failure statusError reject=unavailable
//resilgen:retry attempts=3 initial=0 never=*StatusError
//resilgen:breaker failures=3 jitter=none
type Site interface {
	Get(ctx context.Context, url string) Response
}

// A StatusError is what a bad status is.
type StatusError struct{ Status int }

// Error tells the status.
func (e *StatusError) Error() string { return fmt.Sprint("status ", e.Status) }

func statusError(r Response) error {
	switch {
	case r.Status >= 500:
		return errors.New(r.Text)
	case r.Status >= 400:
		return &StatusError{r.Status}
	}
	return nil
}

func unavailable(err error) Response { return Response{503, err.Error()} }

// Pairs has two results to judge by, the second of which says nothing when there is no pair.
//
//resilgen:wrap
//resilgen:failure notFound reject=noPair
//resilgen:retry attempts=3 initial=0
type Pairs[K comparable, V any] interface {
	Get(ctx context.Context, key K) (value V, ok bool)
}

// ErrNotFound says that there is no pair.
var ErrNotFound = errors.New("not found")

func notFound[V any](_ V, ok bool) error {
	if !ok {
		return ErrNotFound
	}
	return nil
}

func noPair[V any](error) (value V, ok bool) { return value, false }
