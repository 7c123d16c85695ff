package resil_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	resil "github.com/resilgen/resilgen/runtime"
)

// A racer is a backend for attempts that overlap: each attempt takes and returns what its number
// says.
type racer struct {
	began     atomic.Int64
	cancelled atomic.Int64
	attempt   func(n int) (time.Duration, error)
}

func (r *racer) call(ctx context.Context) (int, error) {
	n := int(r.began.Add(1))
	d, err := r.attempt(n)
	select {
	case <-time.After(d):
		return n, err
	case <-ctx.Done():
		r.cancelled.Add(1)
		return n, ctx.Err()
	}
}

func TestHedge(t *testing.T) {
	test := func(name, policy string, f func(t *testing.T, g *resil.Guard)) {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { f(t, guard(t, policy)) })
		})
	}
	takes := func(d time.Duration) func(int) (time.Duration, error) {
		return func(int) (time.Duration, error) { return d, nil }
	}
	test("a fast attempt is alone", "hedge after=10ms", func(t *testing.T, g *resil.Guard) {
		r := racer{attempt: takes(5 * time.Millisecond)}
		if n, err := resil.Hedged(t.Context(), g, r.call, nil); n != 1 || err != nil || r.began.Load() != 1 {
			t.Errorf("%d, %v after %d attempts", n, err, r.began.Load())
		}
	})
	test("slow attempts race", "hedge after=10ms max=2", func(t *testing.T, g *resil.Guard) {
		r := racer{attempt: func(n int) (time.Duration, error) { return 100*time.Millisecond - time.Duration(n), nil }}
		var discarded atomic.Int64
		began := time.Now()
		n, err := resil.Hedged(t.Context(), g, r.call, func(int) { discarded.Add(1) })
		if n != 1 || err != nil || r.began.Load() != 3 || time.Since(began) != 100*time.Millisecond-1 {
			t.Errorf("%d, %v after %d attempts in %s", n, err, r.began.Load(), time.Since(began))
		}
		synctest.Wait()
		if r.cancelled.Load() != 2 || discarded.Load() != 2 {
			t.Errorf("%d cancelled, %d discarded", r.cancelled.Load(), discarded.Load())
		}
		if m := snapshot(g); m.Calls != 1 || m.Hedges != 2 || m.Attempts != 3 {
			t.Errorf("%+v", m)
		}
	})
	test("a failure starts the next at once", "hedge after=1s max=2", func(t *testing.T, g *resil.Guard) {
		r := racer{attempt: func(n int) (time.Duration, error) {
			if n < 3 {
				return 0, errBackend
			}
			return 0, nil
		}}
		began := time.Now()
		if n, err := resil.Hedged(t.Context(), g, r.call, nil); n != 3 || err != nil || time.Since(began) != 0 {
			t.Errorf("%d, %v after %s", n, err, time.Since(began))
		}
	})
	test("a permanent failure decides", "hedge after=1s max=2", func(t *testing.T, g *resil.Guard) {
		r := racer{attempt: func(int) (time.Duration, error) { return 0, resil.Permanent(errBackend) }}
		if n, err := resil.Hedged(t.Context(), g, r.call, nil); n != 1 || !errors.Is(err, errBackend) {
			t.Errorf("%d, %v", n, err)
		}
	})
	test("no hedge is made beyond the budget", "hedge after=10ms\nretry budget=0% floor=0/s", func(t *testing.T, g *resil.Guard) {
		r := racer{attempt: takes(100 * time.Millisecond)}
		if n, err := resil.Hedged(t.Context(), g, r.call, nil); n != 1 || err != nil || r.began.Load() != 1 {
			t.Errorf("%d, %v after %d attempts", n, err, r.began.Load())
		}
	})
	test("a hedge that is rejected disturbs nothing", "hedge after=10ms\nretry\nbulkhead max=1", func(t *testing.T, g *resil.Guard) {
		r := racer{attempt: takes(100 * time.Millisecond)}
		if n, err := resil.Hedged(t.Context(), g, r.call, nil); n != 1 || err != nil || r.began.Load() != 1 {
			t.Errorf("%d, %v after %d attempts", n, err, r.began.Load())
		}
	})
	test("a rejected hedge does not hide the failure before it", "hedge after=10ms\nbreaker failures=1", func(t *testing.T, g *resil.Guard) {
		r := racer{attempt: func(int) (time.Duration, error) { return 0, errBackend }}
		if _, err := resil.Hedged(t.Context(), g, r.call, nil); err != errBackend {
			t.Error(err)
		}
	})
	test("the budget is asked once", "hedge after=10ms max=2\nretry budget=0% floor=0/s", func(t *testing.T, g *resil.Guard) {
		r := racer{attempt: takes(time.Second)}
		resil.Hedged(t.Context(), g, r.call, nil)
		if m := snapshot(g); m.OverBudget != 1 {
			t.Errorf("%+v", m)
		}
	})
	test("nothing ticks once all attempts are made", "hedge after=1ns", func(t *testing.T, g *resil.Guard) {
		r := racer{attempt: takes(10 * time.Second)} // ten billion ticks would not end
		if _, err := resil.Hedged(t.Context(), g, r.call, nil); err != nil {
			t.Error(err)
		}
	})
	test("retries are of whole races", "hedge after=10ms\nretry attempts=2 jitter=none", func(t *testing.T, g *resil.Guard) {
		r := racer{attempt: func(n int) (time.Duration, error) {
			if n < 3 {
				return 0, errBackend
			}
			return 0, nil
		}}
		if n, err := resil.Hedged(t.Context(), g, r.call, nil); n != 3 || err != nil {
			t.Errorf("%d, %v", n, err)
		}
	})
	test("what an earlier race returned is discarded", "hedge after=10ms\nretry attempts=2 initial=0", func(t *testing.T, g *resil.Guard) {
		r := racer{attempt: func(int) (time.Duration, error) { return 0, errBackend }}
		var discarded []int
		var mu sync.Mutex
		n, err := resil.Hedged(t.Context(), g, r.call, func(n int) {
			mu.Lock()
			defer mu.Unlock()
			discarded = append(discarded, n)
		})
		synctest.Wait()
		slices.Sort(discarded)
		if n != 4 || !errors.Is(err, errBackend) || !slices.Equal(discarded, []int{1, 2, 3}) {
			t.Errorf("%d, %v; discarded %v", n, err, discarded)
		}
	})
	test("a quantile of the latency", "hedge after=p90", func(t *testing.T, g *resil.Guard) {
		for range 50 {
			r := racer{attempt: takes(10 * time.Millisecond)}
			resil.Hedged(t.Context(), g, r.call, nil)
		}
		r := racer{attempt: func(n int) (time.Duration, error) {
			if n == 1 {
				return time.Minute, nil
			}
			return 0, nil
		}}
		began := time.Now()
		resil.Hedged(t.Context(), g, r.call, nil)
		if d := time.Since(began); d < 10*time.Millisecond || d > 11*time.Millisecond {
			t.Errorf("hedged after %s", d)
		}
	})
	test("the context of the winner lives until its result is closed", "hedge after=10ms\ntimeout attempt=1s call=2s\nretry", func(t *testing.T, g *resil.Guard) {
		var lease resil.Lease
		var began atomic.Int64
		var contexts [2]context.Context
		body, err := resil.HedgedOpen(t.Context(), &lease, g, func(ctx context.Context) (*stream, error) {
			n := began.Add(1)
			contexts[n-1] = ctx
			if n == 2 {
				return &stream{ctx: ctx}, nil
			}
			<-ctx.Done()
			return nil, ctx.Err()
		}, nil)
		if err != nil {
			t.Fatal(err)
		}
		followed := lease.Follow(body)
		time.Sleep(time.Hour)
		synctest.Wait() // orders what the loser wrote before what is read here, as time that passes does not
		if contexts[0].Err() == nil || contexts[1].Err() != nil {
			t.Errorf("the loser's context ended with %v, the winner's with %v", contexts[0].Err(), contexts[1].Err())
		}
		if followed.Close(); contexts[1].Err() == nil {
			t.Error("closed, and its context lives on")
		}
	})
	test("a quantile follows the latency", "hedge after=p90", func(t *testing.T, g *resil.Guard) {
		for _, d := range []time.Duration{0, 100 * time.Millisecond} { // the fast ones of the beginning fade
			for range 3000 {
				r := racer{attempt: takes(d)}
				resil.Hedged(t.Context(), g, r.call, nil)
			}
		}
		r := racer{attempt: func(n int) (time.Duration, error) { return time.Hour / time.Duration(n*n*n), nil }}
		began := time.Now()
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		resil.Hedged(ctx, g, func(ctx context.Context) (int, error) {
			if r.began.Load() == 1 {
				if d := time.Since(began); d < 100*time.Millisecond || d > 110*time.Millisecond {
					t.Errorf("hedged after %s", d)
				}
			}
			return r.call(ctx)
		}, nil)
		if r.began.Load() != 2 {
			t.Errorf("%d attempts", r.began.Load())
		}
	})
	test("a panic reaches the caller", "hedge after=10ms", func(t *testing.T, g *resil.Guard) {
		defer func() {
			p, ok := recover().(*resil.Panic)
			if !ok || p.Value != "boom" || !strings.Contains(p.String(), "hedge_test.go") {
				t.Errorf("recovered %v", p)
			}
			if m := snapshot(g); m.Failed != 1 || m.Calls != 1 {
				t.Errorf("%+v", m)
			}
		}()
		resil.Hedged(t.Context(), g, func(context.Context) (int, error) { panic("boom") }, nil)
	})
}
