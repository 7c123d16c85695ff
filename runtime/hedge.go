package resil

// This file runs attempts side by side. Generated code of hedged methods calls Hedged instead of
// Do, because attempts that overlap must keep their results apart.

import (
	"context"
	"fmt"
	"math"
	"runtime"
	"runtime/debug"
	"sync/atomic"
	"time"
)

// Hedged runs fn under the policy as [Guard.Do] does, for a method with a hedge: fn may run on
// several goroutines at once, each run's results being its own. When one has succeeded the contexts
// of the others are cancelled; they may still be running when Hedged returns. Nor is an attempt
// waited for that goes on after its context has ended. Results that nobody gets go to discard,
// unless it is nil. A panic in fn reaches the caller as a [*Panic]; in an attempt that nobody waits
// for any more, it is a failure to the breaker and no more.
//
// Where [WithPolicy] or overrides have switched the hedge off, Hedged runs fn on the caller's
// goroutine, one attempt after the other, and a panic in fn reaches the caller as it is.
func Hedged[T any](ctx context.Context, g *Guard, fn func(context.Context) (T, error), discard func(T)) (T, error) {
	return hedged(ctx, nil, g, fn, discard)
}

// HedgedOpen runs fn as [Hedged] does, for a method whose result outlives the call: see
// [Guard.DoOpen]. The context of the attempt that won lives until its result is closed, if that was
// passed through [Lease.Follow].
func HedgedOpen[T any](ctx context.Context, lease *Lease, g *Guard, fn func(context.Context) (T, error), discard func(T)) (T, error) {
	return hedged(ctx, lease, g, fn, discard)
}

// hedged runs a method with a hedge; the lease is nil where no result outlives the call.
func hedged[T any](ctx context.Context, lease *Lease, g *Guard, fn func(context.Context) (T, error), discard func(T)) (T, error) {
	var result T
	returned := false // an attempt has, with this result
	discardLast := func() {
		if last := result; returned && discard != nil {
			g.discardInBackground(func() { discard(last) }) // the try before has failed
		}
		returned = false
	}
	r := g.inForce.Load()
	w := work{lease: lease, fn: func(ctx context.Context) (err error) {
		discardLast()
		result, err = fn(ctx)
		returned = true
		return err
	}}
	if r.hedge != nil {
		w.race = func(ctx context.Context, end time.Time) (err error) {
			discardLast()
			attempts := &race[T]{guard: r, ctx: ctx, end: end, lease: lease, fn: fn, discard: discard}
			result, returned, err = attempts.run()
			return err
		}
	}
	err := r.layered(ctx, w)
	return result, err
}

// A hedged method panics with a *Panic when one of its attempts has panicked: the attempt ran on
// another goroutine, whose stack would be lost.
type Panic struct {
	Value any    // what the attempt panicked with
	Stack []byte // of the attempt's goroutine, as by [debug.Stack]
}

// String returns the value and the stack.
func (p *Panic) String() string { return fmt.Sprintf("%v\n\n%s", p.Value, p.Stack) }

// A race is one hedged attempt: several attempts of which the first success counts.
type race[T any] struct {
	guard     *regime
	ctx       context.Context // the caller's
	end       time.Time       // of the call, by its timeout; zero for none
	lease     *Lease          // holds the context of the winner, if its result outlives the call; or nil
	fn        func(context.Context) (T, error)
	discard   func(T) // or nil
	answers   chan answer[T]
	attempts  []racer    // begun
	running   int        // of these, those that the race waits for
	away      int        // those of which there is no answer yet
	last      *answer[T] // that the race is judging
	failed    *answer[T] // the best that there is, if no attempt succeeds
	notBefore time.Time  // the other side has asked for no attempt before
	counted   bool       // the budget was told of this call, which does not retry
}

// A racer is an attempt of a race.
type racer struct {
	cancel context.CancelFunc
	over   bool // the race does not wait for it
}

// An answer is how one attempt ended.
type answer[T any] struct {
	attempt  int // of those begun, from 0
	value    T
	returned bool // the method has, with this value
	err      error
	panic    *Panic
	goexit   bool
	deaf     bool // its context has ended, and it has not: there will be another answer, which nobody waits for
}

// run holds the race, and returns how it ended: the value, whether an attempt has returned it, and
// the error.
func (r *race[T]) run() (T, bool, error) {
	r.answers = make(chan answer[T], 2*(1+r.guard.hedge.Max))
	defer r.clear()
	r.begin()
	slow := newSlowTimer(r.guard)
	defer slow.Stop()
	for {
		select {
		case a := <-r.answers:
			if !r.takes(a) {
				continue
			}
			if r.last = &a; r.decides(a) {
				return r.leave(a)
			}
			r.setAside(a)
			if asked := r.notBefore; r.repeats(a) || r.notBefore != asked {
				slow.again(r.notBefore)
			}
			if r.running == 0 {
				return r.leave(*r.failed)
			}
		case <-slow.C:
			if r.hedge() {
				slow.again(r.notBefore)
			}
		}
	}
}

// repeats begins a further attempt because one has failed: at once, unless there was no room for
// that, or the other side asks for time.
func (r *race[T]) repeats(a answer[T]) bool {
	now := time.Now()
	if hint := r.guard.retry.cappedHint(a.err); hint > 0 {
		r.notBefore = latest(r.notBefore, now.Add(hint))
	}
	return !r.guard.rejected(a.err) && !now.Before(r.notBefore) && r.hedge()
}

func latest(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// begin begins an attempt.
func (r *race[T]) begin() {
	ctx, cancel := context.WithCancel(r.ctx)
	r.attempts = append(r.attempts, racer{cancel: cancel})
	r.running++
	r.away++
	go r.attempt(ctx, len(r.attempts)-1)
}

// attempt makes one attempt. However it ends, there is an answer, and one more before that if its
// context ends first.
func (r *race[T]) attempt(ctx context.Context, n int) {
	a := answer[T]{attempt: n, goexit: true}
	defer func() {
		if thrown := recover(); thrown != nil {
			a.panic, a.goexit = &Panic{thrown, debug.Stack()}, false
		}
		r.answers <- a
	}()
	var lease Lease
	w := work{fn: func(ctx context.Context) (err error) {
		defer r.listen(ctx, n)()
		a.value, err = r.fn(ctx)
		a.returned = true
		return err
	}}
	if r.lease != nil {
		w.lease = &lease // attempts share none: what is held ends with the attempt's context
	}
	began := time.Now()
	err := r.guard.judgedAttempt(&call{ctx: ctx, end: r.end}, w)
	if err == nil && r.guard.hedge.Quantile > 0 {
		r.guard.latency.add(time.Since(began))
	}
	if lease.late {
		r.drop(a)
		a = answer[T]{attempt: n, goexit: true}
	}
	a.err, a.goexit = err, false
}

// listen gives an answer for an attempt that goes on after its context has ended, until it is told
// that the attempt has returned. An attempt that listens to its context has a chance to return
// first: its own answer says more.
func (r *race[T]) listen(ctx context.Context, n int) (returned func()) {
	var over atomic.Bool // one of the two has happened
	stop := context.AfterFunc(ctx, func() {
		for range 64 {
			if over.Load() {
				return
			}
			runtime.Gosched()
		}
		if !over.Swap(true) {
			r.answers <- answer[T]{attempt: n, deaf: true, err: endedBy(r.guard, ctx)}
		}
	})
	return func() {
		stop()
		over.Store(true)
	}
}

// endedBy returns the error of an attempt whose context has ended.
func endedBy(g *regime, ctx context.Context) error {
	switch context.Cause(ctx) {
	case errAttemptTimeout:
		return &timeoutError{"attempt", g.timeout.Attempt, ctx.Err()}
	case errCallTimeout:
		return g.callTimedOut(ctx.Err())
	}
	return ctx.Err()
}

// takes reports whether the race waited for an answer.
func (r *race[T]) takes(a answer[T]) bool {
	if !a.deaf {
		r.away--
	}
	if r.attempts[a.attempt].over {
		if !a.deaf {
			r.lose(a)
		}
		return false
	}
	r.attempts[a.attempt].over = true
	r.running--
	return true
}

// hedge begins a further attempt if policy and budget allow it. No attempt that runs is disturbed
// by that.
func (r *race[T]) hedge() bool {
	g := r.guard
	if len(r.attempts) > g.hedge.Max || (&call{ctx: r.ctx, end: r.end}).isOver(time.Now()) {
		return false
	}
	if g.retry == nil && !r.counted { // with a retry, the call counts from its first retry on
		r.counted = true
		g.stats.retrying.Add(1)
	}
	if !g.budget.take(time.Now()) {
		g.stats.overBudget.Add(1)
		g.tell(Event{Kind: OverBudget, Attempt: len(r.attempts)})
		return false
	}
	g.stats.hedges.Add(1)
	g.tell(Event{Kind: Hedging, Attempt: len(r.attempts)})
	r.begin()
	return true
}

// decides reports whether an answer settles the race: success, or what no other attempt would
// change. That an attempt was rejected says nothing about those that run.
func (r *race[T]) decides(a answer[T]) bool {
	return a.err == nil || a.panic != nil || a.goexit || isPermanent(a.err) ||
		r.guard.retry != nil && !r.guard.rejected(a.err) && (matchAny(r.guard.retry.Never, a.err) || !r.guard.retry.wants(a.err))
}

// setAside keeps the answer of an attempt that failed, in case that none succeeds. It keeps the
// last answer, but rather a failure than a rejection, and rather one that says when to come back
// than one that does not.
func (r *race[T]) setAside(a answer[T]) {
	worse := &a
	if hint := r.guard.retry.cappedHint; r.failed == nil || !r.guard.rejected(a.err) && hint(r.failed.err) <= hint(a.err) {
		worse, r.failed = r.failed, &a
	}
	r.last = nil
	if worse != nil {
		r.drop(*worse)
	}
}

// leave leaves the race with an answer, on the caller's goroutine. The context of an attempt that
// won goes to the lease.
func (r *race[T]) leave(with answer[T]) (T, bool, error) {
	switch {
	case with.panic != nil:
		panic(with.panic)
	case with.goexit:
		runtime.Goexit()
	case with.err == nil:
		if r.counted {
			r.guard.stats.recovered.Add(1)
		}
		if r.lease != nil {
			winner := &r.attempts[with.attempt]
			r.lease.held, winner.cancel = endFunc(winner.cancel), nil
		}
	}
	for _, kept := range []**answer[T]{&r.last, &r.failed} {
		if *kept != nil && (*kept).attempt == with.attempt {
			*kept = nil
		}
	}
	return with.value, with.returned, with.err
}

// An endFunc ends a context.
type endFunc context.CancelFunc

func (f endFunc) end() { f() }

// clear clears up behind the race, also where something that is the user's has ended it. All
// contexts end, but for one that a lease holds, and what the other attempts have returned or will
// return goes to discard.
func (r *race[T]) clear() {
	for _, a := range r.attempts {
		if a.cancel != nil {
			a.cancel()
		}
	}
	if r.away > 0 {
		go func() {
			for r.away > 0 {
				if a := <-r.answers; !a.deaf {
					r.away--
					r.lose(a)
				}
			}
		}()
	}
	for _, kept := range []*answer[T]{r.last, r.failed} {
		if kept != nil {
			r.drop(*kept)
		}
	}
}

// lose takes an answer that nobody waits for any more.
func (r *race[T]) lose(a answer[T]) {
	if a.err == nil && a.panic == nil && !a.goexit {
		r.guard.stats.superfluous.Add(1)
	}
	r.drop(a)
}

// drop discards what an attempt returned that nobody gets. It is not waited for: discarding may
// take its time.
func (r *race[T]) drop(a answer[T]) {
	if a.returned && r.discard != nil {
		r.guard.discardInBackground(func() { r.discard(a.value) })
	}
}

// A slowTimer fires when an attempt is slow.
type slowTimer struct {
	*time.Timer
	after time.Duration
}

// newSlowTimer starts the timer of a race's first attempt. While the quantile is not known yet, no
// attempt is slow.
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

// never is a time that nobody waits for: the longest.
const never = time.Duration(math.MaxInt64)

// again starts the timer once more, for the next attempt, which does not begin before the time for
// which the other side asks.
func (s slowTimer) again(notBefore time.Time) { s.Reset(max(s.after, time.Until(notBefore))) }
