package resil

import (
	"context"
	"fmt"
	"math"
	"runtime"
	"runtime/debug"
	"slices"
	"time"
)

// This file runs attempts side by side. Generated code of hedged methods calls Hedged instead of Do, because attempts that overlap must
// keep their results apart.

// Hedged is [Guard.Do] for a method with a hedge: fn may run on several goroutines at once, each run's results being its own. When one
// has succeeded the contexts of the others are cancelled; they may still be running when Hedged returns. Results that nobody gets
// go to discard, unless it is nil. A panic in fn reaches the caller as a [*Panic]; in an attempt that nobody waits for any more, it
// is a failure to the breaker and no more.
func Hedged[T any](ctx context.Context, g *Guard, fn func(context.Context) (T, error), discard func(T)) (T, error) {
	var result T
	r := g.now.Load()
	again := false
	err := r.do(ctx, func(ctx context.Context) (err error) {
		if again && discard != nil {
			discard(result) // of the try before, which failed
		}
		again = true
		if r.hedge == nil {
			result, err = fn(ctx)
		} else {
			result, err = runRace(ctx, r, fn, discard)
		}
		return err
	})
	return result, err
}

// HedgedOpen is Hedged for a method with a result that outlives the call: see [Guard.DoOpen]. The context of the attempt that won lives
// until that result is closed, if it was passed through [Lease.Follow].
func HedgedOpen[T any](ctx context.Context, lease *Lease, g *Guard, fn func(context.Context) (T, error), discard func(T)) (T, error) {
	return Hedged(g.withLease(ctx, lease), g, fn, discard)
}

// A Panic is what a hedged method panics with when one of its attempts has: the attempt ran on another goroutine, whose stack would be lost.
type Panic struct {
	Value any
	Stack []byte
}

// String returns the value and the stack.
func (p *Panic) String() string { return fmt.Sprintf("%v\n\n%s", p.Value, p.Stack) }

// A race is one hedged attempt: several attempts of which the first success counts.
type race[T any] struct {
	guard   *regime
	ctx     context.Context // the caller's
	lease   *Lease          // what holds the context of the attempt that wins, if its result outlives the call; or nil
	fn      func(context.Context) (T, error)
	discard func(T) // or nil
	answers chan answer[T]
	cancels []context.CancelFunc // of the attempts begun
	running int
	failed  *answer[T] // the best that there is, if no attempt succeeds
}

// An answer is how one attempt ended.
type answer[T any] struct {
	attempt int // of those begun, from 0
	value   T
	err     error
	panic   *Panic
	goexit  bool
}

func runRace[T any](ctx context.Context, g *regime, fn func(context.Context) (T, error), discard func(T)) (T, error) {
	r := race[T]{guard: g, ctx: ctx, lease: g.leaseOf(ctx), fn: fn, discard: discard, answers: make(chan answer[T], 1+g.hedge.Max)}
	defer r.cancel()
	r.begin()
	slow := newSlowTimer(g)
	defer slow.Stop()
	for {
		more := false
		select {
		case a := <-r.answers:
			r.running--
			if r.decides(a) {
				r.leave(a)
				return a.end(g)
			}
			r.setAside(a)
			more = !g.rejected(a.err) && r.hedge()
			if r.running == 0 {
				return r.failed.end(g)
			}
		case <-slow.C:
			more = r.hedge()
		}
		if more {
			slow.again()
		}
	}
}

// begin begins an attempt.
func (r *race[T]) begin() {
	ctx, cancel := context.WithCancel(r.ctx)
	if r.lease != nil {
		ctx = context.WithValue(ctx, leaseKey{r.guard.Guard}, new(Lease)) // attempts share none: what is held ends with the attempt's context
	}
	r.cancels = append(r.cancels, cancel)
	r.running++
	go r.attempt(ctx, len(r.cancels)-1)
}

// cancel ends the contexts of all attempts, but for one that a lease holds.
func (r *race[T]) cancel() {
	for _, cancel := range r.cancels {
		cancel()
	}
}

// attempt makes one attempt; however it ends, there is an answer.
func (r *race[T]) attempt(ctx context.Context, n int) {
	a := answer[T]{attempt: n, goexit: true}
	defer func() {
		if thrown := recover(); thrown != nil {
			a.panic, a.goexit = &Panic{thrown, debug.Stack()}, false
		}
		r.answers <- a
	}()
	began := time.Now()
	err := r.guard.judgedAttempt(ctx, func(ctx context.Context) (err error) {
		a.value, err = r.fn(ctx)
		return err
	})
	if err == nil && r.guard.hedge.Quantile > 0 {
		r.guard.latency.add(time.Since(began))
	}
	a.err, a.goexit = err, false
}

// hedge begins a further attempt if policy and budget allow it. It never disturbs one that runs.
func (r *race[T]) hedge() bool {
	g := r.guard
	if len(r.cancels) > g.hedge.Max || r.ctx.Err() != nil {
		return false
	}
	if !g.budget.take(time.Now()) {
		g.stats.overBudget.Add(1)
		g.tell(Event{Kind: OverBudget, Attempt: len(r.cancels)})
		return false
	}
	g.stats.hedges.Add(1)
	g.tell(Event{Kind: Hedging, Attempt: len(r.cancels)})
	r.begin()
	return true
}

// decides reports whether an answer settles the race: success, or what no other attempt would change. That an attempt was rejected says
// nothing about those that run.
func (r *race[T]) decides(a answer[T]) bool {
	return a.err == nil || a.panic != nil || a.goexit || isPermanent(a.err) ||
		r.guard.retry != nil && !r.guard.rejected(a.err) && (matchAny(r.guard.retry.Never, a.err) || !r.guard.retry.wants(a.err))
}

// setAside keeps the answer of an attempt that failed, in case that none is better: the last one's, but a rejection says less than a failure.
func (r *race[T]) setAside(a answer[T]) {
	switch {
	case r.failed == nil:
	case r.guard.rejected(a.err):
		r.drop(a)
		return
	default:
		r.drop(*r.failed)
	}
	r.failed = &a
}

// leave leaves the race with an answer. Its context goes to the lease, and the results that nobody gets are closed, also of those still
// running: their contexts are cancelled in a moment.
func (r *race[T]) leave(with answer[T]) {
	if r.lease != nil && with.err == nil {
		r.lease.held = append(r.lease.held, r.cancels[with.attempt])
		r.cancels = slices.Delete(r.cancels, with.attempt, with.attempt+1)
	}
	if r.failed != nil {
		r.drop(*r.failed)
	}
	if r.running == 0 {
		return
	}
	go func() {
		for range r.running {
			a := <-r.answers
			if a.err == nil && a.panic == nil && !a.goexit {
				r.guard.stats.superfluous.Add(1)
			}
			r.guard.aside(func() { r.drop(a) })
		}
	}()
}

// drop discards what an attempt returned that nobody gets.
func (r *race[T]) drop(a answer[T]) {
	if r.discard != nil {
		r.discard(a.value)
	}
}

// end makes the answer that of the caller's goroutine.
func (a answer[T]) end(g *regime) (T, error) {
	if a.panic != nil {
		g.stats.failed.Add(1)
		panic(a.panic)
	}
	if a.goexit {
		g.stats.neither.Add(1)
		runtime.Goexit()
	}
	return a.value, a.err
}

// A slowTimer fires when an attempt is slow.
type slowTimer struct {
	*time.Timer
	after time.Duration
}

// newSlowTimer starts one. While the quantile is not known yet, nothing is slow.
func newSlowTimer(g *regime) slowTimer {
	after := g.hedge.After
	if g.hedge.Quantile > 0 {
		var known bool
		if after, known = g.latency.quantile(g.hedge.Quantile); !known {
			after = never
		}
	}
	return slowTimer{time.NewTimer(after), after}
}

const never = time.Duration(math.MaxInt64)

func (s slowTimer) again() { s.Reset(s.after) }
