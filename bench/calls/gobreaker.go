package calls

// This file breaks by gobreaker, both of its versions.

import (
	"context"
	"time"

	gobreaker1 "github.com/sony/gobreaker"
	"github.com/sony/gobreaker/v2"
)

// A breaker2 is gobreaker v2 around a client.
type breaker2 struct {
	next    Client
	breaker *gobreaker.CircuitBreaker[string]
}

func (b *breaker2) Get(ctx context.Context, key string) (string, error) {
	return b.breaker.Execute(func() (string, error) { return b.next.Get(ctx, key) })
}

func consecutive2() gobreaker.Settings {
	return gobreaker.Settings{
		Timeout:     open,
		ReadyToTrip: func(c gobreaker.Counts) bool { return c.ConsecutiveFailures >= failures },
	}
}

func rolling2() gobreaker.Settings {
	return gobreaker.Settings{
		Timeout:      open,
		Interval:     window,
		BucketPeriod: window / 10,
		ReadyToTrip: func(c gobreaker.Counts) bool {
			return c.Requests >= minimum && float64(c.TotalFailures) >= ratio*float64(c.Requests)
		},
	}
}

func break2(next Client, s gobreaker.Settings) Client {
	return &breaker2{next, gobreaker.NewCircuitBreaker[string](s)}
}

// A twoStep is gobreaker's two-step breaker around a client.
type twoStep struct {
	next    Client
	breaker *gobreaker.TwoStepCircuitBreaker[string]
}

func (b *twoStep) Get(ctx context.Context, key string) (string, error) {
	done, err := b.breaker.Allow()
	if err != nil {
		return "", err
	}
	value, err := b.next.Get(ctx, key)
	done(err)
	return value, err
}

// A breaker1 is gobreaker v1 around a client.
type breaker1 struct {
	next    Client
	breaker *gobreaker1.CircuitBreaker
}

func (b *breaker1) Get(ctx context.Context, key string) (string, error) {
	value, err := b.breaker.Execute(func() (any, error) { return b.next.Get(ctx, key) })
	s, _ := value.(string)
	return s, err
}

func break1(next Client) Client {
	return &breaker1{next, gobreaker1.NewCircuitBreaker(gobreaker1.Settings{
		Timeout:     open,
		ReadyToTrip: func(c gobreaker1.Counts) bool { return c.ConsecutiveFailures >= failures },
	})}
}

// The ways by hand with gobreaker, alone and with backoff in both nestings.
var (
	Breaker1 = Way{"gobreaker v1", func(next Client, _ time.Duration) Client { return break1(next) }}
	Breaker2 = Way{"gobreaker v2", func(next Client, _ time.Duration) Client { return break2(next, consecutive2()) }}
	Rolling2 = Way{"gobreaker v2, rolling", func(next Client, _ time.Duration) Client { return break2(next, rolling2()) }}
	TwoStep2 = Way{"gobreaker v2, two-step", func(next Client, _ time.Duration) Client {
		return &twoStep{next, gobreaker.NewTwoStepCircuitBreaker[string](consecutive2())}
	}}

	Breaker1Outside = Way{"gobreaker v1 around backoff", func(next Client, initial time.Duration) Client {
		return break1(Backoff.Wrap(next, initial))
	}}
	Breaker1Inside = Way{"backoff around gobreaker v1", func(next Client, initial time.Duration) Client {
		return Backoff.Wrap(break1(next), initial)
	}}
	Breaker2Outside = Way{"gobreaker v2 around backoff", func(next Client, initial time.Duration) Client {
		return break2(Backoff.Wrap(next, initial), consecutive2())
	}}
	Breaker2Inside = Way{"backoff around gobreaker v2", func(next Client, initial time.Duration) Client {
		return Backoff.Wrap(break2(next, consecutive2()), initial)
	}}
	Rolling2Inside = Way{"backoff around gobreaker v2, rolling", func(next Client, initial time.Duration) Client {
		return Backoff.Wrap(break2(next, rolling2()), initial)
	}}
)
