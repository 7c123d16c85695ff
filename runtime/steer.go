package resil

// This file is for operators: looking at breakers, and overruling them.

import "time"

// forced is what an operator wants.
type forced uint8

const (
	asItIs forced = iota
	forcedOpen
	forcedClosed
)

// State returns the state of the method's breaker; Closed if the policy has none. Where key=
// divides the breaker, it is the worst of all keys: Open if any is.
func (g *Guard) State() State {
	state, _, _ := g.current().now.Load().look()
	return state
}

// TimeLeft returns for how long the method's breaker stays open, if it is open; else zero. It is
// zero for one that is forced open, too. Of several by key=, it is the longest.
func (g *Guard) TimeLeft() time.Duration {
	_, left, _ := g.current().now.Load().look()
	return left
}

// ForceOpen makes the method's breaker reject all calls until Reset or ForceClosed, whatever
// overrides change meanwhile: if they let the method go by another breaker, that is forced, and if
// they switch it off, it is forced when they switch it on again. A breaker that methods share is
// forced for all of them while they share it. With key= it is for all keys, those to come included.
// Without a breaker it does nothing.
func (g *Guard) ForceOpen() { g.force(forcedOpen) }

// ForceClosed makes the method's breaker pass all calls until Reset or ForceOpen, as far as that
// goes; it goes on counting. Without a breaker it does nothing.
func (g *Guard) ForceClosed() { g.force(forcedClosed) }

// Reset ends a forced state, closes the method's breaker and forgets all outcomes, with key= those
// of all keys. Without a breaker it does nothing.
func (g *Guard) Reset() { g.force(asItIs) }

func (g *Guard) force(f forced) {
	current := g.current()
	if current == g.of {
		return // there is no breaker for the key
	}
	if k := current.decide(f); k != nil {
		k.force(f)
	}
}

// current returns the guard itself, or the one that stands for its key by now.
func (g *Guard) current() *Guard {
	if g.of == nil || g.key == otherKeys {
		return g
	}
	return g.of.For(g.key)
}

// decide notes what an operator wants, and forces the breaker, if there is one. Where there is one
// for each key it returns the keys. A breaker that methods share is that of each of them: the
// decision goes with whoever leaves.
func (g *Guard) decide(f forced) *keys {
	c := g.client
	c.mu.Lock()
	defer c.mu.Unlock()
	r := g.now.Load()
	if r.breaker != nil {
		for _, other := range c.guards {
			if other.now.Load().breaker == r.breaker {
				other.decided = f
			}
		}
		r.breaker.force(f)
	}
	if r.breaker != nil || r.keys != nil || f == asItIs {
		g.decided, g.forcedKeys = f, nil
	}
	return r.keys
}

// heed does to a breaker what an operator wants of a method that goes by it from now on. Open
// outweighs closed: it keeps load away.
func (b *breaker) heed(f forced) {
	b.mu.Lock()
	outweighed := f == asItIs || f == b.forced || b.forced == forcedOpen
	b.mu.Unlock()
	if !outweighed {
		b.force(f)
	}
}

// wanted returns what an operator wants of the methods that go by a breaker, but for one of them.
func (c *Client) wanted(b *breaker, but *Guard) (f forced) {
	for _, g := range c.guards {
		if g != but && g.now.Load().breaker == b && (f == asItIs || g.decided == forcedOpen) {
			f = g.decided
		}
	}
	return f
}

// heedAlone does to a breaker what an operator wants of those that are left.
func (b *breaker) heedAlone(f forced) {
	b.mu.Lock()
	same := b.forced == f
	b.mu.Unlock()
	if !same {
		b.force(f)
	}
}

// force begins with a new machine, closed: results of calls that are under way are late, and
// discarded.
func (b *breaker) force(f forced) {
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

// look returns what there is to know of the regime's breaker, or of the worst of its keys': state,
// time left, last cause.
func (r *regime) look() (State, time.Duration, error) {
	switch {
	case r.keys != nil:
		return r.keys.worst()
	case r.breaker != nil:
		return r.breaker.look()
	}
	return Closed, 0, nil
}

func (b *breaker) look() (State, time.Duration, error) {
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
func (g *Guard) Policy() Policy { return g.now.Load().policy }
