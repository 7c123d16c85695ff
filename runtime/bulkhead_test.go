package resil

import (
	"context"
	"errors"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/sync/semaphore"
)

// TestBulkheadResize: from 10 to 5 and back, with 25 who want in. Never are more than 10 inside,
// nor does anybody enter while there are more than the size of then, and those who wait go by it.
func TestBulkheadResize(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBulkhead(10)
		var entered [25]atomic.Bool
		for id := range entered {
			go func() { entered[id].Store(b.enter(t.Context(), time.Hour, time.Time{}) == nil) }()
			synctest.Wait()
		}
		leave := func(n int) {
			for range n {
				b.leave()
			}
		}
		for _, step := range []struct {
			do                             func()
			running, waiting, max, entered int
		}{
			{func() {}, 10, 15, 10, 10},
			{func() { b.resize(5) }, 10, 15, 5, 10},
			{func() { leave(5) }, 5, 15, 5, 10},
			{func() { leave(2) }, 5, 13, 5, 12},
			{func() { b.resize(10) }, 10, 8, 10, 17},
			{func() { b.resize(5); b.resize(10) }, 10, 8, 10, 17},
			{func() { leave(3) }, 10, 5, 10, 20},
			{func() { leave(10) }, 5, 0, 10, 25},
			{func() { leave(5) }, 0, 0, 10, 25},
		} {
			step.do()
			synctest.Wait()
			if running, waiting, max := b.usage(); running != step.running || waiting != step.waiting || max != step.max {
				t.Errorf("%d inside, %d wait, %d allowed; want %+v", running, waiting, max, step)
			}
			for id := range entered {
				if first := id < step.entered; entered[id].Load() != first {
					t.Errorf("number %d has entered: %t; want the first %d", id, !first, step.entered)
				}
			}
		}
	})
}

// TestBulkheadSaysWhyNobodyEnters: how long a caller waits, and what it is told.
func TestBulkheadSaysWhyNobodyEnters(t *testing.T) {
	const ms = time.Millisecond
	for _, test := range []struct {
		name                   string
		wait, end              time.Duration // end 0: none
		cancel, deadline, room time.Duration // 0: never; below: from the start
		want                   error
		took                   time.Duration
	}{
		{name: "no wait", want: errNoRoom},
		{name: "the wait is over", wait: 20 * ms, end: 30 * ms, want: errNoRoom, took: 20 * ms},
		{name: "time is over", wait: 20 * ms, end: 10 * ms, want: errTimeOver, took: 10 * ms},
		{name: "both at once", wait: 20 * ms, end: 20 * ms, want: errNoRoom, took: 20 * ms},
		{name: "time was over before", wait: 20 * ms, end: -ms, want: errTimeOver},
		{name: "room", wait: 20 * ms, end: 10 * ms, room: 5 * ms, took: 5 * ms},
		{name: "room too late", wait: 20 * ms, room: 21 * ms, want: errNoRoom, took: 20 * ms},
		{name: "the caller leaves", wait: 20 * ms, cancel: 7 * ms, want: context.Canceled, took: 7 * ms},
		{name: "the caller had left", wait: 20 * ms, cancel: -1, want: context.Canceled},
		{name: "the caller had left and would not wait", cancel: -1, want: context.Canceled},
		{name: "the caller's deadline", wait: 20 * ms, deadline: 7 * ms, want: context.DeadlineExceeded, took: 7 * ms},
		{name: "longest", wait: never, end: 10 * 365 * 24 * time.Hour, cancel: time.Hour, want: context.Canceled, took: time.Hour},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := newBulkhead(1)
				b.tryEnter()
				ctx := callerContext(t, test.cancel, test.deadline)
				if test.room > 0 {
					time.AfterFunc(test.room, b.leave)
				}
				var end time.Time
				if test.end != 0 {
					end = time.Now().Add(test.end)
				}
				began := time.Now()
				err := b.enter(ctx, test.wait, end)
				if !errors.Is(err, test.want) || time.Since(began) != test.took {
					t.Errorf("%v after %s, want %v after %s", err, time.Since(began), test.want, test.took)
				}
				if running, waiting, _ := b.usage(); running != 1 || waiting != 0 {
					t.Errorf("%d inside, %d wait", running, waiting)
				}
			})
		})
	}
}

// A contextThatTells calls told when it is asked for its error.
type contextThatTells struct {
	context.Context
	told func()
}

func (c contextThatTells) Err() error {
	c.told()
	return c.Context.Err()
}

// TestBulkheadRoomMeanwhile: room that comes after a caller has looked, and before it waits, is
// found.
func TestBulkheadRoomMeanwhile(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, began := newBulkhead(1), time.Now()
		b.tryEnter()
		ctx := contextThatTells{t.Context(), sync.OnceFunc(b.leave)}
		if err := b.enter(ctx, time.Hour, time.Time{}); err != nil || time.Since(began) != 0 {
			t.Errorf("%v after %s", err, time.Since(began))
		}
	})
}

// TestBulkheadHandsOn: who leaves at the very instant at which it is let in hands its room on, and
// so does who comes next, until there is one who stays.
func TestBulkheadHandsOn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBulkhead(1)
		b.tryEnter()
		ctx, cancel := context.WithCancel(t.Context())
		var left, entered atomic.Int64
		for range 10 {
			go func() {
				if b.enter(ctx, time.Hour, time.Time{}) == context.Canceled {
					left.Add(1)
				}
			}()
			synctest.Wait()
		}
		go func() {
			if b.enter(t.Context(), time.Hour, time.Time{}) == nil {
				entered.Add(1)
			}
		}()
		synctest.Wait()
		b.leave()
		cancel()
		synctest.Wait()
		if running, waiting, _ := b.usage(); running != 1 || waiting != 0 || left.Load() != 10 || entered.Load() != 1 {
			t.Errorf("%d left, %d entered; %d inside, %d wait", left.Load(), entered.Load(), running, waiting)
		}
	})
}

// TestBulkheadCrowd lets many come, wait, lose patience, leave and resize at once, for the race
// detector. Afterwards nobody is inside and all of the room is there.
func TestBulkheadCrowd(t *testing.T) {
	const most, size = 8, 5
	b := newBulkhead(size)
	var inside, admitted atomic.Int64
	visit := func(err error) {
		if err != nil {
			return
		}
		admitted.Add(1)
		if n := inside.Add(1); n > most {
			t.Errorf("%d inside", n)
		}
		if rand.IntN(4) == 0 {
			time.Sleep(time.Duration(rand.IntN(50)) * time.Microsecond)
		}
		inside.Add(-1)
		b.leave()
	}
	var crowd sync.WaitGroup
	for range 32 {
		crowd.Go(func() {
			for range 500 {
				ctx, cancel := context.WithCancel(context.Background())
				switch rand.IntN(4) {
				case 0:
					if b.tryEnter() {
						visit(nil)
					}
				case 1:
					time.AfterFunc(time.Duration(rand.IntN(100))*time.Microsecond, cancel)
					visit(b.enter(ctx, time.Hour, time.Time{}))
				case 2:
					visit(b.enter(ctx, time.Hour, time.Now().Add(time.Duration(rand.IntN(100))*time.Microsecond)))
				default:
					visit(b.enter(ctx, time.Duration(rand.IntN(100))*time.Microsecond, time.Time{}))
				}
				cancel()
			}
		})
	}
	crowd.Go(func() {
		for range 2000 {
			b.resize(1 + rand.IntN(most))
		}
		b.resize(size)
	})
	crowd.Wait()
	for range size {
		if !b.tryEnter() {
			t.Error("room was lost")
		}
	}
	if running, waiting, _ := b.usage(); b.tryEnter() || running != size || waiting != 0 || admitted.Load() == 0 {
		t.Errorf("%d inside, %d wait, %d were admitted", running, waiting, admitted.Load())
	}
}

// TestBulkheadAllocations: who does not wait allocates nothing, let in or not.
func TestBulkheadAllocations(t *testing.T) {
	b, full := newBulkhead(1), newBulkhead(1)
	full.tryEnter()
	end := time.Now().Add(time.Hour)
	for name, f := range map[string]func(){
		"tryEnter":       func() { b.tryEnter(); b.leave() },
		"enter":          func() { b.enter(t.Context(), time.Second, end); b.leave() },
		"tryEnter, full": func() { full.tryEnter() },
		"enter, full":    func() { full.enter(t.Context(), 0, end) },
	} {
		if n := testing.AllocsPerRun(1000, f); n != 0 {
			t.Errorf("%s: %v allocations", name, n)
		}
	}
}

func BenchmarkBulkhead(b *testing.B) {
	room, weighted := newBulkhead(1<<20), semaphore.NewWeighted(1<<20)
	for _, bench := range []struct {
		name string
		f    func()
	}{
		{"enter and leave/bulkhead", func() { room.tryEnter(); room.leave() }},
		{"enter and leave/semaphore", func() { weighted.TryAcquire(1); weighted.Release(1) }},
	} {
		b.Run(bench.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				bench.f()
			}
		})
		b.Run(bench.name+"/parallel", func(b *testing.B) {
			b.RunParallel(func(p *testing.PB) {
				for p.Next() {
					bench.f()
				}
			})
		})
	}
}

// callerContext returns the context of a caller who leaves after a time, at once if it is below
// zero, and whose deadline passes after another; with zero, neither ever happens.
func callerContext(t *testing.T, leaves, deadline time.Duration) context.Context {
	ctx, cancel := context.WithCancel(t.Context())
	t.Cleanup(cancel)
	if leaves < 0 {
		cancel()
	} else if leaves > 0 {
		time.AfterFunc(leaves, cancel)
	}
	if deadline > 0 {
		ctx, cancel = context.WithTimeout(ctx, deadline)
		t.Cleanup(cancel)
	}
	return ctx
}
