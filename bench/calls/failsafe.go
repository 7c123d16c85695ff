package calls

// This file guards by failsafe-go.

import (
	"context"
	"time"

	"github.com/failsafe-go/failsafe-go"
	"github.com/failsafe-go/failsafe-go/circuitbreaker"
	"github.com/failsafe-go/failsafe-go/retrypolicy"
	failsafetimeout "github.com/failsafe-go/failsafe-go/timeout"
)

// A failsafeClient runs calls by an executor.
type failsafeClient struct {
	next     Client
	executor failsafe.Executor[string]
}

func (f *failsafeClient) Get(ctx context.Context, key string) (string, error) {
	return f.executor.WithContext(ctx).GetWithExecution(func(e failsafe.Execution[string]) (string, error) {
		return f.next.Get(e.Context(), key)
	})
}

func failsafeRetry(initial time.Duration) failsafe.Policy[string] {
	b := retrypolicy.NewBuilder[string]().WithMaxAttempts(attempts)
	if initial > 0 {
		b = b.WithBackoff(initial, longest)
	}
	return b.Build()
}

func failsafeBreaker() failsafe.Policy[string] {
	return circuitbreaker.NewBuilder[string]().WithFailureThreshold(failures).WithDelay(open).Build()
}

func failsafeRolling() failsafe.Policy[string] {
	return circuitbreaker.NewBuilder[string]().WithFailureRateThreshold(ratio, minimum, window).WithDelay(open).Build()
}

func failsafeTimeout() failsafe.Policy[string] { return failsafetimeout.New[string](timeout) }

func failsafeWhole() failsafe.Policy[string] { return failsafetimeout.New[string](whole) }

// The ways of failsafe-go.
var (
	FailsafeRetry = Way{"failsafe-go: retry", func(next Client, initial time.Duration) Client {
		return &failsafeClient{next, failsafe.With(failsafeRetry(initial))}
	}}
	FailsafeBreaker = Way{"failsafe-go: breaker", func(next Client, _ time.Duration) Client {
		return &failsafeClient{next, failsafe.With(failsafeBreaker())}
	}}
	FailsafeBoth = Way{"failsafe-go: retry, breaker", func(next Client, initial time.Duration) Client {
		return &failsafeClient{next, failsafe.With(failsafeRetry(initial), failsafeBreaker())}
	}}
	FailsafeRolling = Way{"failsafe-go: retry, rolling breaker", func(next Client, initial time.Duration) Client {
		return &failsafeClient{next, failsafe.With(failsafeRetry(initial), failsafeRolling())}
	}}
	FailsafeTimed = Way{"failsafe-go: retry, breaker, timeout", func(next Client, initial time.Duration) Client {
		return &failsafeClient{next, failsafe.With(failsafeRetry(initial), failsafeBreaker(), failsafeTimeout())}
	}}
	// In the order of failsafe-go's documentation: what stands outside retries bounds the call,
	// what stands inside each attempt.
	FailsafeBounded = Way{"failsafe-go: retry, rolling breaker, attempt and call timeout", func(next Client, initial time.Duration) Client {
		return &failsafeClient{next, failsafe.With(failsafeWhole(), failsafeRetry(initial), failsafeRolling(), failsafeTimeout())}
	}}
)
