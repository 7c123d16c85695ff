package resil_test

import (
	"context"
	"testing"
	"time"

	resil "github.com/resilgen/resilgen/runtime"
)

// TestAllocations: a healthy call allocates nothing, nor does a rejection; the deadline of an
// attempt is not derived where the caller's comes sooner.
func TestAllocations(t *testing.T) {
	soon, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	for _, test := range []struct {
		name, policy string
		ctx          context.Context
		open         bool
	}{
		{"retry", "retry", t.Context(), false},
		{"retry and breaker", "retry\nbreaker", t.Context(), false},
		{"failures in a row", "retry\nbreaker failures=5", t.Context(), false},
		{"last calls", "retry\nbreaker window=20", t.Context(), false},
		{"whole calls", "retry\nbreaker per=call", t.Context(), false},
		{"slow calls", "breaker slow=1s", t.Context(), false},
		{"timeouts beyond the caller's deadline", "retry\nbreaker\ntimeout attempt=1h call=2h", soon, false},
		{"limits", "bulkhead max=1\nratelimit rate=1000000000/s", t.Context(), false},
		{"limits that wait", "bulkhead max=1 wait=1s\nratelimit rate=1000000000/s wait=1s", t.Context(), false},
		{"key", "breaker key=host", t.Context(), false},
		{"rejection", "retry\nbreaker failures=1 open=1h", t.Context(), true},
		{"rejection by the rate limit", "retry\nbreaker\nratelimit rate=0.001/s burst=1", t.Context(), false},
	} {
		var c caller = &wrapped{direct{}, guard(t, test.policy).For("key")}
		if test.open {
			c.(*wrapped).call.Do(t.Context(), outcome("F"))
		}
		c.Call(test.ctx, 1) // the window's timer is started
		if n := testing.AllocsPerRun(1000, func() { c.Call(test.ctx, 1) }); n != 0 {
			t.Errorf("%s: %v allocations a call", test.name, n)
		}
	}

	// A result that is followed costs no more than a plain one, where no timeout is in force.
	followed := guard(t, "retry\nbreaker")
	call := func() {
		var lease resil.Lease
		followed.DoOpen(t.Context(), &lease, func(context.Context) error { return nil })
	}
	call()
	if n := testing.AllocsPerRun(1000, call); n != 0 {
		t.Errorf("a followed result: %v allocations a call", n)
	}

	g := guard(t, "retry\nbreaker\nbulkhead max=1")
	g.Do(t.Context(), func(ctx context.Context) error {
		var c caller = &wrapped{direct{}, g}
		if n := testing.AllocsPerRun(1000, func() { c.Call(ctx, 1) }); n != 0 {
			t.Errorf("rejection by the bulkhead: %v allocations a call", n)
		}
		return nil
	})
}
