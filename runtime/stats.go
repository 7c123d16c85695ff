package resil

// This file counts what becomes of calls.

import (
	"context"
	"errors"
	"sync/atomic"
	"time"
)

// stats counts what becomes of a method's calls. Successes that no breaker sees have a counter of
// their own, which is added when somebody looks. All counts only grow.
type stats struct {
	succeeded         atomic.Int64 // attempts that returned nil, but for those in Guard.successes
	attemptsWithError atomic.Int64 // attempts that returned an error or did not return
	permanent         atomic.Int64 // calls that ended with an error that counts as success
	failed            atomic.Int64 // calls that failed
	neither           atomic.Int64 // calls whose caller went away
	rejectedOpen      atomic.Int64 // calls that the breaker rejected, without an attempt
	rejectedFull      atomic.Int64 // the same for the bulkhead
	rejectedRate      atomic.Int64 // the same for the rate limit
	retrying          atomic.Int64 // calls that wanted to retry or hedge, be it that the budget refused
	recovered         atomic.Int64 // of these, those that succeeded in the end
	retries           atomic.Int64
	hedges            atomic.Int64
	superfluous       atomic.Int64 // attempts of a hedge that succeeded after another had
	fallbacks         atomic.Int64
	overBudget        atomic.Int64
	bulkheadFull      error // what those that are rejected get
	rateLimited       error
}

func newStats(g *Guard) *stats {
	return &stats{bulkheadFull: &limitError{g, ErrBulkheadFull}, rateLimited: &limitError{g, ErrRateLimited}}
}

// attemptEnded counts an attempt that was not just a success like all others.
func (s *stats) attemptEnded(g *regime, err error) {
	switch {
	case err == nil:
		s.succeeded.Add(1)
	case !g.rejected(err):
		s.attemptsWithError.Add(1)
	}
}

// callAbandoned counts a call that did not return, by what was thrown; nil stands for
// runtime.Goexit.
func (s *stats) callAbandoned(thrown any) {
	if thrown != nil {
		s.failed.Add(1)
	} else {
		s.neither.Add(1)
	}
}

// callEnded counts a call that returned an error.
func (s *stats) callEnded(g *regime, ctx context.Context, err error) {
	switch g.judge(ctx, err) {
	case success:
		s.permanent.Add(1)
		return
	case failure:
		s.failed.Add(1)
		return
	}
	switch {
	case isNoAttempt(err) && ctx.Err() == nil && errors.Is(err, ErrTimeout): // the call's time was over while it waited
		s.failed.Add(1)
	case !g.rejected(err), isNoAttempt(err):
		s.neither.Add(1)
	case errors.Is(err, ErrBulkheadFull):
		s.rejectedFull.Add(1)
	case errors.Is(err, ErrRateLimited):
		s.rejectedRate.Add(1)
	default:
		s.rejectedOpen.Add(1)
	}
}

// A Snapshot is what became of a client's calls since it was made. While calls go on its numbers
// are of slightly different moments.
type Snapshot struct {
	Client     string
	Methods    []MethodSnapshot // in the order in which the guards were made
	BudgetLeft int              // retries that the budget's share still allows; -1 without a budget

	EventsLeftOut  int64 // events of calls that no [Observer] was told of, because too many were waiting
	ObserverPanics int64 // panics of observers, log handlers among them
	DiscardPanics  int64 // panics of closing what came in after the call had returned; see [Close]
}

// A MethodSnapshot is what became of a method's calls: Calls = Succeeded + Failed + Neither +
// RejectedOpen + RejectedFull + RejectedRate.
type MethodSnapshot struct {
	Method       string
	Calls        int64         // calls that have ended
	Succeeded    int64         // calls that returned no error, or one that counts as a success
	Failed       int64         // calls that failed
	Neither      int64         // calls whose caller went away, or whose error ignore= names
	RejectedOpen int64         // calls that the breaker rejected, without an attempt
	RejectedFull int64         // calls that the bulkhead rejected, without an attempt
	RejectedRate int64         // calls that the rate limit rejected, without an attempt
	Attempts     int64         // attempts, of all calls; a rejection is none
	Retries      int64         // tries after the first of each call, those that were rejected included
	Hedges       int64         // attempts of a hedge after the first
	Fallbacks    int64         // calls for which the fallback was called
	OverBudget   int64         // retries and hedges that the budget did not allow
	State        State         // the breaker's, of several by key= the worst; Closed without one
	TimeLeft     time.Duration // for how long the breaker stays open
	LastCause    error         // the last failure that the breaker saw since it was made, forced or reset
}

// Snapshot returns what became of the client's calls. It may be called at any time.
func (c *Client) Snapshot() Snapshot {
	s := Snapshot{Client: c.name, BudgetLeft: -1}
	c.mu.Lock()
	budget := c.budget
	c.mu.Unlock()
	if budget != nil {
		s.BudgetLeft = budget.remaining()
	}
	s.EventsLeftOut, s.ObserverPanics = c.events.counts()
	s.DiscardPanics = c.discards.count.Load()
	for _, g := range c.guards {
		s.Methods = append(s.Methods, g.snapshot())
	}
	return s
}

func (g *Guard) snapshot() MethodSnapshot {
	s := g.stats
	clean := g.successes.sum() + s.succeeded.Load()
	m := MethodSnapshot{
		Method:       g.method,
		Succeeded:    clean - s.superfluous.Load() + s.permanent.Load(),
		Failed:       s.failed.Load(),
		Neither:      s.neither.Load(),
		RejectedOpen: s.rejectedOpen.Load(),
		RejectedFull: s.rejectedFull.Load(),
		RejectedRate: s.rejectedRate.Load(),
		Attempts:     clean + s.attemptsWithError.Load(),
		Retries:      s.retries.Load(),
		Hedges:       s.hedges.Load(),
		Fallbacks:    s.fallbacks.Load(),
		OverBudget:   s.overBudget.Load(),
	}
	m.State, m.TimeLeft, m.LastCause = g.inForce.Load().status()
	m.Calls = m.Succeeded + m.Failed + m.Neither + m.RejectedOpen + m.RejectedFull + m.RejectedRate
	return m
}

// callsForBudget returns how many calls the budget knows of: those that succeeded at once, and
// those that went on to retry or hedge.
func (g *Guard) callsForBudget() int64 {
	s := g.stats
	return g.successes.sum() + s.succeeded.Load() - s.recovered.Load() - s.superfluous.Load() + s.retrying.Load()
}
