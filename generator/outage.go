package generator

// This file plays a full outage against a policy, call by call: what reaches the other side, and
// when the breaker has seen enough.

import (
	"container/heap"
	"math"
	"time"

	resil "github.com/resilgen/resilgen/runtime"
)

// An Outage is what happens when, after a long healthy time with so many calls a second, evenly
// spaced, from one moment on every attempt fails at once. The method is taken to be alone in its
// client, with one value of key=. The breaker does not see what rate limit and bulkhead reject, so
// under these it may open later.
type Outage struct {
	CallsPerSecond int

	// Attempts a second that the other side gets while no breaker is open: if there were no retry
	// budget, and under the budget that there is.
	Unbudgeted, Budgeted float64

	Breaker bool          // there is one
	Opens   bool          // it opens
	After   time.Duration // how long after the first failure it does
}

// outageAt plays the outage at a number of calls a second.
func outageAt(p resil.Policy, rate int) Outage {
	perCall := len(timeline(p, 0))
	if p.Hedge != nil {
		perCall *= 1 + p.Hedge.Max
	}
	calls := float64(rate)
	o := Outage{CallsPerSecond: rate, Unbudgeted: calls * float64(perCall)}
	o.Budgeted = o.Unbudgeted
	if share, floor, bounded := budgetOf(p); bounded {
		o.Budgeted = min(o.Unbudgeted, calls+max(share*calls, floor))
	}
	if l := p.RateLimit; l != nil {
		o.Unbudgeted, o.Budgeted = min(o.Unbudgeted, l.Rate), min(o.Budgeted, l.Rate)
	}
	if p.Breaker != nil {
		o.Breaker = true
		o.After, o.Opens = newDrill(p, time.Second/time.Duration(rate)).run()
	}
	return o
}

// budgetOf returns the share and the floor of the retry budget; those of a hedge alone are the
// defaults. The budget counts calls that succeed at once and calls that retry or hedge.
func budgetOf(p resil.Policy) (share, floor float64, bounded bool) {
	r := p.Retry
	if r == nil {
		r = resil.NewPolicy(resil.Setting{Directive: "retry"}).Retry
	}
	return r.Budget, r.Floor, !r.Unbudgeted
}

// A drill is an outage that is played. Its times count from the first failure.
type drill struct {
	policy   resil.Policy
	gap      time.Duration // between calls
	schedule []Span        // of the attempts of one call, if each fails at once
	pending  pendingTries  // retries that are to come
	window   pastCalls
	streak   int               // failures in a row
	calls    map[int64]float64 // by second, as the budget counts them
	retries  map[int64]int     // taken from the budget
}

func newDrill(p resil.Policy, gap time.Duration) *drill {
	d := &drill{policy: p, gap: gap, schedule: timeline(p, 0), window: healthy(p.Breaker, gap), calls: map[int64]float64{}, retries: map[int64]int{}}
	for s := range int64(budgetSeconds) { // the budget spreads the calls before its first look evenly, the current second included
		d.calls[-s] = float64(time.Second) / float64(gap)
	}
	return d
}

// maxTries is how many attempts a drill plays at most. Beyond, a breaker counts as one that does
// not open.
const maxTries = 1_000_000

// run returns when the breaker opens. It does not if nothing changes any more and it has not.
func (d *drill) run() (after time.Duration, opens bool) {
	nextCall, end := time.Duration(0), d.steadyFrom()
	for range maxTries {
		next := try{at: nextCall}
		if len(d.pending) > 0 && d.pending[0].at <= nextCall {
			next = heap.Pop(&d.pending).(try)
		} else {
			nextCall += d.gap
		}
		if next.at > end {
			return 0, false
		}
		if d.fails(next) {
			return next.at, true
		}
	}
	return 0, false
}

// steadyFrom returns a time from which on every moment is like the one before: windows are full of
// failures, of breaker and budget.
func (d *drill) steadyFrom() time.Duration {
	b := d.policy.Breaker
	calls := times(d.gap, b.WindowCalls+b.ConsecutiveFailures+1)
	return plus(plus(2*b.Window, calls), plus(d.schedule[len(d.schedule)-1].Begin, 2*budgetSeconds*time.Second))
}

// fails plays an attempt that fails, with its hedges, and reports whether the breaker opens.
func (d *drill) fails(t try) bool {
	if t.n == 0 && t.at > 0 {
		d.calls[int64(t.at/time.Second)]++
	}
	failures := 1
	if h := d.policy.Hedge; h != nil {
		for range h.Max {
			if d.take(t.at) {
				failures++
			}
		}
	}
	perCall := d.policy.Breaker.PerCall
	for range failures {
		if !perCall && d.record(t.at) {
			return true
		}
	}
	if n := t.n + 1; n < len(d.schedule) && d.take(t.at) {
		heap.Push(&d.pending, try{n, t.at + d.schedule[n].Begin - d.schedule[t.n].Begin})
		return false
	}
	return perCall && d.record(t.at)
}

// record counts a failure and reports whether it opens the breaker.
func (d *drill) record(at time.Duration) bool {
	b := d.policy.Breaker
	d.streak++
	if b.ConsecutiveFailures > 0 && d.streak >= b.ConsecutiveFailures {
		return true
	}
	if b.FailureRatio == 0 {
		return false
	}
	calls, failures := d.window.add(at)
	return calls >= b.MinCalls && float64(failures)/float64(calls) >= b.FailureRatio
}

// budgetSeconds is over how many seconds the runtime compares calls and retries.
const budgetSeconds = 10

// take takes a retry from the budget, as the runtime does.
func (d *drill) take(at time.Duration) bool {
	share, floor, bounded := budgetOf(d.policy)
	if !bounded {
		return true
	}
	second := int64(at / time.Second)
	retries := func(seconds int64) (n int) {
		for s := second - seconds + 1; s <= second; s++ {
			n += d.retries[s]
		}
		return n
	}
	calls := 0.
	for s := second - budgetSeconds + 1; s <= second; s++ {
		calls += d.calls[s]
	}
	left := share*calls - float64(retries(budgetSeconds))
	underFloor := floor > 0 && float64(retries(int64(math.Ceil(1/floor)))+1) <= max(1, floor)
	if left < 1 && !underFloor {
		return false
	}
	d.retries[second]++
	return true
}

// A try is the n-th attempt of a call, from 0.
type try struct {
	n  int
	at time.Duration
}

// pendingTries is a heap by time.
type pendingTries []try

func (p pendingTries) Len() int           { return len(p) }
func (p pendingTries) Less(i, j int) bool { return p[i].at < p[j].at }
func (p pendingTries) Swap(i, j int)      { p[i], p[j] = p[j], p[i] }
func (p *pendingTries) Push(x any)        { *p = append(*p, x.(try)) }
func (p *pendingTries) Pop() any {
	last := (*p)[len(*p)-1]
	*p = (*p)[:len(*p)-1]
	return last
}

// A pastCalls is the window of a breaker: what it still holds of the healthy time, and the failures
// since. A window of time slides in tenths, like the runtime's.
type pastCalls struct {
	size     int           // of a window of calls; else 0
	period   time.Duration // a tenth of a window of time
	gap      time.Duration // between the calls of the healthy time
	failures map[int64]int // by period; of a window of calls, all in one
}

// healthy returns the window at the end of the healthy time.
func healthy(b *resil.Breaker, gap time.Duration) pastCalls {
	return pastCalls{b.WindowCalls, max(b.Window/10, 1), gap, map[int64]int{}}
}

// add adds a failure at a time and returns what the window holds.
func (w *pastCalls) add(at time.Duration) (calls, failures int) {
	if w.size > 0 {
		w.failures[0]++
		return w.size, min(w.failures[0], w.size)
	}
	age := int64(at / w.period)
	w.failures[age]++
	for a := age - 9; a <= age; a++ {
		failures += w.failures[a]
	}
	successes := int(w.period * time.Duration(max(0, 9-age)) / w.gap)
	return successes + failures, failures
}
