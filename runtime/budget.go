package resil

// This file bounds the retries and hedges of a client.

import (
	"math"
	"slices"
	"sync"
	"time"
)

// A budget bounds the retries and hedges of a client, as [ErrBudget] says: over the last ten
// seconds they are at most a share of its calls, and in each second so many are allowed in any
// case.
//
// The share of calls over a window with a reserve is that of Finagle's RetryBudget
// (https://twitter.github.io/finagle/guide/Clients.html#retries); there the reserve is spread over
// the window, here it is by the second. A share above 100 %, which Finagle allows, is refused: a
// client that sends twice its calls again is what a budget is to prevent.
//
// Calls are not reported to the budget, which would cost every healthy call: when it is asked for a
// retry that what it knows of does not allow, and in each second at least once, it looks at how
// many there were since the last time, and takes them as evenly spread over the time since.
type budget struct {
	share float64
	floor float64

	mu      sync.Mutex
	members []budgetMember
	began   time.Time // seconds count from here
	second  int64     // the current one
	cells   [budgetSeconds]budgetCell
	earlier budgetCell // the sum of all but the current one
}

// budgetSeconds is over how many seconds calls and retries are compared.
const budgetSeconds = 10

// A budgetMember is a guard whose calls count.
type budgetMember struct {
	*Guard
	seen int64 // its calls when last looked at
}

// A budgetCell is one second.
type budgetCell struct {
	calls   float64
	retries int
}

func newBudget(share, floor float64) *budget {
	return &budget{share: share, floor: floor, began: time.Now()}
}

// join makes the budget count the calls of a guard from now on.
func (b *budget) join(g *Guard) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.members = append(b.members, budgetMember{g, g.callsForBudget()})
}

// leave takes a guard's calls out, but for those that have been counted, and reports whether
// nobody's are left.
func (b *budget) leave(g *Guard) (deserted bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.look(time.Now())
	b.members = slices.DeleteFunc(b.members, func(m budgetMember) bool { return m.Guard == g })
	return len(b.members) == 0
}

// set changes the bounds.
func (b *budget) set(share, floor float64) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.share, b.floor = share, floor
}

// take takes one retry from the budget, at the time now, if it has one. A nil budget is without
// bounds.
func (b *budget) take(now time.Time) bool {
	if b == nil {
		return true
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.secondAt(now) > b.second || b.balance() < 1 { // further calls of this second would only leave more
		b.look(now)
	}
	if b.balance() < 1 && !b.underFloor() {
		return false
	}
	b.cells[b.second%budgetSeconds].retries++
	return true
}

// underFloor reports whether a further retry would still be under the floor: that of the current
// second, or, for a floor below one a second, of as many seconds as one takes.
func (b *budget) underFloor() bool {
	if b.floor == 0 {
		return false
	}
	span := int64(math.Ceil(1 / b.floor)) // Policy.Validate sees to it that there are so many cells
	retries := 0
	for s := max(0, b.second-span+1); s <= b.second; s++ {
		retries += b.cells[s%budgetSeconds].retries
	}
	return float64(retries+1) <= max(1, b.floor)
}

// remaining returns how many retries the share of calls still allows, the floor aside.
func (b *budget) remaining() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.look(time.Now())
	return max(0, int(b.balance()))
}

func (b *budget) balance() float64 {
	now := b.cells[b.second%budgetSeconds]
	return b.share*(b.earlier.calls+now.calls) - float64(b.earlier.retries+now.retries) + rounding
}

// rounding keeps a tenth of ten calls from being a little less than one.
const rounding = 1e-6

// secondAt returns the second of the time now; a clock that is behind stands still.
func (b *budget) secondAt(now time.Time) int64 {
	return max(b.second, int64(now.Sub(b.began)/time.Second))
}

// look moves on to the current second and counts the calls since the last look.
func (b *budget) look(now time.Time) {
	var calls float64
	for i := range b.members {
		m := &b.members[i]
		begun := m.callsForBudget()
		calls += float64(begun - m.seen)
		m.seen = begun
	}
	second := b.secondAt(now)
	passed := second - b.second
	perSecond := calls / float64(max(passed, 1))
	if passed == 0 {
		b.cells[second%budgetSeconds].calls += calls
	}
	for s := max(b.second+1, second-budgetSeconds+1); s <= second; s++ {
		b.cells[s%budgetSeconds] = budgetCell{calls: perSecond}
	}
	b.second = second
	if passed > 0 {
		b.earlier = budgetCell{}
		for s := range int64(budgetSeconds) {
			if s != second%budgetSeconds {
				b.earlier.calls += b.cells[s].calls
				b.earlier.retries += b.cells[s].retries
			}
		}
	}
}
