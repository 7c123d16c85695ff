package resil

// This file decides when a closed breaker opens, and keeps the word in step with the machine. All
// of it runs under the breaker's lock. For how long it stays open, and who waits for that, stands
// in breaker_open.go.

import (
	"slices"
	"time"
)

// record counts one outcome, and trips the machine if that is one too many.
func (b *breaker) record(now time.Time, failed, slow bool) {
	b.fold(now)
	if failed {
		b.streak++
	} else {
		b.streak = 0
	}
	if b.window != nil {
		b.window.add(1, failed, slow)
	}
	if b.word.Load()&flagIdle != 0 {
		b.word.And(^flagIdle)
		b.turnLater(now)
	}
	if b.shouldOpen() && b.forced != forcedClosed {
		b.trip()
	}
}

// fold counts the successes that were not seen since the last time, as of that time: the timer
// folds at the end of each period, so they are of the period at which the window still stands.
func (b *breaker) fold(now time.Time) {
	if n := b.newSuccesses(); n > 0 {
		b.streak = 0
		if b.window != nil {
			b.window.add(n, false, false)
		}
	}
	if b.window != nil {
		b.window.advance(now)
	}
}

// newSuccesses returns how many successes were counted unseen since it was last asked.
func (b *breaker) newSuccesses() int {
	var n int64
	for i := range b.members {
		m := &b.members[i]
		sum := m.successes.sum()
		n += sum - m.seen
		m.seen = sum
	}
	return int(n)
}

// shouldOpen reports whether the outcomes so far are reason enough to open.
func (b *breaker) shouldOpen() bool {
	if n := b.settings.ConsecutiveFailures; n > 0 && b.streak >= n {
		return true
	}
	return b.window != nil && b.window.counts().tooMany(b.settings)
}

// tooMany reports whether the shares of the calls reach what the settings allow.
func (t tally) tooMany(s *Breaker) bool {
	if t.calls < s.MinCalls {
		return false
	}
	calls := float64(t.calls)
	return s.FailureRatio > 0 && float64(t.failures)/calls >= s.FailureRatio ||
		s.SlowCall > 0 && float64(t.slow)/calls >= s.SlowRatio
}

// trip opens the machine: it is told of a failure, after which its ReadyToTrip always opens it.
func (b *breaker) trip() {
	if done, err := b.machine.Allow(); err == nil {
		done(errFailure)
	}
}

// watchful reports whether the next success might open the breaker, by completing the window's
// minimum or because the successes that outweighed its failures are forgotten. While it might,
// successes are seen one by one.
func (b *breaker) watchful() bool {
	if b.window == nil {
		return false
	}
	t := b.window.counts()
	return (t.failures > 0 || t.slow > 0) && (t.calls < b.settings.MinCalls || t.tooMany(b.settings))
}

// settleProbe tells the machine how a probe ended. A slow probe has failed: what opened the breaker
// goes on. A probe that comes after its lease still tells something, but has no slot to give back.
func (b *breaker) settleProbe(p *probe, o outcome, slow bool) {
	b.probes = slices.DeleteFunc(b.probes, func(q *probe) bool { return q == p })
	switch {
	case o == success && !slow:
		p.done(nil)
	case o == neither:
		if !p.late {
			p.done(errNeither)
			b.wake() // there is a slot
		}
	default:
		p.done(errFailure)
	}
}

// endLeases takes the slots of probes that have been under way for longer than the open time, and
// reports whether there were any: without it, one probe that never returns would keep the breaker
// half-open for ever.
func (b *breaker) endLeases(now time.Time) (any bool) {
	for _, p := range b.probes {
		if !p.late && now.Sub(p.began) >= b.settings.Open {
			p.late, any = true, true
			p.done(errNeither)
		}
	}
	return any
}

// sync makes the word say what the machine's state is, after anything that may have changed it, or
// when time has passed.
func (b *breaker) sync(now time.Time) {
	before := b.shown()
	switch {
	case b.tripped:
		b.tripped = false
		b.enter(Open, now)
	case b.state == Open && now.Before(b.until):
		return
	default:
		if state := b.machine.State(); state != b.state { // asking also turns open into half-open
			b.enter(state, now)
		}
	}
	b.show(before, now)
}

// enter begins the machine's new state.
func (b *breaker) enter(state State, now time.Time) {
	was := b.state
	b.state, b.probes = state, nil
	switch state {
	case Closed:
		b.close(now)
	case Open:
		if was == HalfOpen {
			b.relapse++
		}
		b.open(now)
	}
}

// close begins with a new machine, closed, and forgets all outcomes.
func (b *breaker) close(now time.Time) {
	b.stopTimer()
	b.renewMachine()
	b.state, b.probes, b.relapse = Closed, nil, 0
	b.newSuccesses()
	b.streak = 0
	if b.window != nil {
		b.window.clear(now)
	}
}

// show writes the word. A change of what it shows begins an epoch and is an event.
func (b *breaker) show(before State, now time.Time) {
	word := b.word.Load()
	idle := word & flagIdle
	word &^= flags
	after := b.shown()
	if after != before {
		word += oneEpoch
	}
	switch {
	case after == Open:
		word |= flagOpen
		if b.forced != forcedOpen && b.until.Sub(now) <= soon {
			word |= flagSoon
		}
	case after == HalfOpen:
		word |= flagHalfOpen
	default:
		if b.watchful() {
			word |= flagWatch
		}
	}
	b.word.Store(word | idle)
	if after != before { // only now, so that whoever is told meets what he is told
		b.announce(before, after)
		b.wake()
	}
}

// announce tells observers of a change of state.
func (b *breaker) announce(before, after State) {
	e := Event{Kind: StateChanged, Method: b.scope, Key: b.key, From: before, To: after}
	if after == Open && b.forced != forcedOpen {
		e.Err = b.lastCause
	}
	b.client.tell(e)
}

// turnLater sees to it that the time window's current bucket ends in time.
func (b *breaker) turnLater(now time.Time) {
	w := b.window.(*timeWindow)
	w.advance(now)
	time.AfterFunc(w.untilNext(now), func() { b.turnBucket(w) })
}

// turnBucket counts the unseen successes under the bucket that ends. It goes on while there is
// something to forget; then an unused client costs nothing and can be dropped, and the next outcome
// begins anew. A window that other settings have replaced turns no more.
func (b *breaker) turnBucket(w *timeWindow) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.window != w || len(b.members) == 0 {
		return
	}
	now := time.Now()
	b.fold(now)
	if b.state == Closed && w.counts().calls > 0 {
		b.turnLater(now)
	} else {
		b.word.Or(flagIdle)
	}
	b.show(b.shown(), now)
}
