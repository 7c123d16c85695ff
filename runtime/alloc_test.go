package resil_test

import (
	"context"
	"testing"
	"time"
)

// TestAllocations: a healthy call allocates nothing, nor does a rejection; the deadline of an attempt is not derived where the
// caller's comes sooner.
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
		{"rejection", "retry\nbreaker failures=1 open=1h", t.Context(), true},
	} {
		var c caller = &wrapped{direct{}, guard(t, test.policy)}
		if test.open {
			c.(*wrapped).call.Do(t.Context(), outcome("F"))
		}
		c.Call(test.ctx, 1) // the window's timer is started
		if n := testing.AllocsPerRun(1000, func() { c.Call(test.ctx, 1) }); n != 0 {
			t.Errorf("%s: %v allocations a call", test.name, n)
		}
	}
}
