package calls

import (
	"context"
	"time"
)

// A timed bounds each call, as everybody writes it.
type timed struct{ next Client }

func (t *timed) Get(ctx context.Context, key string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	return t.next.Get(ctx, key)
}

// WithTimeout is context.WithTimeout by hand.
var WithTimeout = Way{"context.WithTimeout", func(next Client, _ time.Duration) Client { return &timed{next} }}
