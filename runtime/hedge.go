package resil

import (
	"context"
	"fmt"
	"math"
	"runtime"
	"runtime/debug"
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
	err := r.do(ctx, func(ctx context.Context) (err error) {
		if r.hedge == nil {
			result, err = fn(ctx)
		} else {
			result, err = runRace(ctx, r, fn, discard)
		}
		return err
	})
	return result, err
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
	ctx     context.Context
	fn      func(context.Context) (T, error)
	discard func(T) // or nil
	answers chan answer[T]
	began   int // attempts begun
	running int
}

// An answer is how one attempt ended.
type answer[T any] struct {
	value  T
	err    error
	panic  *Panic
	goexit bool
}

func runRace[T any](ctx context.Context, g *regime, fn func(context.Context) (T, error), discard func(T)) (T, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	r := race[T]{guard: g, ctx: ctx, fn: fn, discard: discard, answers: make(chan answer[T], 1+g.hedge.Max)}
	r.begin()
	slow := newSlowTimer(g)
	defer slow.Stop()
	for {
		select {
		case a := <-r.answers:
			r.running--
			if r.decides(a) || !r.hedge() && r.running == 0 {
				r.leave()
				return a.end(g)
			}
			r.drop(a)
		case <-slow.C:
			r.hedge()
		}
		slow.again()
	}
}

// begin begins an attempt.
func (r *race[T]) begin() {
	r.began++
	r.running++
	go r.attempt()
}

// attempt makes one attempt; however it ends, there is an answer.
func (r *race[T]) attempt() {
	a := answer[T]{goexit: true}
	defer func() {
		if thrown := recover(); thrown != nil {
			a.panic, a.goexit = &Panic{thrown, debug.Stack()}, false
		}
		r.answers <- a
	}()
	began := time.Now()
	err := r.guard.judgedAttempt(r.ctx, func(ctx context.Context) (err error) {
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
	if r.began > g.hedge.Max || r.ctx.Err() != nil {
		return false
	}
	if !g.budget.take() {
		g.stats.overBudget.Add(1)
		g.tell(Event{Kind: OverBudget, Attempt: r.began})
		return false
	}
	g.stats.hedges.Add(1)
	g.tell(Event{Kind: Hedging, Attempt: r.began})
	r.begin()
	return true
}

// decides reports whether an answer settles the race: success, or what no other attempt would change.
func (r *race[T]) decides(a answer[T]) bool {
	return a.err == nil || a.panic != nil || a.goexit || isPermanent(a.err) ||
		r.guard.retry != nil && (matchAny(r.guard.retry.Never, a.err) || !r.guard.retry.wants(a.err))
}

// leave cancels nothing itself: the caller does when it returns. It sees to it that the results of those still running are closed.
func (r *race[T]) leave() {
	if r.running == 0 {
		return
	}
	go func() {
		for range r.running {
			a := <-r.answers
			if a.err == nil && a.panic == nil && !a.goexit {
				r.guard.stats.superfluous.Add(1)
			}
			r.drop(a)
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
