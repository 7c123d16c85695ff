package resil

// This file is the retry loop, entered only after a first attempt has failed.

import (
	"context"
	"errors"
	"time"
)

// repeat makes further attempts until one succeeds or something says stop.
func (g *regime) repeat(c *call, w work, err error) error {
	run := repetition{guard: g, call: *c, waits: g.waits}
	run.note(err)
	run.start = run.now
	if !c.start.IsZero() {
		run.start = c.start
	}
	for {
		p, stop := run.decide(err)
		if stop == nil {
			stop = run.wait(p)
		}
		if stop != nil {
			return run.result(err, stop)
		}
		g.stats.retries.Add(1)
		if err = g.attempt(c, w); err == nil {
			g.stats.recovered.Add(run.counted)
			return nil
		}
		run.note(err)
	}
}

// A repetition is the state of one call that is being retried.
type repetition struct {
	guard    *regime
	call     call
	start    time.Time // when the call began, as far as anybody looked at a clock
	now      time.Time // when the last try ended
	waits    waits
	tries    int   // attempts made or rejected: what the policy's attempts= bounds
	attempts int   // attempts made
	last     error // what the last attempt that was made returned
	earlier  error // what the one before it returned
	counted  int64 // 1 if the budget was told of this call
}

// note takes down the outcome of a try.
func (r *repetition) note(err error) {
	r.now = time.Now()
	r.tries++
	if !r.guard.rejected(err) {
		r.attempts++
		r.earlier, r.last = r.last, err
	}
}

// errAsItCame is decided where the last error is returned untouched: no policy acted on it.
var errAsItCame = errors.New("as it came")

// decide says how long to wait before another try, or why there is none: errAsItCame, or the reason
// for an [*Error].
func (r *repetition) decide(err error) (pause, error) {
	policy := r.guard.retry
	switch {
	case isPermanent(err), matchAny(policy.Never, err):
		return pause{}, errAsItCame
	case r.call.isOver(r.now):
		if why := r.call.whyOver(); r.tries != 1 || !errors.Is(err, why) && !isTimeoutOf(err, why) {
			return pause{}, why
		}
		return pause{}, errAsItCame
	case isNoAttempt(err), !policy.wants(err):
		if r.attempts > 0 && r.guard.rejected(err) {
			return pause{}, err
		}
		return pause{}, errAsItCame
	case r.tries >= policy.Attempts:
		return pause{}, ErrAttempts
	}
	p := r.pause(err)
	if deadline, ok := r.call.deadline(); ok && !r.now.Add(p.atLeast()).Before(deadline) {
		return pause{}, r.call.whyOver() // the wait would outlive the call: say so now
	}
	if open := r.guard.openAfter(p.atLeast()); open != nil && !policy.wants(open) {
		return pause{}, open // the next try would be rejected: do not wait for that
	}
	if !r.takeFromBudget() {
		return pause{}, ErrBudget
	}
	if r.guard.isObserved() { // an event is large
		r.guard.tell(Event{Kind: Retrying, Attempt: r.attempts, Wait: p.open + p.wait, Err: err})
	}
	return p, nil
}

// isTimeoutOf reports whether why is the call timeout, and err how a try ends that the call timeout
// has ended.
func isTimeoutOf(err, why error) bool {
	return why == errCallTimeout && errors.Is(err, ErrTimeout)
}

// takeFromBudget takes one retry from the client's budget. A call counts for the budget from its
// first retry on; those that succeed at once are counted anyway.
func (r *repetition) takeFromBudget() bool {
	s := r.guard.stats
	if r.counted == 0 {
		r.counted = 1
		s.retrying.Add(1)
	}
	if r.guard.budget.take(r.now) {
		return true
	}
	s.overBudget.Add(1)
	r.guard.tell(Event{Kind: OverBudget, Attempt: r.attempts, Err: r.last})
	return false
}

// wants reports whether the policy retries err, Permanent and never= aside. A rejection is retried
// only if on= names it.
func (p *Retry) wants(err error) bool {
	if len(p.On) == 0 {
		return !isRejection(err)
	}
	return matchAny(p.On, err)
}

// A pause is what lies between two tries: a wait. After a rejection by the guard's own breaker,
// there is another before it, until the breaker is open no longer.
type pause struct {
	wait         time.Duration
	gate         *breaker      // that has to be open no longer; nil if nobody waits for one
	open         time.Duration // the longest that it will stay as it is
	mayEndSooner bool          // open may be shorter: it is probes that are waited for
}

// atLeast returns how long the pause is at least.
func (p pause) atLeast() time.Duration {
	if p.mayEndSooner {
		return p.wait
	}
	return p.open + p.wait
}

// pause returns the pause before the next try: what the other side asked for, else the next
// interval. Whoever waits for a breaker does not come with all others in the moment when it is open
// no longer, but a spread initial= later.
func (r *repetition) pause(err error) pause {
	policy, dice := r.guard.retry, r.guard.client.dice
	wait := r.waits.next(dice)
	if e, ok := err.(*OpenError); ok && r.guard.rejected(err) && !e.Until.IsZero() {
		return pause{wait: policy.Jitter.spread(policy.Initial, dice.float64()), gate: e.breaker, open: e.RetryAfter(), mayEndSooner: e.besideProbe}
	}
	if hint := policy.cappedHint(err); hint > 0 {
		wait = hint
	}
	return pause{wait: wait}
}

// cappedHint returns the wait that the other side asked for, as far as the policy allows; zero for
// none. A nil policy, that of hedges without retries, has the hint= that a policy has if nothing is
// said.
func (p *Retry) cappedHint(err error) time.Duration {
	longest := defaults.Retry.Hint
	if p != nil {
		longest = p.Hint
	}
	if longest == 0 {
		return 0
	}
	return min(max(hintIn(err), 0), longest)
}

// wait waits as a pause says; if the call is over first, it returns why.
func (r *repetition) wait(p pause) error {
	for gate := p.gate; gate != nil; gate = r.guard.nextGate(gate) {
		if err := gate.await(&r.call, r.guard); err != nil {
			return err
		}
	}
	if p.gate != nil {
		if deadline, ok := r.call.deadline(); ok && !time.Now().Add(p.wait).Before(deadline) {
			return r.call.whyOver()
		}
	}
	return r.call.sleep(p.wait)
}

// nextGate returns the breaker that a call still has to wait for when it has waited for gate: the
// one that its guard goes by now, if that is another one and rejects calls; else nil.
func (g *regime) nextGate(gate *breaker) *breaker {
	if b := g.successor().breaker; b != gate && b != nil && b.rejects() {
		return b
	}
	return nil
}

// result makes the error of a call that is given up for the reason.
func (r *repetition) result(err, reason error) error {
	if reason == errAsItCame || r.attempts == 0 && !r.call.isOver(time.Now()) {
		return err
	}
	if r.attempts == 0 {
		r.last = err // who waits for a breaker, and no longer than the call, has not been rejected: the time was over
	}
	e := &Error{
		Client: r.guard.client.name, Method: r.guard.method, Attempts: r.attempts,
		Elapsed: time.Since(r.start), Err: r.last, Reason: reason,
	}
	if errors.Is(r.last, context.DeadlineExceeded) || errors.Is(r.last, context.Canceled) {
		e.earlier = r.earlier
	}
	if r.guard.rejected(err) && err != reason {
		e.rejected = err
	}
	r.guard.tell(Event{Kind: GaveUp, Attempt: r.attempts, Err: e})
	return e
}
