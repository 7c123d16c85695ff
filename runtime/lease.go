package resil

// This file is for results that outlive the call that returns them, such as the body of an HTTP
// response. They live on the context of their attempt, so a timeout must not end it when the method
// returns, but when they are closed.

import (
	"context"
	"errors"
	"io"
	"reflect"
	"sync/atomic"
)

// A Lease holds the context of an attempt whose result outlives the call, such as the body of an
// HTTP response, until that result is closed. The zero Lease is ready for one call of
// [Guard.DoOpen]; it is not safe for concurrent use.
//
// The timeouts bound how long it takes to get the result, and nothing after that. The Deadline of
// its context is the caller's alone: net/http trusts one that it sees, and arms no timer for
// Client.Timeout. A result that comes late lives on a context that has ended: that is a timeout,
// and the result is closed.
type Lease struct {
	held interface{ end() } // the context that the result lives on; nil if it is the caller's
	late bool               // the result came on a context that its timeout had ended
}

// DoOpen runs fn under the policy as [Guard.Do] does, for a method whose result outlives the call.
// The timeouts bound the time until fn returns; what a successful fn returned lives until it is
// closed, if it was passed through [Lease.Follow]. A result that comes after its time is a failure:
// it would be dead.
func (g *Guard) DoOpen(ctx context.Context, lease *Lease, fn func(context.Context) error) error {
	r := g.inForce.Load()
	if r.hasTimeout {
		return r.layered(ctx, work{fn: fn, lease: lease})
	}
	return r.do(ctx, fn)
}

// Follow returns body, such that closing it ends the context that it lives on. A nil body, and one
// that holds nothing, such as http.NoBody, is returned as it is; then the context ends at once. A
// body that came too late is closed, and one that cannot be read is returned in its place.
func (l *Lease) Follow(body io.ReadCloser) io.ReadCloser {
	switch {
	case body == nil:
		l.end()
	case reflect.TypeOf(body).Size() == 0: // it holds nothing, as http.NoBody
		l.end()
		return body
	case l.late:
		body.Close()
		return lateBody{}
	case l.held != nil:
		return l.followed(body)
	}
	return body
}

// A lateBody stands in the place of one that nobody can read.
type lateBody struct{}

func (lateBody) Read([]byte) (int, error) { return 0, errLate }
func (lateBody) Close() error             { return nil }

// followed returns body, such that closing it ends the context that the lease holds.
func (l *Lease) followed(body io.ReadCloser) io.ReadCloser {
	followed := &followedBody{ReadCloser: body, lease: Lease{held: l.held}}
	if w, ok := body.(io.Writer); ok { // an upgraded HTTP connection
		return &followedDuplex{followed, w}
	}
	return followed
}

// end ends the context that the lease holds, if it holds one.
func (l *Lease) end() {
	if l.held != nil {
		l.held.end()
	}
}

// A followedBody ends its lease when it is closed.
type followedBody struct {
	io.ReadCloser
	lease  Lease
	closed atomic.Bool
}

// Close closes the body and lets its context end.
func (b *followedBody) Close() error {
	defer func() {
		if !b.closed.Swap(true) {
			b.lease.end()
		}
	}()
	return b.ReadCloser.Close()
}

// A followedDuplex is a followedBody that can also be written to.
type followedDuplex struct {
	*followedBody
	io.Writer
}

// leasedAttempt runs an attempt under a timeout that bounds only how long it takes to succeed: what
// it returned lives on, and the lease with it.
func (b bound) leasedAttempt(c *call, w work) error {
	ctx := newFollowedContext(c.ctx, b.end, b.cause)
	kept := false
	defer func() {
		if !kept {
			ctx.end()
		}
	}()
	l := w.lease
	l.late = false // if an attempt before was
	err := w.fn(ctx)
	if err == nil {
		if kept = ctx.keep(); kept {
			l.held = ctx
			return nil
		}
		if !ctx.timedOut() {
			return nil // the caller is gone: what was returned is as dead as it would be without us
		}
		l.late, err = true, errLate
	}
	if ctx.timedOut() {
		return b.exceeded(err)
	}
	return err
}

// errLate is what became of an attempt that succeeded after its timeout.
var errLate = errors.New("the result came too late to be used")
