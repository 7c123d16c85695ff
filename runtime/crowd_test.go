package resil_test

import (
	"context"
	"log/slog"
	"math/rand/v2"
	"runtime"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	resil "github.com/resilgen/resilgen/runtime"
)

// TestEverythingAtOnce lets many goroutines do at once whatever can be done to a client, for the
// race detector: calls of all outcomes, hedges, keys that come and go, operators who force and
// reset, readers. The observer calls back into the client.
func TestEverythingAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var c *resil.Client
		var events atomic.Int64
		c = resil.NewClient("test.Client", t, resil.WithLogger(slog.New(slog.DiscardHandler)), resil.WithObserver(resil.ObserverFunc(func(e resil.Event) {
			events.Add(1)
			if g := c.Method(e.Method); e.Kind == resil.StateChanged && g != nil {
				g.For(e.Key).State()
				c.Snapshot()
			}
		})))
		guards := []*resil.Guard{
			c.Guard("All", parse(t, "retry initial=1ms\nbreaker failures=30% window=100ms min=5 open=20ms slow=5ms\ntimeout attempt=8ms call=30ms\nbulkhead max=8 wait=1ms\nratelimit rate=2000/s burst=50 wait=1ms")),
			c.Guard("Keyed", parse(t, "retry initial=0\nbreaker failures=2 open=5ms key=host")),
			c.Guard("Hedged", parse(t, "retry attempts=2 initial=1ms\nhedge after=1ms max=2\nbreaker failures=50% window=20 open=10ms")),
			c.Guard("Shared", parse(t, "breaker failures=3 open=5ms scope=shared per=call\nretry attempts=2 initial=1ms")),
			c.Guard("Shared2", parse(t, "breaker failures=3 open=5ms scope=shared per=call\nretry attempts=2 initial=1ms")),
		}
		c.Ready()
		rounds := 300
		if testing.Short() {
			rounds = 50
		}
		var crowd sync.WaitGroup
		for n := range 64 {
			crowd.Go(func() {
				for range rounds {
					g := guards[rand.IntN(len(guards))].For(strconv.Itoa(rand.IntN(20)))
					switch {
					case n < 56:
						survive(func() { anything(g) })
					case n < 58:
						[]func(){g.ForceOpen, g.ForceClosed, g.Reset, g.Reset, g.Reset}[rand.IntN(5)]()
					default:
						g.State()
						g.TimeLeft()
						c.Snapshot()
					}
					time.Sleep(time.Duration(rand.IntN(2000)) * time.Microsecond)
				}
			})
		}
		crowd.Wait()
		time.Sleep(time.Minute)
		for _, g := range guards {
			for key := range 20 {
				g := g.For(strconv.Itoa(key))
				g.Reset()
				if g.State() != resil.Closed {
					t.Errorf("%+v is not closed after a reset", snapshot(g))
				}
			}
		}
		var ends, calls int64
		for _, m := range c.Snapshot().Methods {
			calls += m.Calls
			ends += m.Succeeded + m.Failed + m.Neither + m.RejectedOpen + m.RejectedFull + m.RejectedRate
		}
		if want := int64(56 * rounds); calls != want || ends != want || events.Load() == 0 {
			t.Errorf("%d calls with %d ends and %d events, want %d calls", calls, ends, events.Load(), want)
		}
	})
}

// anything makes a call that ends in any of the ways there are.
func anything(g *resil.Guard) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	if rand.IntN(20) == 0 {
		time.AfterFunc(time.Duration(rand.IntN(5))*time.Millisecond, cancel)
	}
	resil.Hedged(ctx, g, func(ctx context.Context) (int, error) {
		switch rand.IntN(12) {
		case 0:
			panic("boom")
		case 1:
			runtime.Goexit()
		case 2, 3, 4:
			return 0, errBackend
		case 5:
			return 0, resil.Permanent(errBackend)
		case 6, 7:
			select {
			case <-time.After(time.Duration(rand.IntN(10)) * time.Millisecond):
			case <-ctx.Done():
				return 0, ctx.Err()
			}
		}
		return 1, nil
	}, nil)
}
