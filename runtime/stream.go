package resil

import (
	"context"
	"io"
	"sync/atomic"
	"time"
)

// This file is for results that outlive the call that returns them, such as the body of an HTTP response. They live on the context of their
// attempt, so a timeout must not end it when the method returns, but when they are closed.

// A Lease holds the contexts of an attempt whose result outlives the call, until that result is closed. The zero Lease is
// ready for one call of [Guard.DoOpen]; it is not safe for concurrent use.
type Lease struct {
	held []context.CancelFunc
}

// DoOpen is [Guard.Do] for a method with such a result. The timeouts bound the time until fn returns; what a successful fn returned lives
// until it is closed, if it was passed through [Lease.Follow].
func (g *Guard) DoOpen(ctx context.Context, lease *Lease, fn func(context.Context) error) error {
	return g.Do(g.withLease(ctx, lease), fn)
}

// A leaseKey finds the lease in the context of a guard's call: guarded clients that are called on the way have no part in it.
type leaseKey struct{ guard *Guard }

// withLease returns a context of a call that has the lease.
func (g *Guard) withLease(ctx context.Context, lease *Lease) context.Context {
	g.leased.Store(true)
	return context.WithValue(ctx, leaseKey{g}, lease)
}

// leaseOf returns the lease of the guard's call, or nil.
func (g *Guard) leaseOf(ctx context.Context) *Lease {
	if !g.leased.Load() {
		return nil // without a search through all that the caller's context was derived from
	}
	lease, _ := ctx.Value(leaseKey{g}).(*Lease)
	return lease
}

// Follow returns body, such that closing it ends the contexts that it lives on. A nil body stays nil; then they end at once.
func (l *Lease) Follow(body io.ReadCloser) io.ReadCloser {
	if len(l.held) == 0 {
		return body
	}
	if body == nil {
		l.end()
		return nil
	}
	followed := &followedBody{ReadCloser: body, lease: l}
	if w, ok := body.(io.Writer); ok { // an upgraded HTTP connection
		return &followedDuplex{followed, w}
	}
	return followed
}

func (l *Lease) end() {
	for _, cancel := range l.held {
		cancel()
	}
}

type followedBody struct {
	io.ReadCloser
	lease  *Lease
	closed atomic.Bool
}

// Close closes the body and lets its contexts end.
func (b *followedBody) Close() error {
	err := b.ReadCloser.Close()
	if !b.closed.Swap(true) {
		b.lease.end()
	}
	return err
}

type followedDuplex struct {
	*followedBody
	io.Writer
}

// bounded runs fn under a timeout that bounds only how long it takes to succeed: what it returned lives on, and the lease with it.
func (l *Lease) bounded(ctx context.Context, b bound, fn func(context.Context) error) error {
	c := newOpenContext(ctx, b)
	kept := false
	defer func() {
		if !kept {
			c.end()
		}
	}()
	err := fn(c)
	if err == nil {
		c.keep(l)
		kept = true
	}
	return b.outcome(c, err)
}

// An openContext ends after a time as one of [context.WithTimeoutCause] does, unless it is kept before.
type openContext struct {
	context.Context // ended by cancel
	cancel          context.CancelCauseFunc
	timeout         error // the cause of its end when the time has passed
	deadline        time.Time
	timer           *time.Timer
	kept            atomic.Bool
}

func newOpenContext(ctx context.Context, b bound) *openContext {
	c := &openContext{timeout: b.cause, deadline: time.Now().Add(b.limit)}
	c.Context, c.cancel = context.WithCancelCause(ctx)
	c.timer = time.AfterFunc(b.limit, func() { c.cancel(b.cause) })
	return c
}

// Err is that of a deadline where it was the time that ended the context.
func (c *openContext) Err() error {
	err := c.Context.Err()
	if err != nil && context.Cause(c.Context) == c.timeout {
		return context.DeadlineExceeded
	}
	return err
}

// Deadline is when the context ends, unless it is kept.
func (c *openContext) Deadline() (time.Time, bool) {
	if c.kept.Load() {
		return c.Context.Deadline()
	}
	return c.deadline, true
}

// keep lets the context live until its lease ends, if its time has not passed.
func (c *openContext) keep(lease *Lease) {
	c.kept.Store(true)
	c.timer.Stop()
	lease.held = append(lease.held, func() { c.cancel(nil) })
}

// end ends the context.
func (c *openContext) end() {
	c.timer.Stop()
	c.cancel(nil)
}
