package forecast

// This file plays an outage against a policy, attempt by attempt, until the breaker has seen
// enough.

import (
	"container/heap"
	"time"

	resil "github.com/resilgen/resilgen/runtime"
)

// A drill is an outage that is played. Its times count from the first failure.
type drill struct {
	policy   resil.Policy
	gap      time.Duration // between calls
	schedule []Span        // of the tries of one call, if each fails at once
	pending  pendingTries  // retries that are to come
	budget   budget
	window   window
	streak   int // failures in a row
}

func newDrill(p resil.Policy, gap time.Duration) *drill {
	return &drill{policy: p, gap: gap, schedule: timeline(p, 0), budget: healthyBudget(p, gap), window: healthyWindow(p.Breaker, gap)}
}

// maxTries is how many tries a drill plays at most. Beyond, a breaker counts as one that does not
// open.
const maxTries = 1_000_000

// run returns when the breaker opens. It does not open if it has not by the time from which on
// nothing changes.
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

// steadyFrom returns a time from which on every moment is like the one before: the windows of
// breaker and budget are full of failures.
func (d *drill) steadyFrom() time.Duration {
	b := d.policy.Breaker
	calls := times(d.gap, b.WindowCalls+b.ConsecutiveFailures+1)
	lastTry := d.schedule[len(d.schedule)-1].Begin
	return plus(plus(2*b.Window, calls), plus(lastTry, 2*budgetSeconds*time.Second))
}

// fails plays a try that fails, with its hedges, and reports whether the breaker opens.
func (d *drill) fails(t try) bool {
	if t.n == 0 && t.at > 0 {
		d.budget.call(t.at)
	}
	failures := 1
	if h := d.policy.Hedge; h != nil {
		for range h.Max {
			if d.budget.take(t.at) {
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
	if n := t.n + 1; n < len(d.schedule) && d.budget.take(t.at) {
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

// A try is the n-th of a call, from 0.
type try struct {
	n  int
	at time.Duration
}

// A pendingTries is a heap by time.
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
