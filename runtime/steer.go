package resil

import "time"

// This file is for operators: looking at a breaker, and overruling it.

// forced is what an operator wants.
type forced uint8

const (
	asItIs forced = iota
	forcedOpen
	forcedClosed
)

// State returns the state of the method's breaker; Closed if the policy has none.
func (g *Guard) State() State {
	b := g.now.Load().breaker
	if b == nil {
		return Closed
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.sync(time.Now())
	return b.shown()
}

// TimeLeft returns for how long the method's breaker stays open, if it is open; else zero. It is zero for one that is forced open, too.
func (g *Guard) TimeLeft() time.Duration {
	if g.State() != Open {
		return 0
	}
	return g.now.Load().breaker.reject.Load().RetryAfter()
}

// ForceOpen makes the method's breaker reject all calls until Reset or ForceClosed. Without a breaker it does nothing.
func (g *Guard) ForceOpen() { g.force(forcedOpen) }

// ForceClosed makes the method's breaker pass all calls until Reset or ForceOpen; it goes on counting. Without a breaker it does nothing.
func (g *Guard) ForceClosed() { g.force(forcedClosed) }

// Reset ends a forced state, closes the method's breaker and forgets all outcomes. Without a breaker it does nothing.
func (g *Guard) Reset() { g.force(asItIs) }

// force begins with a new machine, closed: results of calls that are under way are late, and discarded.
func (g *Guard) force(f forced) {
	b := g.now.Load().breaker
	if b == nil {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	now := time.Now()
	before := b.shown()
	if b.reopen != nil {
		b.reopen.Stop()
	}
	b.forced = f
	b.renew()
	b.probes = nil
	b.restart(now)
	if f == forcedOpen {
		b.rejectUntil(time.Time{})
	}
	b.word.Add(oneEpoch)
	b.show(before)
}

// shown is the state that calls meet.
func (b *breaker) shown() State {
	if b.forced == forcedOpen {
		return Open
	}
	return b.state
}

// Client returns the client that the guard belongs to.
func (g *Guard) Client() *Client { return g.client }

// Policy returns the policy in force. Its parts are not to be changed.
func (g *Guard) Policy() Policy { return g.now.Load().policy }
