package resil_test

import (
	"context"
	"errors"
	"flag"
	"math/rand/v2"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	resil "github.com/resilgen/resilgen/runtime"
)

// TestMain lets the random tests play the same each time; -rapid.seed and -rapid.checks ask for
// others.
func TestMain(m *testing.M) {
	flag.Parse()
	seeded := false
	flag.Visit(func(f *flag.Flag) { seeded = seeded || f.Name == "rapid.seed" || f.Name == "rapid.failfile" })
	if !seeded {
		_ = flag.Set("rapid.seed", "1")
	}
	goleak.VerifyTestMain(m)
}

// TestCountersAddUpInTheEnd drives a client through changing weather, in virtual time: errors,
// hangs that honour the context, panics, Goexit, slow answers, callers that leave. Afterwards the
// counters add up exactly, memory has not grown, and no goroutine is left.
func TestCountersAddUpInTheEnd(t *testing.T) {
	callers, callsEach := 64, 16_000
	if testing.Short() {
		callsEach = 500
	}
	synctest.Test(t, func(t *testing.T) {
		c := resil.NewClient("test.Client", t)
		guards := []*resil.Guard{
			c.Guard("All", parse(t, "retry attempts=3 initial=10ms\nbreaker failures=50% open=1s\ntimeout attempt=100ms call=1s\nbulkhead max=4 wait=5ms\nratelimit rate=500/s burst=5")),
			c.Guard("Calls", parse(t, "retry attempts=2 initial=1ms\nbreaker failures=20 per=call open=500ms")),
			c.Guard("Shared", parse(t, "breaker failures=30% window=50 slow=80ms slowcalls=60% scope=shared\ntimeout attempt=100ms")),
			c.Guard("Shared2", parse(t, "breaker failures=30% window=50 slow=80ms slowcalls=60% scope=shared\ntimeout attempt=100ms")),
			c.Guard("Retried", parse(t, "retry attempts=3 initial=1ms")),
			c.Guard("Keyed", parse(t, "retry attempts=2 initial=1ms\nbreaker failures=5 key=k open=100ms")),
		}
		c.Ready()
		var made, attempts, answered atomic.Int64
		var before, after runtime.MemStats
		phase := func() {
			var wg sync.WaitGroup
			for range callers {
				wg.Go(func() {
					for range callsEach / 2 {
						g := guards[rand.IntN(len(guards))].For([]string{"a", "b", "c"}[rand.IntN(3)])
						made.Add(1)
						survive(func() { answered.Add(call(g, &attempts)) })
						time.Sleep(time.Duration(rand.IntN(20)) * time.Millisecond)
					}
				})
			}
			wg.Wait()
			runtime.GC()
		}
		phase()
		runtime.ReadMemStats(&before)
		phase()
		runtime.ReadMemStats(&after)
		if grown := int64(after.HeapAlloc) - int64(before.HeapAlloc); grown > 1<<20 {
			t.Errorf("the heap grew by %d bytes", grown)
		}
		time.Sleep(time.Minute)
		var calls, tried, succeeded int64
		for _, m := range c.Snapshot().Methods {
			calls += m.Calls
			tried += m.Attempts
			succeeded += m.Succeeded
			t.Logf("%+v", m)
			if sum := m.Succeeded + m.Failed + m.Neither + m.RejectedOpen + m.RejectedFull + m.RejectedRate; sum != m.Calls {
				t.Errorf("%s: %d calls, but %d ends", m.Method, m.Calls, sum)
			}
		}
		if calls != made.Load() || tried != attempts.Load() || succeeded != answered.Load() {
			t.Errorf("%d calls, %d attempts, %d succeeded; want %d, %d, %d", calls, tried, succeeded, made.Load(), attempts.Load(), answered.Load())
		}
	})
}

// survive runs f on a goroutine of its own, whatever becomes of that.
func survive(f func()) {
	var wg sync.WaitGroup
	wg.Go(func() {
		defer func() { recover() }()
		f()
	})
	wg.Wait()
}

// call makes one call of a backend whose weather changes every minute, and returns 1 if it was
// answered.
func call(g *resil.Guard, attempts *atomic.Int64) int64 {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	if rand.IntN(50) == 0 {
		time.AfterFunc(time.Duration(rand.IntN(30))*time.Millisecond, cancel)
	}
	bad := 1 + 9*(time.Now().Minute()%3) // of 30: a little, some, much
	err := g.Do(ctx, func(ctx context.Context) error {
		attempts.Add(1)
		if rand.IntN(30) >= bad {
			return nil
		}
		switch rand.IntN(12) {
		case 0:
			panic("boom")
		case 1:
			runtime.Goexit()
		case 2:
			return resil.Permanent(errBackend)
		case 3, 4:
			<-time.After(90 * time.Millisecond)
			return nil
		case 5:
			ctx, cancel := context.WithTimeout(ctx, time.Second)
			defer cancel()
			<-ctx.Done()
			return ctx.Err()
		}
		return errBackend
	})
	var gaveUp *resil.Error
	if err == nil || !errors.As(err, &gaveUp) && errors.Is(err, errBackend) && permanent(err) && ctx.Err() == nil {
		return 1
	}
	return 0
}

// permanent reports whether err carries the mark of Permanent, in the one way that a user can see:
// it is not retried.
func permanent(err error) bool { return err != errBackend }
