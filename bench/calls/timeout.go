package calls

// This file bounds calls by package context.

import (
	"context"
	"time"
)

// A timeoutClient bounds each call by context.WithTimeout, as everybody writes it.
type timeoutClient struct{ next Client }

func (t *timeoutClient) Get(ctx context.Context, key string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	return t.next.Get(ctx, key)
}

// WithTimeout is the way by hand with context.WithTimeout.
var WithTimeout = Way{"context.WithTimeout", func(next Client, _ time.Duration) Client { return &timeoutClient{next} }}
