package main

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/resilgen/resilgen/bench/calls"
)

// An outcomesOf counts what a client answers.
type outcomesOf struct {
	calls.Client
	successes, failures, others int
}

func (o *outcomesOf) Get(ctx context.Context, key string) (string, error) {
	value, err := o.Client.Get(ctx, key)
	switch {
	case err == nil:
		o.successes++
	case errors.Is(err, calls.ErrDown):
		o.failures++
	default:
		o.others++
	}
	return value, err
}

// TestAfterSuccesses: each client fails once in a turn, after its successes, and its breaker stays
// closed. Rejections would look cheap.
func TestAfterSuccesses(t *testing.T) {
	const clients, successes, turns = 3, 20, 5
	for _, w := range []calls.Way{calls.OurLastTen, calls.OurLastMillion} {
		var all []*outcomesOf
		counted := calls.Way{Name: w.Name, Wrap: func(next calls.Client, initial time.Duration) calls.Client {
			all = append(all, &outcomesOf{Client: w.Wrap(next, initial)})
			return all[len(all)-1]
		}}
		b := afterSuccesses(counted, clients, successes)
		takeTurns([]*bout{b}, turns)
		if len(all) != clients || len(b.nanos) != turns || len(b.processor) != turns {
			t.Errorf("%s: %d clients, %d and %d turns", w.Name, len(all), len(b.nanos), len(b.processor))
		}
		for _, c := range all {
			if c.successes != successes*turns || c.failures != turns || c.others != 0 {
				t.Errorf("%s: %d successes, %d failures, %d others", w.Name, c.successes, c.failures, c.others)
			}
		}
	}
}
