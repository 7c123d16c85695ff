package forecast

// This file is the longest call that a policy allows.

import (
	"math"
	"time"

	resil "github.com/resilgen/resilgen/runtime"
)

// A Worst is the longest call that a policy allows: all numbers are what they are at most. A time
// of 0 is one without a bound, except for Waits.
type Worst struct {
	Tries    int // attempts of one call at most, hedges aside: those that follow one another
	Attempts int // the same, those of hedges included

	Waits    time.Duration // all waits between tries together
	Each     time.Duration // how long a try takes, with its hedges and its waits for rate limit and bulkhead
	Unqueued time.Duration // how long a try takes that neither rate limit nor bulkhead lets wait

	// Needed is how long a call takes in which every try takes its time, and none waits for rate
	// limit and bulkhead: Tries × Unqueued + Waits. A call timeout below it cuts the last attempts
	// short.
	Needed time.Duration

	Longest time.Duration // how long a call takes: Tries × Each + Waits, or the call timeout if that is less
	Hinted  time.Duration // how long it takes if every answer asks for the longest wait that hint= allows

	Timeline []Span // the tries of the longest call, at most [MaxSpans]
}

// WorstOf returns the worst case of a valid policy.
func WorstOf(p resil.Policy) Worst {
	w := Worst{
		Tries:    tries(p),
		Attempts: tries(p),
		Waits:    waits(p.Retry, 0),
		Each:     longestTry(p, queueing(p)),
		Unqueued: longestTry(p, 0),
	}
	if p.Hedge != nil {
		w.Attempts = int(min(int64(w.Tries)*int64(1+p.Hedge.Max), math.MaxInt32))
	}
	if w.Unqueued > 0 {
		w.Needed = plus(times(w.Unqueued, w.Tries), w.Waits)
	}
	w.Longest = w.longest(p, w.Waits)
	w.Hinted = w.Longest
	if p.Retry != nil {
		w.Hinted = w.longest(p, waits(p.Retry, p.Retry.Hint))
	}
	w.Timeline = timeline(p, w.Each)
	return w
}

// longest returns how long a call takes at most if its waits between tries take so long together; 0
// is unbounded.
func (w *Worst) longest(p resil.Policy, waits time.Duration) time.Duration {
	bound := time.Duration(0)
	if p.Timeout != nil {
		bound = p.Timeout.Call
	}
	if w.Each == 0 {
		return bound
	}
	sum := plus(times(w.Each, w.Tries), waits)
	if bound == 0 {
		return sum
	}
	return min(sum, bound)
}

// tries returns how many attempts a call makes, those of hedges aside.
func tries(p resil.Policy) int {
	if p.Retry == nil {
		return 1
	}
	return p.Retry.Attempts
}

// queueing returns how long an attempt waits for rate limit and bulkhead at most.
func queueing(p resil.Policy) (wait time.Duration) {
	if p.RateLimit != nil {
		wait = plus(wait, p.RateLimit.Wait)
	}
	if p.Bulkhead != nil {
		wait = plus(wait, p.Bulkhead.Wait)
	}
	return wait
}

// longestTry returns how long a try takes at most, with the hedges beside it, if each attempt waits
// so long for rate limit and bulkhead. A hedge begins when the attempt that began last is slow, or
// when one has failed. It is 0 without an attempt timeout.
func longestTry(p resil.Policy, queueing time.Duration) time.Duration {
	if p.Timeout == nil || p.Timeout.Attempt == 0 {
		return 0
	}
	each := plus(p.Timeout.Attempt, queueing)
	if p.Hedge == nil {
		return each
	}
	after := p.Hedge.After
	if after == 0 { // a quantile
		after = each
	}
	begun := []time.Duration{0}
	for range p.Hedge.Max {
		last := begun[len(begun)-1]
		next := plus(last, after)
		for _, b := range begun {
			if end := plus(b, each); end > last {
				next = min(next, end)
			}
		}
		begun = append(begun, next)
	}
	return plus(begun[len(begun)-1], each)
}
