package resil

// This file is for operators, who look at breakers and overrule them. What an operator has forced
// is a matter of the method, whichever breaker that goes by: the method takes it along to another
// breaker, and finds it again when overrides switch the breaker off and on.

import "time"

// A forcedState is what an operator has forced a breaker to.
type forcedState uint8

const (
	notForced forcedState = iota
	forcedOpen
	forcedClosed
)

// State returns the state of the method's breaker; Closed if the policy has none. Where key=
// divides the breaker, State returns the worst of all keys: Open if one of them is.
func (g *Guard) State() State {
	state, _, _ := g.current().inForce.Load().status()
	return state
}

// TimeLeft returns for how long the method's breaker stays open; zero if it is not open, or is
// forced open. Where key= divides the breaker, TimeLeft returns the longest of all keys.
func (g *Guard) TimeLeft() time.Duration {
	_, left, _ := g.current().inForce.Load().status()
	return left
}

// ForceOpen makes the method's breaker reject all calls until [Guard.Reset] or [Guard.ForceClosed],
// whatever overrides change meanwhile: if they let the method go by another breaker, the other one
// is forced, and if they switch the breaker off, it is forced when they switch it on again. A
// breaker that methods share is forced for all of them while they share it. With key= the breakers
// of all keys are forced, those to come included. ForceOpen does nothing where there is no breaker.
func (g *Guard) ForceOpen() { g.force(forcedOpen) }

// ForceClosed makes the method's breaker pass all calls until [Guard.Reset] or [Guard.ForceOpen],
// for the same methods and keys as ForceOpen; the breaker goes on counting. ForceClosed does
// nothing where there is no breaker.
func (g *Guard) ForceClosed() { g.force(forcedClosed) }

// Reset ends a forced state, closes the method's breaker and forgets all outcomes; with key=, those
// of all keys. Where overrides have switched the breaker off, Reset only ends the forced state that
// the breaker would have when it is on again; where there never was one, it does nothing.
func (g *Guard) Reset() { g.force(notForced) }

// force forces the method's breaker, or those of all its keys.
func (g *Guard) force(f forcedState) {
	current := g.current()
	if current == g.parent {
		return // there is no breaker for the key
	}
	if k := current.forceOwn(f); k != nil {
		k.force(f)
	}
}

// forceOwn notes what an operator wants, and forces the breaker, if there is one. Where there is
// one for each key, it returns the keys, which the caller forces. A breaker that methods share is
// that of each of them, so what is forced is noted for all: it goes with whoever leaves.
func (g *Guard) forceOwn(f forcedState) *keys {
	c := g.client
	c.mu.Lock()
	defer c.mu.Unlock()
	r := g.inForce.Load()
	if r.breaker != nil {
		for _, other := range c.guards {
			if other.inForce.Load().breaker == r.breaker {
				other.forced = f
			}
		}
		r.breaker.force(f)
	}
	if r.breaker != nil || r.keys != nil || f == notForced {
		g.forced, g.forcedKeys = f, nil
	}
	return r.keys
}

// forceUnlessOutweighed forces a breaker to what an operator has forced a method that comes to go
// by it. Open outweighs closed: it keeps load away.
func (b *breaker) forceUnlessOutweighed(f forcedState) {
	b.mu.Lock()
	outweighed := f == notForced || f == b.forced || b.forced == forcedOpen
	b.mu.Unlock()
	if !outweighed {
		b.force(f)
	}
}

// ensureForced forces a breaker to f, if it is not already: to force it begins with a new machine.
func (b *breaker) ensureForced(f forcedState) {
	b.mu.Lock()
	same := b.forced == f
	b.mu.Unlock()
	if !same {
		b.force(f)
	}
}

// forcedOn returns what an operator has forced the methods to that go by a breaker, except for one
// of them. Open outweighs closed.
func (c *Client) forcedOn(b *breaker, except *Guard) (f forcedState) {
	for _, g := range c.guards {
		if g != except && g.inForce.Load().breaker == b && (f == notForced || g.forced == forcedOpen) {
			f = g.forced
		}
	}
	return f
}

// force makes f what the breaker is forced to. It begins with a new machine, closed: results of
// calls that are under way are late, and discarded.
func (b *breaker) force(f forcedState) {
	b.mu.Lock()
	defer b.mu.Unlock()
	now := time.Now()
	before := b.shown()
	b.forced = f
	b.lastCause = nil
	b.close(now)
	if f == forcedOpen {
		b.rejectUntil(time.Time{})
	}
	b.word.Add(oneEpoch)
	b.show(before, now)
}

// status returns what there is to know of the regime's breaker, or of the worst of its keys':
// state, time left, last cause.
func (r *regime) status() (State, time.Duration, error) {
	switch {
	case r.keys != nil:
		return r.keys.worst()
	case r.breaker != nil:
		return r.breaker.status()
	}
	return Closed, 0, nil
}

// status returns what there is to know of the breaker: state, time left, last cause.
func (b *breaker) status() (State, time.Duration, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	now := time.Now()
	b.sync(now)
	if b.shown() == Open && b.forced != forcedOpen {
		return Open, b.until.Sub(now), b.lastCause
	}
	return b.shown(), 0, b.lastCause
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
func (g *Guard) Policy() Policy { return g.inForce.Load().policy }
