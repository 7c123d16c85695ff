package resil

// This file says what an error means to the breaker. What it means to retry stands in retry.go: the
// two judge separately.

import (
	"context"
	"errors"
)

// An outcome is what an attempt, or a whole call, says about the other side.
type outcome uint8

const (
	neither outcome = iota // nothing: the caller went away, or there was no attempt
	success                // it answered
	failure                // it did not, or too late
)

// judge returns the breaker's view of an attempt that returned err under the caller's context.
func (g *regime) judge(ctx context.Context, err error) outcome {
	switch {
	case err == nil:
		return success
	case g.rejected(err), ctx.Err() == context.Canceled && !isOwnTimeout(err):
		return neither
	case g.answered(err):
		return success
	case g.inCode.Breaker != nil && matchAny(g.inCode.Breaker.Ignore, lastOf(err)):
		return neither
	}
	return failure
}

// answered reports whether err says that the other side is well. It says the same in every regime:
// what never= names is Go, which nothing changes when the program runs.
func (g *Guard) answered(err error) bool {
	err = lastOf(err)
	return isPermanent(err) || g.inCode.Breaker != nil && matchAny(g.inCode.Breaker.Never, err)
}

// lastOf returns what the last attempt said, of an error that also tells what the attempt before it
// had said.
func lastOf(err error) error {
	if e, ok := err.(*Error); ok && e.earlier != nil {
		return e.Err
	}
	return err
}

// isOwnTimeout reports whether err is how an attempt or a call of this guard ends that took too
// long, whatever became of its context afterwards.
func isOwnTimeout(err error) bool {
	_, ok := err.(*timeoutError)
	return ok
}

// rejected reports whether err is how a policy of this very guard says that it let no attempt
// through.
func (g *regime) rejected(err error) bool {
	switch e := err.(type) {
	case *OpenError:
		return e.breaker != nil && (e.breaker == g.breaker || e.breaker == g.successor().breaker)
	case *limitError:
		return e.guard.stats == g.stats // which the guards of all keys share
	case *noAttemptError:
		return true
	}
	return false
}

// isRejection reports whether err comes from a policy, of this guard or one further in, that let no
// attempt through.
func isRejection(err error) bool {
	return errors.Is(err, ErrOpen) || errors.Is(err, ErrBulkheadFull) || errors.Is(err, ErrRateLimited)
}
