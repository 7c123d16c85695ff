// Package concreteerror pins errors that are not of type error: a nil pointer is no failure, and what a policy has to say is made by a
// function. An interface type with the one method of error is as good as error.
package concreteerror

import (
	"context"
	"errors"
)

// A SendError is what Mail fails with.
type SendError struct {
	Code int
	err  error
}

// Error tells what happened.
func (e *SendError) Error() string { return e.err.Error() }

// Unwrap returns what happened.
func (e *SendError) Unwrap() error { return e.err }

// Mail fails with its own type.
//
//resilgen:wrap
//resilgen:retry attempts=2 initial=0
//resilgen:breaker failures=2
type Mail interface {
	//resilgen:failure reject=unsent
	Send(ctx context.Context, text string) (id string, failed *SendError)

	//resilgen:failure reject=sendError
	Flush(ctx context.Context) *SendError

	// Coded fails with an interface, which may be nil.
	//
	//resilgen:failure reject=coded
	Coded(ctx context.Context) (err Coded)

	// Plain fails with an error by another name.
	Plain(ctx context.Context) Failure
}

// Coded is an error with a code.
type Coded interface {
	error
	Number() int
}

// Number returns the code.
func (e *SendError) Number() int { return e.Code }

// Failure is what error is.
type Failure interface{ Error() string }

func unsent(err error) (string, *SendError) { return "unsent", sendError(err) }

func sendError(err error) *SendError {
	if own, ok := errors.AsType[*SendError](err); ok {
		return &SendError{own.Code, err}
	}
	return &SendError{-1, err}
}

func coded(err error) Coded { return sendError(err) }
