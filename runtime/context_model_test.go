package resil

// This file holds our contexts against those of package context: a random tree of contexts grows
// twice, once with ours and once with std ones in their places, the same happens to both, and
// nobody may see a difference.

import (
	"context"
	"fmt"
	"slices"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"
)

// A growth is a context that a script derives from an earlier one, or the root.
type growth struct {
	kind   string
	parent int           // 0 is the root
	limit  time.Duration // of kinds that end by time
}

// An act is what happens next: a context grows, or something happens to one. There is no act that
// is not possible at any time to any.
type act struct {
	kind string // grow, sleep, end, keep, after, stop, or what a context is asked for
	what growth
	node int
	time time.Duration
}

// asks are what a context is asked for.
var asks = []string{"Deadline", "Done", "Err", "Cause", "Value", "timedOut"}

// drawScript draws a script. Only some have contexts that do not tell all, see sleep.
func drawScript(r *rapid.T) []act {
	kinds := []string{"attempt", "attempt", "value", "cancel", "cancelCause", "timeout", "withoutCancel", "wrapped"}
	if rapid.Bool().Draw(r, "opaque") {
		kinds = append(kinds, "followed", "followed", "followed", "foreign")
	}
	ms := func(label string) time.Duration {
		return time.Duration(rapid.IntRange(1, 1000).Draw(r, label)) * time.Millisecond
	}
	acts := append([]string{"grow", "grow", "grow", "sleep", "end", "end", "keep", "after", "stop"}, asks...)
	script := []act{{kind: "grow", what: growth{kind: kinds[0], limit: ms("limit")}}}
	for range rapid.IntRange(1, 50).Draw(r, "length") {
		a := act{kind: rapid.SampledFrom(acts).Draw(r, "act")}
		switch a.kind {
		case "grow":
			a.what = growth{rapid.SampledFrom(kinds).Draw(r, "kind"), rapid.IntRange(0, 30).Draw(r, "parent"), ms("limit")}
		case "sleep":
			a.time = ms("time") / 2
		default:
			a.node = rapid.IntRange(0, 30).Draw(r, "node")
		}
		script = append(script, a)
	}
	return script
}

// A twin is a context of the tree: the std one, and ours in its place or grown from the same.
type twin struct {
	growth
	std, our       context.Context
	endStd, endOur func()
	timedOut, keep func() bool // of ours
	ended          bool        // by end
	deadline       time.Time
	cause          error // unique
}

// An afterFunc was registered in both trees.
type afterFunc struct {
	stdRan, ourRan   atomic.Bool
	stopStd, stopOur func() bool
}

// A grove is the two trees.
type grove struct {
	script []act
	now    time.Duration
	twins  []*twin
	afters []*afterFunc
}

func TestContextsLikeStd(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		g := &grove{script: drawScript(r)}
		var err error
		synctest.Test(t, func(*testing.T) { err = g.play() })
		if err != nil {
			r.Fatal(err)
		}
	})
}

func (g *grove) play() (err error) {
	root, cancel := context.WithCancel(context.WithValue(context.Background(), numbered(-1), "root"))
	defer synctest.Wait()
	defer func() { // what is foreign ends with nothing else
		for _, t := range g.twins {
			t.endStd()
			t.endOur()
		}
	}()
	g.twins = []*twin{{std: root, our: root, endStd: cancel, endOur: cancel}}
	for n, a := range g.script {
		if err := g.act(n, a); err != nil {
			return fmt.Errorf("act %d, %s of %s: %w", n, a.kind, g.path(g.pick(a.node)), err)
		}
		synctest.Wait()
		for i, f := range g.afters {
			if f.stdRan.Load() != f.ourRan.Load() {
				return fmt.Errorf("act %d, %s: AfterFunc %d has run: %t, with std %t", n, a.kind, i, f.ourRan.Load(), f.stdRan.Load())
			}
		}
	}
	for _, t := range g.twins {
		for _, what := range asks {
			if err := g.ask(t, what); err != nil {
				return fmt.Errorf("at the end, %s of %s: %w", what, g.path(t), err)
			}
		}
	}
	return nil
}

func (g *grove) pick(n int) *twin { return g.twins[n%len(g.twins)] }

func (g *grove) act(n int, a act) error {
	t := g.pick(a.node)
	switch a.kind {
	case "grow":
		g.grow(n, a.what)
	case "sleep":
		g.sleep(a.time)
	case "end":
		g.lookAtEnded()
		t.ended = true
		t.endStd()
		t.endOur()
	case "keep":
		if t.keep == nil {
			break
		}
		if got, want := t.keep(), t.std.Err() == nil; got != want {
			return fmt.Errorf("%t, want %t", got, want)
		}
	case "after":
		f := new(afterFunc)
		f.stopStd = context.AfterFunc(t.std, func() { f.stdRan.Store(true) })
		f.stopOur = context.AfterFunc(t.our, func() { f.ourRan.Store(true) })
		g.afters = append(g.afters, f)
	case "stop":
		if len(g.afters) == 0 {
			break
		}
		f := g.afters[a.node%len(g.afters)]
		if got, want := f.stopOur(), f.stopStd(); got != want {
			return fmt.Errorf("stopped: %t, with std %t", got, want)
		}
	default:
		return g.ask(t, a.kind)
	}
	return nil
}

// sleep lets time pass. With contexts that do not tell all, whatever ends is looked at before more
// does: of followed ones nobody knows the deadline afterwards, and foreign ones give another cause
// when what they were derived from has ended too.
func (g *grove) sleep(d time.Duration) {
	if slices.ContainsFunc(g.twins, func(t *twin) bool { return t.kind == "followed" || t.kind == "foreign" }) {
		g.lookAtEnded()
		for _, deadline := range g.deadlinesWithin(d) {
			time.Sleep(time.Until(deadline))
			synctest.Wait()
			g.lookAtEnded()
		}
	}
	g.now += d
	time.Sleep(time.Until(start.Add(g.now)))
}

// start is when time begins in a bubble.
var start = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)

// deadlinesWithin returns the deadlines in the next d if there are several.
func (g *grove) deadlinesWithin(d time.Duration) (list []time.Time) {
	for _, t := range g.twins {
		if left := time.Until(t.deadline); !t.deadline.IsZero() && left > 0 && left <= d {
			list = append(list, t.deadline)
		}
	}
	if len(list) < 2 {
		return nil
	}
	slices.SortFunc(list, time.Time.Compare)
	return list
}

// lookAtEnded looks at all that has ended. What nobody has seen has no order, and with std it has.
func (g *grove) lookAtEnded() {
	for _, t := range g.twins {
		if t.std.Err() != nil {
			t.our.Err()
		}
	}
}

type numbered int

// grow grows a context in both trees.
func (g *grove) grow(n int, what growth) {
	parent := g.pick(what.parent)
	// No two deadlines are the same, nor do other things happen at one.
	t := &twin{growth: what, cause: fmt.Errorf("cause %d", n), endStd: func() {}, endOur: func() {}}
	deadline := time.Now().Add(what.limit + time.Duration(n+1))
	if theirs, ok := parent.std.Deadline(); ok && !deadline.Before(theirs) && (what.kind == "attempt" || what.kind == "followed") {
		t.kind = "value"
	}
	switch t.kind {
	case "attempt":
		t.deadline = deadline
		ctx, cancel := context.WithDeadlineCause(parent.std, deadline, t.cause)
		our := newAttemptContext(parent.our, deadline, t.cause)
		t.std, t.our, t.endStd, t.endOur, t.timedOut = ctx, our, cancel, our.end, our.timedOut
	case "followed":
		t.deadline = deadline
		ctx, cancel := g.followedByStd(n, parent.std, t)
		our := newFollowedContext(parent.our, deadline, t.cause)
		t.std, t.our, t.endStd, t.endOur, t.timedOut, t.keep = ctx, our, cancel, our.end, our.timedOut, our.keep
	case "timeout":
		t.deadline = deadline
		t.derive(parent, func(ctx context.Context) (context.Context, func()) {
			ctx, cancel := context.WithDeadlineCause(ctx, deadline, t.cause)
			return ctx, cancel
		})
	case "value":
		t.derive(parent, func(ctx context.Context) (context.Context, func()) {
			return context.WithValue(ctx, numbered(n), n), func() {}
		})
	case "cancel":
		t.derive(parent, func(ctx context.Context) (context.Context, func()) {
			ctx, cancel := context.WithCancel(ctx)
			return ctx, cancel
		})
	case "cancelCause":
		t.derive(parent, func(ctx context.Context) (context.Context, func()) {
			ctx, cancel := context.WithCancelCause(ctx)
			return ctx, func() { cancel(t.cause) }
		})
	case "withoutCancel":
		t.derive(parent, func(ctx context.Context) (context.Context, func()) {
			return context.WithoutCancel(ctx), func() {}
		})
	case "wrapped":
		t.derive(parent, func(ctx context.Context) (context.Context, func()) {
			return struct{ context.Context }{ctx}, func() {}
		})
	case "foreign":
		t.derive(parent, func(ctx context.Context) (context.Context, func()) {
			f := &foreign{Context: ctx, done: make(chan struct{})}
			return f, f.end
		})
	}
	g.twins = append(g.twins, t)
}

func (t *twin) derive(parent *twin, from func(context.Context) (context.Context, func())) {
	t.std, t.endStd = from(parent.std)
	t.our, t.endOur = from(parent.our)
}

// followedByStd is a followed context of std ones, by foresight: it has a deadline only if nobody
// will keep it before.
func (g *grove) followedByStd(n int, parent context.Context, t *twin) (context.Context, func()) {
	self, now := len(g.twins), g.now
	grown := len(g.twins) + 1
	kept := false
	for _, a := range g.script[n+1:] {
		switch a.kind {
		case "grow":
			grown++
		case "sleep":
			now += a.time
		case "keep":
			kept = kept || a.node%grown == self && start.Add(now).Before(t.deadline)
		}
	}
	if kept {
		ctx, cancel := context.WithCancel(parent)
		return &undated{ctx, parent}, cancel
	}
	ctx, cancel := context.WithDeadlineCause(parent, t.deadline, t.cause)
	return &undated{ctx, parent}, cancel
}

// An undated context hides its own deadline.
type undated struct {
	context.Context
	parent context.Context
}

func (u *undated) Deadline() (time.Time, bool) { return u.parent.Deadline() }

// A foreign context is not of package context, nor ends with what it is derived from.
type foreign struct {
	context.Context
	done  chan struct{}
	ended atomic.Bool
}

func (f *foreign) Deadline() (time.Time, bool) { return time.Time{}, false }
func (f *foreign) Done() <-chan struct{}       { return f.done }

func (f *foreign) Err() error {
	if f.ended.Load() {
		return context.Canceled
	}
	return nil
}

func (f *foreign) end() {
	if !f.ended.Swap(true) {
		close(f.done)
	}
}

// ask asks both for one thing.
func (g *grove) ask(t *twin, what string) error {
	var std, our any
	switch what {
	case "Deadline", "Done", "Err", "Cause":
		std, our = see(t.std, what), see(t.our, what)
	case "Value":
		std, our = g.values(t.std), g.values(t.our)
	case "timedOut":
		if t.timedOut == nil || t.ended {
			return nil
		}
		std, our = context.Cause(t.std) == t.cause, t.timedOut()
	}
	if std != our {
		return fmt.Errorf("%v, with std %v", our, std)
	}
	return nil
}

func see(ctx context.Context, what string) any {
	switch what {
	case "Deadline":
		deadline, ok := ctx.Deadline()
		return fmt.Sprint(deadline, ok)
	case "Done":
		select {
		case <-ctx.Done():
			return true
		default:
			return false
		}
	case "Cause":
		return context.Cause(ctx)
	}
	return ctx.Err()
}

// values returns the values of all keys.
func (g *grove) values(ctx context.Context) string {
	var list []any
	for n := -1; n < len(g.script); n++ {
		list = append(list, ctx.Value(numbered(n)))
	}
	return fmt.Sprint(list)
}

// path names a context by what it grew from.
func (g *grove) path(t *twin) string {
	if t == g.twins[0] {
		return "root"
	}
	i := slices.Index(g.twins, t)
	return fmt.Sprintf("%s > %s", g.path(g.twins[t.parent%i]), t.kind)
}
