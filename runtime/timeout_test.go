package resil_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	resil "github.com/resilgen/resilgen/runtime"
)

// TestSoonerDeadline: where the caller's own deadline comes before the timeouts, attempts get the
// caller's context itself, and what they say is nobody's timeout.
func TestSoonerDeadline(t *testing.T) {
	for _, policy := range []string{"timeout call=1s", "timeout attempt=1s", "timeout attempt=1s call=2s", "timeout call=1s\nbreaker failures=5", "timeout call=1s\nbulkhead max=1"} {
		synctest.Test(t, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), 500*time.Millisecond)
			defer cancel()
			g := guard(t, policy)
			if err := g.Do(ctx, func(of context.Context) error {
				if of != ctx {
					t.Errorf("%s: a context of its own", policy)
				}
				return errBackend
			}); err != errBackend {
				t.Errorf("%s: %v", policy, err)
			}
			err := g.Do(ctx, func(ctx context.Context) error { <-ctx.Done(); return ctx.Err() })
			if err != context.DeadlineExceeded || errors.Is(err, resil.ErrTimeout) {
				t.Errorf("%s: the caller's deadline: %v", policy, err)
			}
		})
	}
}
