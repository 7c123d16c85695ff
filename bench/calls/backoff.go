package calls

// This file retries by backoff v4, as its documentation shows: intervals are the state of one call,
// and so are built for each.

import (
	"context"
	"time"

	"github.com/cenkalti/backoff/v4"
)

// A retrier retries by backoff.
type retrier struct {
	next    Client
	initial time.Duration
}

func (r *retrier) Get(ctx context.Context, key string) (value string, err error) {
	err = backoff.Retry(func() error {
		value, err = r.next.Get(ctx, key)
		return err
	}, r.intervals(ctx))
	return value, err
}

func (r *retrier) intervals(ctx context.Context) backoff.BackOff {
	b := backoff.NewExponentialBackOff()
	b.InitialInterval = r.initial
	b.MaxInterval = longest
	b.MaxElapsedTime = 0
	b.Reset()
	return backoff.WithContext(backoff.WithMaxRetries(b, attempts-1), ctx)
}

// A plainRetrier retries at once by backoff, without intervals that grow: the least that backoff
// does.
type plainRetrier struct{ next Client }

func (r *plainRetrier) Get(ctx context.Context, key string) (value string, err error) {
	err = backoff.Retry(func() error {
		value, err = r.next.Get(ctx, key)
		return err
	}, backoff.WithMaxRetries(&backoff.ZeroBackOff{}, attempts-1))
	return value, err
}

// The ways by hand, with backoff.
var (
	Backoff     = Way{"backoff", func(next Client, initial time.Duration) Client { return &retrier{next, initial} }}
	ZeroBackoff = Way{"backoff, intervals of zero", func(next Client, _ time.Duration) Client { return &plainRetrier{next} }}
)
