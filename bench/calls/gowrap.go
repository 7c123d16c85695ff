package calls

// This file does what wrappers do that gowrap generates from its own templates for retries and
// breakers, in our words: one lock for all calls, failures in a row only, waits that do not grow.

import (
	"context"
	"errors"
	"sync"
	"time"
)

// A gowrapRetry repeats after a fixed wait.
type gowrapRetry struct {
	next Client
	wait time.Duration
}

func (g *gowrapRetry) Get(ctx context.Context, key string) (value string, err error) {
	for range attempts {
		if value, err = g.next.Get(ctx, key); err == nil {
			break
		}
		select {
		case <-ctx.Done():
			return value, err
		case <-time.After(g.wait):
		}
	}
	return value, err
}

// A gowrapBreaker rejects calls for a while after too many failures in a row.
type gowrapBreaker struct {
	next Client

	mu       sync.RWMutex
	failures int
	until    *time.Time
}

var errGowrapOpen = errors.New("open")

func (g *gowrapBreaker) Get(ctx context.Context, key string) (value string, err error) {
	g.mu.RLock()
	if g.until != nil && g.until.After(time.Now()) {
		g.mu.RUnlock()
		return "", errGowrapOpen
	}
	g.mu.RUnlock()

	value, err = g.next.Get(ctx, key)
	g.mu.Lock()
	defer g.mu.Unlock()
	if err == nil {
		g.failures, g.until = 0, nil
		return value, nil
	}
	if g.failures++; g.failures >= failures {
		until := time.Now().Add(open)
		g.until = &until
	}
	return value, err
}

// The ways in the shape of gowrap's templates.
var (
	GowrapRetry   = Way{"gowrap's shape: retry", func(next Client, initial time.Duration) Client { return &gowrapRetry{next, initial} }}
	GowrapBreaker = Way{"gowrap's shape: breaker", func(next Client, _ time.Duration) Client { return &gowrapBreaker{next: next} }}
	GowrapBoth    = Way{"gowrap's shape: retry, breaker", func(next Client, initial time.Duration) Client {
		return GowrapRetry.Wrap(GowrapBreaker.Wrap(next, initial), initial)
	}}
)
