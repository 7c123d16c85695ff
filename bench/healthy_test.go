package main

import (
	"context"
	"sync/atomic"
	"testing"
	"time"

	"github.com/resilgen/resilgen/bench/calls"
)

// A counted counts the calls that reach a client.
type counted struct {
	calls.Client
	n atomic.Int64
}

func (c *counted) Get(ctx context.Context, key string) (string, error) {
	c.n.Add(1)
	return c.Client.Get(ctx, key)
}

// TestWays: what is compared does what its situation says. A breaker that never opens, or a retry that does not repeat, would look fast.
func TestWays(t *testing.T) {
	ctx := t.Context()
	soon, cancel := context.WithTimeout(ctx, calls.Sooner)
	defer cancel()
	for _, c := range compared {
		for _, w := range c.ways {
			switch c.situation {
			case flaky:
				next := &counted{Client: &calls.Flaky{}}
				got, err := w.Wrap(next, 0).Get(ctx, "key")
				if w.Name != calls.Direct.Name && (got != "key" || err != nil || next.n.Load() != 2) {
					t.Errorf("%s, %s: got %q, %v after %d calls", c.situation, w.Name, got, err, next.n.Load())
				}
			case rejected:
				next := &counted{Client: calls.Down{}}
				client := w.Wrap(next, 0)
				call(client, ctx, "key", 100)
				before := next.n.Load()
				if _, err := client.Get(ctx, "key"); w.Name != calls.Direct.Name && (err == nil || next.n.Load() != before) {
					t.Errorf("%s, %s: %v, %d calls came through", c.situation, w.Name, err, next.n.Load()-before)
				}
			default:
				next := &counted{Client: calls.Healthy{}}
				if got, err := w.Wrap(next, time.Second).Get(soon, "key"); got != "key" || err != nil || next.n.Load() != 1 {
					t.Errorf("%s, %s: got %q, %v after %d calls", c.situation, w.Name, got, err, next.n.Load())
				}
			}
		}
	}
}

// TestTogether: all calls are made, those that goroutines do not share evenly too.
func TestTogether(t *testing.T) {
	next := &counted{Client: calls.Healthy{}}
	callTogether(next, t.Context(), "key", 1000)
	if n := next.n.Load(); n < 1000 || n > 1000+goroutines {
		t.Errorf("%d calls instead of 1000", n)
	}
}
