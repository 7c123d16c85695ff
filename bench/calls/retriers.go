package calls

// This file guards by the smaller libraries: avast/retry-go, sethvargo/go-retry,
// eapache/go-resiliency.

import (
	"context"
	"time"

	avast "github.com/avast/retry-go/v5"
	"github.com/eapache/go-resiliency/breaker"
	eapache "github.com/eapache/go-resiliency/retrier"
	"github.com/sethvargo/go-retry"
)

// An avastClient retries by avast/retry-go. The context is an option, so that the options are one
// call's.
type avastClient struct {
	next    Client
	initial time.Duration
}

func (a *avastClient) Get(ctx context.Context, key string) (string, error) {
	return avast.NewWithData[string](
		avast.Context(ctx),
		avast.Attempts(attempts),
		avast.Delay(a.initial),
		avast.MaxDelay(longest),
		avast.MaxJitter(max(a.initial, 1)),
		avast.LastErrorOnly(true),
	).Do(func() (string, error) { return a.next.Get(ctx, key) })
}

// A sethvargoClient retries by sethvargo/go-retry, whose intervals are the state of one call.
type sethvargoClient struct {
	next    Client
	initial time.Duration
}

func (s *sethvargoClient) Get(ctx context.Context, key string) (string, error) {
	return retry.DoValue(ctx, s.intervals(), func(ctx context.Context) (string, error) {
		value, err := s.next.Get(ctx, key)
		return value, retry.RetryableError(err)
	})
}

func (s *sethvargoClient) intervals() retry.Backoff {
	b := retry.BackoffFunc(func() (time.Duration, bool) { return 0, false })
	if s.initial == 0 {
		return retry.WithMaxRetries(attempts-1, b)
	}
	return retry.WithMaxRetries(attempts-1, retry.WithCappedDuration(longest, retry.WithJitterPercent(50, retry.NewExponential(s.initial))))
}

// An eapacheRetrier retries by eapache/go-resiliency.
type eapacheRetrier struct {
	next    Client
	retrier *eapache.Retrier
}

func (e *eapacheRetrier) Get(ctx context.Context, key string) (value string, err error) {
	err = e.retrier.RunCtx(ctx, func(ctx context.Context) error {
		value, err = e.next.Get(ctx, key)
		return err
	})
	return value, err
}

// An eapacheBreaker breaks by eapache/go-resiliency.
type eapacheBreaker struct {
	next    Client
	breaker *breaker.Breaker
}

func (e *eapacheBreaker) Get(ctx context.Context, key string) (value string, err error) {
	err = e.breaker.Run(func() error {
		value, err = e.next.Get(ctx, key)
		return err
	})
	return value, err
}

// The ways of the smaller libraries.
var (
	Avast     = Way{"avast/retry-go", func(next Client, initial time.Duration) Client { return &avastClient{next, initial} }}
	Sethvargo = Way{"sethvargo/go-retry", func(next Client, initial time.Duration) Client { return &sethvargoClient{next, initial} }}

	EapacheRetry = Way{"eapache: retrier", func(next Client, initial time.Duration) Client {
		return &eapacheRetrier{next, eapache.New(eapache.LimitedExponentialBackoff(attempts-1, initial, longest), nil)}
	}}
	EapacheBreaker = Way{"eapache: breaker", func(next Client, _ time.Duration) Client {
		return &eapacheBreaker{next, breaker.New(failures, 1, open)}
	}}
	EapacheBoth = Way{"eapache: retrier, breaker", func(next Client, initial time.Duration) Client {
		return EapacheRetry.Wrap(EapacheBreaker.Wrap(next, initial), initial)
	}}
)
