package forecast

// This file is the retry budget of a drill. It decides as the runtime's does: runtime/budget.go.

import (
	"math"
	"time"

	resil "github.com/resilgen/resilgen/runtime"
)

// budgetSeconds is over how many seconds the runtime compares calls and retries.
const budgetSeconds = 10

// budgetOf returns the share and the floor of the retry budget; those of a hedge alone are the
// defaults. The budget counts calls that succeed at once and calls that retry or hedge.
func budgetOf(p resil.Policy) (share, floor float64, isBounded bool) {
	r := p.Retry
	if r == nil {
		r = resil.NewPolicy(resil.Setting{Directive: "retry"}).Retry
	}
	return r.Budget, r.Floor, !r.Unbudgeted
}

// A budget counts calls, and what was taken, by the second.
type budget struct {
	share, floor float64
	isBounded    bool
	calls        map[int64]float64
	taken        map[int64]int // retries and hedges
}

// healthyBudget returns the budget at the end of the healthy time. The runtime's spreads the calls
// before its first look evenly, the current second included.
func healthyBudget(p resil.Policy, gap time.Duration) budget {
	b := budget{calls: map[int64]float64{}, taken: map[int64]int{}}
	b.share, b.floor, b.isBounded = budgetOf(p)
	for s := range int64(budgetSeconds) {
		b.calls[-s] = float64(time.Second) / float64(gap)
	}
	return b
}

// call counts a call.
func (b *budget) call(at time.Duration) { b.calls[int64(at/time.Second)]++ }

// take takes a retry, or a hedge, and reports whether there was one left: by the share of the calls
// of the last seconds, or by the floor. A floor below 1/s is one retry in as many whole seconds as
// it takes to come to one.
func (b *budget) take(at time.Duration) bool {
	if !b.isBounded {
		return true
	}
	second := int64(at / time.Second)
	taken := func(seconds int64) (n int) {
		for s := second - seconds + 1; s <= second; s++ {
			n += b.taken[s]
		}
		return n
	}
	calls := 0.
	for s := second - budgetSeconds + 1; s <= second; s++ {
		calls += b.calls[s]
	}
	left := b.share*calls - float64(taken(budgetSeconds))
	isUnderFloor := b.floor > 0 && float64(taken(int64(math.Ceil(1/b.floor)))+1) <= max(1, b.floor)
	if left < 1 && !isUnderFloor {
		return false
	}
	b.taken[second]++
	return true
}
