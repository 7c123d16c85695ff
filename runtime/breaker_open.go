package resil

// This file is about an open breaker's time: how long it is, what changes it, and who waits for its
// end.

import "time"

// open begins an open phase at the time now.
func (b *breaker) open(now time.Time) {
	b.opened, b.luck = now, b.client.dice.float64()
	b.openUntil(b.opened.Add(b.openTime()), now)
}

// openTime returns how long the open phase lasts in which the breaker is, by the settings in force
// now: it does not matter which were when the phase began.
func (b *breaker) openTime() time.Duration {
	d := b.settings.Open
	if longest := b.settings.MaxOpen; longest > 0 {
		for range b.relapse {
			if d > longest/2 {
				d = longest
				break
			}
			d *= 2
		}
	}
	return d - time.Duration(b.luck*b.settings.Jitter*float64(d))
}

// openUntil sets when the open phase ends, at the time now.
func (b *breaker) openUntil(until, now time.Time) {
	if earliest := now.Add(minOpenTime); until.Before(earliest) {
		until = earliest
	}
	b.until = until
	b.rejectUntil(until)
	b.arm(now)
}

// reopen goes on with an open phase under other settings, by a new machine.
func (b *breaker) reopen(now time.Time) {
	b.state = Open
	b.renewMachine()
	b.trip()
	b.tripped = false
	b.openUntil(b.opened.Add(b.openTime()), now)
}

// arm sets the timer for the end of the open phase, or for shortly before.
func (b *breaker) arm(now time.Time) {
	b.stopTimer()
	left := b.until.Sub(now)
	if left > soon {
		left -= soon
	}
	opened := b.opened
	b.timer = time.AfterFunc(left, func() { b.openTimeOver(opened) })
}

func (b *breaker) stopTimer() {
	if b.timer != nil {
		b.timer.Stop()
	}
}

// openTimeOver lets probes pass; or, if it is only soon that they may, lets calls look at the
// clock.
func (b *breaker) openTimeOver(opened time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	now := time.Now()
	switch {
	case b.state != Open || b.opened != opened: // it came too late
	case now.Before(b.until):
		b.show(b.shown(), now)
		b.arm(now)
	default:
		b.sync(now)
	}
}

// configure puts other settings in force. What the breaker has decided stays: its state, when it
// opened, what an operator has forced. What it has counted stays if it means the same under the new
// settings. The number of probes holds from the next half-open state on.
func (b *breaker) configure(settings *Breaker) {
	b.mu.Lock()
	defer b.mu.Unlock()
	now := time.Now()
	b.fold(now)
	before := b.settings
	b.settings = settings
	if !before.sameWindow(settings) {
		b.streak = 0
		b.emptyWindow(now)
		b.word.Add(oneEpoch) // what is under way was begun under the old ones
	}
	switch {
	case b.state == Closed:
		b.renewMachine()
	case b.state == Open:
		b.reopen(now)
	}
	b.show(b.shown(), now)
	b.wake()
}

// sameWindow reports whether an outcome means the same under both settings, whichever it was
// counted under.
func (b *Breaker) sameWindow(o *Breaker) bool {
	return b.Window == o.Window && b.WindowCalls == o.WindowCalls && b.SlowCall == o.SlowCall &&
		b.PerCall == o.PerCall && b.needsWindow() == o.needsWindow()
}

// takeOver puts a new breaker in the place of another one for a guard that goes by it from now on:
// it begins with what the other has decided, and with empty counts. What an operator has forced
// comes with the guard.
func (b *breaker) takeOver(from *breaker) {
	from.mu.Lock()
	defer from.mu.Unlock()
	b.mu.Lock()
	defer b.mu.Unlock()
	now, before := time.Now(), b.shown()
	b.lastCause, b.opened, b.luck, b.relapse = from.lastCause, from.opened, from.luck, from.relapse
	switch from.state {
	case Open:
		b.reopen(now)
	case HalfOpen: // its probes are its own
		b.reopen(now)
		b.openUntil(now, now)
	}
	b.show(before, now)
}

// await waits until the breaker, which has rejected a call, may let it pass, or until the regime's
// calls go by another breaker. If the call is over first, it returns why.
func (b *breaker) await(c *call, g *regime) error {
	for {
		until, changed := b.nextChance()
		if changed == nil || g.successor().breaker != b {
			return nil
		}
		if !c.end.IsZero() && c.end.Before(until) {
			until = c.end
		}
		timer := time.NewTimer(time.Until(until))
		select {
		case <-timer.C:
		case <-changed:
		case <-c.ctx.Done():
		}
		timer.Stop()
		if c.isOver(time.Now()) {
			return c.whyOver()
		}
	}
}

// nextChance returns until when the breaker will reject calls at the longest, and what is closed if
// that changes; nil if a call may pass now.
func (b *breaker) nextChance() (time.Time, <-chan struct{}) {
	b.mu.Lock()
	defer b.mu.Unlock()
	now := time.Now()
	b.sync(now)
	var until time.Time
	switch state := b.shown(); {
	case state == Closed:
		return until, nil
	case state == HalfOpen:
		counts := b.machine.Counts()
		if until = b.firstLease(); !now.Before(until) || counts.Requests-counts.TotalExclusions < b.slots {
			return until, nil
		}
	case b.forced == forcedOpen: // for as long as the operator wants
		return until, nil
	default:
		until = b.until
	}
	if b.changed == nil {
		b.changed = make(chan struct{})
	}
	return until, b.changed
}

// wake wakes those who wait for a change.
func (b *breaker) wake() {
	if b.changed != nil {
		close(b.changed)
		b.changed = nil
	}
}
