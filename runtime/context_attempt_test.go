package resil

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// An ownContext is a context of this package.
type ownContext interface {
	context.Context
	end()
	timedOut() bool
}

// ownContexts makes one context of each kind that this package has.
var ownContexts = map[string]func(parent context.Context, deadline time.Time, cause error) ownContext{
	"attempt": func(parent context.Context, deadline time.Time, cause error) ownContext {
		return newAttemptContext(parent, deadline, cause)
	},
	"followed": func(parent context.Context, deadline time.Time, cause error) ownContext {
		return newFollowedContext(parent, deadline, cause)
	},
}

// forOwnContexts runs a test in a bubble for each kind.
func forOwnContexts(t *testing.T, test func(t *testing.T, made func(parent context.Context, limit time.Duration) ownContext)) {
	for kind, newContext := range ownContexts {
		t.Run(kind, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				test(t, func(parent context.Context, limit time.Duration) ownContext {
					return newContext(parent, time.Now().Add(limit), errAttemptTimeout)
				})
			})
		})
	}
}

// TestContextCostsWhatIsAskedOfIt: who asks for no more than the deadline pays for one object, who
// asks for Done for two more than with std.
func TestContextCostsWhatIsAskedOfIt(t *testing.T) {
	parent, cancel := context.WithCancel(context.WithValue(context.Background(), numbered(1), "value"))
	defer cancel()
	deadline := time.Now().Add(time.Hour)
	std := testing.AllocsPerRun(1000, func() {
		ctx, cancel := context.WithTimeoutCause(parent, time.Hour, errAttemptTimeout)
		ctx.Done()
		cancel()
	})
	for _, test := range []struct {
		name string
		max  float64
		live func()
	}{
		{"an attempt asked for its deadline", 1, func() {
			ctx := newAttemptContext(parent, deadline, errAttemptTimeout)
			ctx.Deadline()
			ctx.end()
		}},
		{"an attempt asked for values, and whether it has ended", 1, func() {
			ctx := newAttemptContext(parent, deadline, errAttemptTimeout)
			if ctx.Value(numbered(1)) != "value" || ctx.Err() != nil || context.Cause(ctx) != nil || ctx.timedOut() {
				t.Error("wrong")
			}
			ctx.end()
		}},
		{"an attempt asked for Done", std + 1, func() {
			ctx := newAttemptContext(parent, deadline, errAttemptTimeout)
			ctx.Done()
			ctx.end()
		}},
		{"a followed context that is kept", 1, func() {
			ctx := newFollowedContext(parent, deadline, errAttemptTimeout)
			if ctx.Value(numbered(1)) != "value" || ctx.Err() != nil || ctx.timedOut() || !ctx.keep() {
				t.Error("wrong")
			}
			ctx.end()
		}},
	} {
		if n := testing.AllocsPerRun(1000, test.live); n > test.max {
			t.Errorf("%s: %v allocations, want %v at most", test.name, n, test.max)
		}
	}
}

// TestContextGoroutines: neither ours nor what is derived from ours needs a goroutine.
func TestContextGoroutines(t *testing.T) {
	forOwnContexts(t, func(t *testing.T, made func(context.Context, time.Duration) ownContext) {
		parent, cancel := context.WithCancel(t.Context())
		defer cancel()
		before := goroutines()
		ctx := made(context.WithValue(made(parent, time.Hour), numbered(1), 1), time.Minute)
		for _, from := range []context.Context{ctx, context.WithValue(ctx, numbered(2), 2), struct{ context.Context }{ctx}} {
			derive(from)
		}
		if n := goroutines() - before; n != 0 {
			t.Errorf("%d goroutines", n)
		}

		unknown := &foreign{Context: ctx, done: make(chan struct{})}
		derive(unknown)
		if n := goroutines(); n == before {
			t.Error("the test does not see the goroutines of what is derived from a context that package context does not know")
		}
		unknown.end()
	})
}

// derive derives what it can from ctx. What it returns ends that before ctx does.
func derive(ctx context.Context) [4]any {
	_, cancel := context.WithCancel(ctx)
	_, cancelSooner := context.WithTimeout(ctx, time.Second)
	_, cancelLater := context.WithTimeout(ctx, 24*time.Hour)
	return [...]any{cancel, cancelSooner, cancelLater, context.AfterFunc(ctx, func() {})}
}

// goroutines returns the number of goroutines in the test's bubble, when all have come to rest.
func goroutines() int {
	synctest.Wait()
	stacks := make([]byte, 1<<20)
	n := runtime.Stack(stacks, true)
	for ; n == len(stacks); n = runtime.Stack(stacks, true) {
		stacks = make([]byte, 2*len(stacks))
	}
	own, _, _ := strings.Cut(string(stacks[:n]), "\n") // goroutine 7 [running, synctest bubble 3]:
	if i := strings.Index(own, "synctest bubble"); i >= 0 {
		return strings.Count(string(stacks[:n]), own[i:])
	}
	return 0
}

// TestContextTellsWhatCameFirst: what came first if nobody looked meanwhile.
func TestContextTellsWhatCameFirst(t *testing.T) {
	errCaller := errors.New("the caller")
	forOwnContexts(t, func(t *testing.T, made func(context.Context, time.Duration) ownContext) {
		expect := func(name string, ctx ownContext, err, cause error) {
			if context.Cause(ctx) != cause || ctx.Err() != err {
				t.Errorf("%s: %v, %v; want %v, %v", name, ctx.Err(), context.Cause(ctx), err, cause)
			}
			child, cancel := context.WithCancel(ctx)
			defer cancel()
			if context.Cause(child) != cause || child.Err() != err {
				t.Errorf("%s: derived from it: %v, %v; want %v, %v", name, child.Err(), context.Cause(child), err, cause)
			}
		}
		later, cancelLater := context.WithTimeoutCause(t.Context(), 2*time.Second, errCaller)
		defer cancelLater()
		parent, cancel := context.WithCancelCause(t.Context())

		looked, late, cancelled, ended := made(later, time.Second), made(later, time.Second), made(parent, time.Second), made(later, time.Second)
		time.Sleep(time.Second)
		expect("looked at in time", looked, context.DeadlineExceeded, errAttemptTimeout)
		time.Sleep(time.Hour)
		cancel(errCaller)
		ended.end()
		expect("the later deadline of the caller has passed too", late, context.DeadlineExceeded, errAttemptTimeout)
		expect("the caller was cancelled after the deadline", cancelled, context.Canceled, errCaller)
		expect("ended after the deadline", ended, context.Canceled, context.Canceled)
		if !looked.timedOut() || !late.timedOut() || cancelled.timedOut() {
			t.Errorf("timed out: %t, %t, %t", looked.timedOut(), late.timedOut(), cancelled.timedOut())
		}

		// A followed context hides its deadline, but it tells when it has ended.
		hidden := newFollowedContext(t.Context(), time.Now().Add(time.Second), errCaller)
		under := made(hidden, time.Minute)
		time.Sleep(time.Hour)
		expect("the hidden deadline of the caller came first", under, context.DeadlineExceeded, errCaller)
	})
}

// TestContextEndsByTheClock: whoever returns at the very deadline has timed out, whether the timer
// has fired yet or not.
func TestContextEndsByTheClock(t *testing.T) {
	forOwnContexts(t, func(t *testing.T, made func(context.Context, time.Duration) ownContext) {
		for range 100 {
			ctx := made(t.Context(), time.Second)
			time.AfterFunc(time.Second, func() {
				if !ctx.timedOut() {
					t.Error("not timed out")
				}
				ctx.end()
			})
			ctx.Done()
			time.Sleep(time.Minute)
		}
	})
}

// TestContextCanBePrinted: a context is printed like those of package context, and can be while
// others use it.
func TestContextCanBePrinted(t *testing.T) {
	forOwnContexts(t, func(t *testing.T, made func(context.Context, time.Duration) ownContext) {
		kind := strings.TrimPrefix(t.Name(), "TestContextCanBePrinted/")
		for _, parent := range []context.Context{t.Context(), struct{ context.Context }{t.Context()}} {
			std, cancel := context.WithTimeout(parent, time.Second)
			defer cancel()
			want := strings.Replace(fmt.Sprint(std), "WithDeadline", kind, 1)
			if got := fmt.Sprint(made(parent, time.Second)); got != want {
				t.Errorf("%s, want %s", got, want)
			}
		}
	})
}
