package resil_test

// This file is what the examples wrap: an annotated interface, of which resilgen generates
// ResilientInventory, and a backend whose answers are given.

import (
	"context"
	"errors"
)

//go:generate go tool resilgen

// Inventory is a client of a warehouse.
//
//resilgen:wrap
//resilgen:breaker failures=3 open=1m jitter=none probes=1
type Inventory interface {
	//resilgen:retry attempts=3 initial=0 jitter=none
	Count(ctx context.Context, item string) (int, error)

	// Take is not to be repeated.
	Take(ctx context.Context, item string) error
}

var errRefused = errors.New("refused")

// A warehouse is an [Inventory] that answers with these errors, one after the other, and then well.
type warehouse struct{ errs []error }

func (w *warehouse) answer() (err error) {
	if len(w.errs) > 0 {
		err, w.errs = w.errs[0], w.errs[1:]
	}
	return err
}

func (w *warehouse) Count(context.Context, string) (int, error) { return 7, w.answer() }
func (w *warehouse) Take(context.Context, string) error         { return w.answer() }
