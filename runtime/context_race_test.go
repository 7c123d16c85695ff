package resil

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// TestContextsTogether lets everything happen to a context at once, again and again: its time, its
// end, its parent's end, keep, and those who look. It is for the race detector, and in any case all
// have to see one and the same end.
func TestContextsTogether(t *testing.T) {
	for kind, newContext := range ownContexts {
		t.Run(kind, func(t *testing.T) {
			for range 2000 {
				storm(t, newContext)
			}
		})
	}
}

var errCallerLeft = errors.New("the caller left")

func storm(t *testing.T, newContext func(context.Context, time.Time, error) ownContext) {
	parent, leave := context.WithCancelCause(context.WithValue(context.Background(), numbered(1), 1))
	outer := newContext(parent, time.Now().Add(time.Second), errCallTimeout)
	ctx := newContext(outer, time.Now().Add(moment()), errAttemptTimeout)
	ended := false
	happen := []func(){
		func() { ended = true; ctx.end() },
		outer.end,
		func() { leave(errCallerLeft) },
	}
	rand.Shuffle(len(happen), func(i, j int) { happen[i], happen[j] = happen[j], happen[i] })

	var all sync.WaitGroup
	atSomeMoment := func(f func()) {
		m := moment()
		all.Go(func() { spin(m); f() })
	}
	for _, f := range happen[:rand.IntN(len(happen))] {
		atSomeMoment(f)
	}
	kept, timedOut := false, false
	followed, follows := ctx.(*followedContext)
	if follows {
		atSomeMoment(func() { kept = followed.keep() })
	}
	atSomeMoment(func() { timedOut = ctx.timedOut() })
	seen := make([]sight, 3)
	for i := range seen {
		atSomeMoment(func() { seen[i].look(ctx) })
	}
	all.Wait()
	// An attempt's timer may be later than the clock, so that something else ends it.
	byTime := end{context.DeadlineExceeded, errAttemptTimeout}
	if now := endOf(ctx); kept && (now == byTime || timedOut) || follows && !ended && timedOut && now != byTime {
		t.Fatalf("kept: %t, timed out: %t, ended by %v", kept, timedOut, now)
	}

	for _, f := range happen {
		f()
	}
	last := endOf(ctx)
	if last.err == nil {
		t.Fatal("not ended")
	}
	for _, s := range seen {
		<-s.child.Done()
		if s.changed || s.first.err != nil && s.first != last || endOf(s.child) != last {
			t.Fatalf("ended by %v; seen before: %v, changed: %t; derived from it: %v", last, s.first, s.changed, endOf(s.child))
		}
	}
}

// moment is when something happens: mostly soon, so that much happens at once.
func moment() time.Duration { return rand.N(100*time.Microsecond) >> rand.IntN(10) }

// TestContextWhileItIsMade: whatever happens while the inner context is made, the context ends as
// it should, and holds nothing afterwards. It happens at each of the moments when the parent is
// asked for something.
func TestContextWhileItIsMade(t *testing.T) {
	const moments = 12
	for n := range int32(moments) {
		forOwnContexts(t, func(t *testing.T, made func(context.Context, time.Duration) ownContext) {
			for _, happens := range []struct {
				name string
				what func(ctx ownContext, leave context.CancelCauseFunc)
				want end
			}{
				{"the deadline passes", func(ownContext, context.CancelCauseFunc) { time.Sleep(time.Second) }, end{context.DeadlineExceeded, errAttemptTimeout}},
				{"the parent ends", func(_ ownContext, leave context.CancelCauseFunc) { leave(errCallerLeft) }, end{context.Canceled, errCallerLeft}},
				{"it ends", func(ctx ownContext, _ context.CancelCauseFunc) { meanwhile(ctx.end) }, end{context.Canceled, context.Canceled}},
				{"it is kept, if that is possible", func(ctx ownContext, _ context.CancelCauseFunc) {
					if followed, ok := ctx.(*followedContext); ok {
						meanwhile(func() { followed.keep() })
					}
				}, end{}},
				{"somebody else asks", func(ctx ownContext, _ context.CancelCauseFunc) { meanwhile(func() { ctx.Done() }) }, end{}},
			} {
				under, leave := context.WithCancelCause(t.Context())
				parent := &hooked{Context: under}
				ctx := made(parent, time.Second)
				happen := sync.OnceFunc(func() { happens.what(ctx, leave) })
				parent.asked = func(times int32) {
					if times == n {
						happen()
					}
				}
				done := ctx.Done()
				happen() // now at the latest
				synctest.Wait()
				select {
				case <-done:
				default:
					if happens.want.err != nil {
						t.Errorf("%s at moment %d: not done", happens.name, n)
					}
				}
				if got := endOf(ctx); got != happens.want || ctx.Done() != done {
					t.Errorf("%s at moment %d: ended by %v, want %v", happens.name, n, got, happens.want)
				}
				ctx.end()
				synctest.Wait()
				if left := parent.listeners.Load(); left != 0 {
					t.Errorf("%s at moment %d: after the end, the parent still has %d listeners", happens.name, n, left)
				}
			}
		})
	}
}

// meanwhile runs f on another goroutine. It does not wait for ever, since f may wait for whoever
// calls meanwhile.
func meanwhile(f func()) {
	var done atomic.Bool
	go func() {
		f()
		done.Store(true)
	}()
	for began := 0; began < 1000 && !done.Load(); began++ {
		runtime.Gosched()
	}
}

// A hooked context is one that package context does not know. It tells a function how often it was
// asked before, and counts who listens for its end.
type hooked struct {
	context.Context
	asked     func(times int32)
	times     atomic.Int32
	listeners atomic.Int32
}

func (h *hooked) ask() {
	if h.asked != nil {
		h.asked(h.times.Add(1) - 1)
	}
}

func (h *hooked) Deadline() (time.Time, bool) { h.ask(); return h.Context.Deadline() }
func (h *hooked) Done() <-chan struct{}       { h.ask(); return h.Context.Done() }
func (h *hooked) Err() error                  { h.ask(); return h.Context.Err() }

func (h *hooked) Value(key any) any {
	h.ask()
	if key == cancelKey && h.Context.Err() == nil {
		return nil
	}
	return h.Context.Value(key)
}

func (h *hooked) AfterFunc(f func()) (stop func() bool) {
	h.listeners.Add(1)
	leave := sync.OnceFunc(func() { h.listeners.Add(-1) })
	stopped := context.AfterFunc(h.Context, func() { leave(); f() })
	return func() bool { leave(); return stopped() }
}

// An end is how a context ended.
type end struct{ err, cause error }

func endOf(ctx context.Context) end { return end{ctx.Err(), context.Cause(ctx)} }

// A sight is what one goroutine sees of a context.
type sight struct {
	first   end // the first that is one
	changed bool
	child   context.Context // derived from it
	cancel  context.CancelFunc
}

// look looks at all of a context in random order.
func (s *sight) look(ctx context.Context) {
	looks := []func(){
		func() { ctx.Deadline() },
		func() { ctx.Done() },
		func() { _ = fmt.Sprint(ctx) },
		func() { s.changed = s.changed || ctx.Value(numbered(1)) != 1 },
		func() { context.AfterFunc(ctx, func() {})() },
		func() { s.child, s.cancel = context.WithCancel(context.WithValue(ctx, numbered(2), 2)) },
		func() {
			now := endOf(ctx)
			switch {
			case now.err == nil: // whatever the cause is by now
			case s.first.err == nil:
				s.first = now
			case s.first != now:
				s.changed = true
			}
		},
	}
	for range 3 {
		for _, i := range rand.Perm(len(looks)) {
			looks[i]()
		}
	}
}

// spin lets less time pass than a timer could.
func spin(d time.Duration) {
	for began := time.Now(); time.Since(began) < d; {
	}
}
