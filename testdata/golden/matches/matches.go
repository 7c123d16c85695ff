// Package matches pins on=, never= and ignore=: values, types and predicates, of this package, of
// one that the file imports, and of one that it does not, all named in the generated file as plain
// Go.
package matches

import (
	"context"
	"errors"
	"io"
	"net"
)

// ErrQuota and ErrGone are values.
var (
	ErrQuota = errors.New("over quota")
	ErrGone  = errors.New("gone")
)

// A ConflictError is a type.
type ConflictError struct{ Version int }

func (e *ConflictError) Error() string { return "conflict" }

// An InvalidError is a type whose values are errors.
type InvalidError string

func (e InvalidError) Error() string { return string(e) }

// isBusy is a predicate.
func isBusy(err error) bool {
	var busy interface{ Busy() bool }
	return errors.As(err, &busy) && busy.Busy()
}

// Upload names errors of every kind.
//
//resilgen:wrap
//resilgen:retry attempts=3 initial=1s jitter=none
//resilgen:retry on=io.ErrUnexpectedEOF,ErrQuota,*net.OpError,*ConflictError,InvalidError,isBusy,*io/fs.PathError never=ErrGone
type Upload interface {
	Send(ctx context.Context, data []byte) error

	// Resume has a list of its own, and parameters that are called like packages.
	//
	//resilgen:retry on=net.ErrClosed
	Resume(ctx context.Context, io io.Closer, net net.Addr) error
}

// Archive has answers that are errors, and no failures.
//
//resilgen:wrap
//resilgen:breaker failures=2 open=10s never=InvalidError,ErrGone
type Archive interface {
	Fetch(ctx context.Context, name string) ([]byte, error)

	// Sync has errors that say nothing about the other side.
	//
	//resilgen:breaker ignore=context.Canceled,*io/fs.PathError,ConflictOf
	Sync(ctx context.Context) error
}

// ConflictOf is a predicate that others may use.
func ConflictOf(err error) bool {
	_, ok := errors.AsType[*ConflictError](err)
	return ok
}
