package resil_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	resil "github.com/resilgen/resilgen/runtime"
)

// TestBulkhead: whoever finds no room is rejected, or waits for it as long as the policy says.
func TestBulkhead(t *testing.T) {
	busy := func(d time.Duration) func(context.Context) error {
		return func(context.Context) error { time.Sleep(d); return nil }
	}
	synctest.Test(t, func(t *testing.T) {
		g := guard(t, "bulkhead max=3\nbreaker failures=1")
		for range 3 {
			go g.Do(t.Context(), busy(time.Second))
		}
		synctest.Wait()
		if err := g.Do(t.Context(), outcome("S")); !errors.Is(err, resil.ErrBulkheadFull) {
			t.Errorf("the fourth: %v", err)
		}
		play(t, g, "closed 1001ms S") // a rejection is nothing to the breaker; who has finished lets the next in
		if m := snapshot(g); m.RejectedFull != 1 || m.Calls != 5 || m.Attempts != 4 {
			t.Errorf("%+v", m)
		}
	})
	synctest.Test(t, func(t *testing.T) {
		g := guard(t, "bulkhead max=1 wait=20ms")
		for _, test := range []struct {
			full time.Duration
			want error
			took time.Duration
		}{{10 * time.Millisecond, nil, 10 * time.Millisecond}, {30 * time.Millisecond, resil.ErrBulkheadFull, 20 * time.Millisecond}} {
			go g.Do(t.Context(), busy(test.full))
			synctest.Wait()
			began := time.Now()
			if err := g.Do(t.Context(), outcome("S")); !errors.Is(err, test.want) || time.Since(began) != test.took {
				t.Errorf("full for %s: %v after %s", test.full, err, time.Since(began))
			}
			time.Sleep(2 * time.Second)
		}
		go g.Do(t.Context(), busy(time.Second))
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Millisecond)
		defer cancel()
		synctest.Wait()
		if err := g.Do(ctx, outcome("S")); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("the caller's deadline: %v", err)
		}
		time.Sleep(2 * time.Second)
		func() {
			defer func() { recover() }()
			g.Do(t.Context(), func(context.Context) error { panic("boom") })
		}()
		play(t, g, "S") // the panic gave its room back
	})
}

// TestRateLimit: calls beyond the burst are rejected, or wait for a token; one that would come too
// late is left for others.
func TestRateLimit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := guard(t, "ratelimit rate=10/s burst=2\nbreaker failures=1")
		var limited int
		for range 5 {
			if err := g.Do(t.Context(), outcome("S")); errors.Is(err, resil.ErrRateLimited) {
				limited++
			}
		}
		if limited != 3 || g.State() != resil.Closed || snapshot(g).RejectedRate != 3 {
			t.Errorf("%d limited, breaker %s", limited, g.State())
		}
	})
	synctest.Test(t, func(t *testing.T) {
		g := guard(t, "ratelimit rate=10/s burst=1 wait=150ms")
		began := time.Now()
		for range 2 {
			if err := g.Do(t.Context(), outcome("S")); err != nil {
				t.Error(err)
			}
		}
		if d := time.Since(began); d != 100*time.Millisecond {
			t.Errorf("waited %s", d)
		}
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		defer cancel()
		if err := g.Do(ctx, outcome("S")); !errors.Is(err, resil.ErrRateLimited) || time.Since(began) != 100*time.Millisecond {
			t.Errorf("a wait that the deadline would cut: %v", err)
		}
		time.Sleep(100 * time.Millisecond)
		play(t, g, "S") // the token that was not used is still there
	})
}

// TestLimitsOfKeys: a rejection by a limit is nothing to the breaker of a key either.
func TestLimitsOfKeys(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for _, limit := range []string{"ratelimit rate=0.1/s burst=1", "bulkhead max=1"} {
			g := guard(t, "breaker failures=1 key=host\n"+limit).For("a")
			g.Do(t.Context(), func(ctx context.Context) error {
				if err := g.Do(ctx, outcome("S")); !errors.Is(err, resil.ErrRateLimited) && !errors.Is(err, resil.ErrBulkheadFull) {
					t.Errorf("%s: %v", limit, err)
				}
				return nil
			})
			if m := snapshot(g); g.State() != resil.Closed || m.Attempts != 1 || m.RejectedFull+m.RejectedRate != 1 {
				t.Errorf("%s: breaker %s, %+v", limit, g.State(), m)
			}
		}
	})
}

// TestTokenOfNoAttempt: an attempt that the bulkhead rejects begins nothing, and costs no token.
func TestTokenOfNoAttempt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := guard(t, "ratelimit rate=0.001/s burst=2\nbulkhead max=1")
		leave := make(chan struct{})
		go g.Do(t.Context(), func(context.Context) error { <-leave; return nil })
		synctest.Wait()
		for range 10 {
			if err := g.Do(t.Context(), outcome("S")); !errors.Is(err, resil.ErrBulkheadFull) {
				t.Errorf("beside one that runs: %v", err)
			}
		}
		close(leave)
		synctest.Wait()
		if err := g.Do(t.Context(), outcome("S")); err != nil {
			t.Errorf("the second token: %v", err)
		}
		if err := g.Do(t.Context(), outcome("S")); !errors.Is(err, resil.ErrRateLimited) {
			t.Errorf("there is no third: %v", err)
		}
	})
}
