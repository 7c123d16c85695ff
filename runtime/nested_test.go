package resil_test

// Guarded clients call guarded clients: what one keeps in a context is nothing to the other.

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	resil "github.com/resilgen/resilgen/runtime"
)

// TestNestedLease: the body that an outer method returns holds its own contexts, not those of the
// calls made on the way to it.
func TestNestedLease(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		outer, inner := guard(t, "timeout attempt=1s"), guard(t, "timeout attempt=500ms")
		var lease resil.Lease
		var s *stream
		var within context.Context
		err := outer.DoOpen(t.Context(), &lease, func(ctx context.Context) error {
			s = &stream{ctx: ctx}
			var wg sync.WaitGroup
			for range 10 {
				wg.Go(func() { inner.Do(ctx, func(context.Context) error { return nil }) })
			}
			wg.Wait()
			return inner.Do(ctx, func(ctx context.Context) error { within = ctx; return nil })
		})
		if err != nil || within == nil || within.Err() == nil {
			t.Errorf("%v: the context of a call that has returned lives on", err)
		}
		lease.Follow(s).Close()
	})
}

// TestNestedCallTimeout: an outer call timeout is to an inner client its caller's deadline.
func TestNestedCallTimeout(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		outer, inner := guard(t, "timeout call=1s"), guard(t, "retry attempts=100 initial=0")
		var innermost error
		err := outer.Do(t.Context(), func(ctx context.Context) error {
			time.Sleep(500 * time.Millisecond)
			innermost = inner.Do(ctx, func(ctx context.Context) error { return always(errBackend, 200*time.Millisecond)(ctx, 1) })
			return innermost
		})
		e, ok := errors.AsType[*resil.Error](innermost)
		if !ok || e.Reason != context.DeadlineExceeded || e.Elapsed != 300*time.Millisecond {
			t.Errorf("inside: %v", innermost)
		}
		if !errors.Is(err, resil.ErrTimeout) {
			t.Errorf("outside: %v", err)
		}
	})
}
