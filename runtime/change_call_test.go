package resil_test

// This file is the reference for one call: what its attempts go through, and what its caller sees.

import (
	"slices"
	"time"

	resil "github.com/resilgen/resilgen/runtime"
)

// An act is what the backend does in one attempt: what it ends with, and whether that comes at once
// or when a script says.
type act struct {
	ends  ending
	hangs bool
	heeds bool // while it hangs: it ends with its context
}

// asked is the wait that an attempt asks for.
const asked = 250 * time.Millisecond

// An ending is how an attempt ends by itself.
type ending string

const (
	succeeds ending = "succeeds"
	fails    ending = "fails"
	isFinal  ending = "fails for good"       // by Permanent
	asks     ending = "asks for 250ms"       // by RetryAfter
	ignored  ending = "fails and is ignored" // by the breaker's ignore=
	harmless ending = "fails, harmless"      // by the breaker's never=
	panics   ending = "panics"
	exits    ending = "exits" // its goroutine
	// An attempt that heeds its context may also end with it.
	timesOut  ending = "times out"
	isLate    ending = "outlives its caller's deadline"
	abandoned ending = "is abandoned"
)

// What a call is doing.
const (
	pausing       = "pausing" // before a retry
	waiting       = "waiting for the breaker"
	inLineForRate = "in line for a token"
	inLineForRoom = "in line for room"
	running       = "running"
	over          = "over"
)

// A refCall is one call, which goes by one policy from its beginning to its end.
type refCall struct {
	*world
	method   *refMethod
	key      string
	acts     []act         // of its attempts; the last for all further ones
	deadline time.Duration // its caller's

	policy   resil.Policy
	breaker  *refBreaker
	bulkhead *refBulkhead
	limiter  *refLimiter
	began    time.Duration
	bound    time.Duration // when the call timeout ends it

	doing      string
	until      time.Duration // for how long, if nothing happens
	cancelled  time.Duration // when; forever for never
	discounted bool          // what becomes of it does not count for its breaker
	gate       *refBreaker   // that was last asked for an attempt
	beside     bool          // it waits beside a probe
	inLine     bool          // its context ended while it waited for a limit
	left       bool          // the caller has left, after time had ended the call
	tries      int           // attempts, and those that were rejected
	attempts   int
	pauses     int
	ticket     *refTicket // of the attempt
	whole      *refTicket // of the call
	heeds      bool       // the attempt ends with its context
	entered    time.Duration
	timeout    time.Duration // when the attempt timeout ends it
	last       ending        // of the last attempt that was made

	sees refResult
}

// A refResult is what a caller gets.
type refResult struct {
	ends ending   // succeeds, panics or exits, else fails
	is   []string // what the error is, at least
	same bool     // it is the very error that the backend returned
}

func (c *refCall) act() act { return c.acts[min(c.attempts, len(c.acts)-1)] }

// begin begins a call.
func (w *world) begin(m *refMethod, key string, acts []act, deadline time.Duration, cancelled bool) {
	c := &refCall{world: w, method: m, key: key, acts: acts, deadline: deadline, policy: m.policy, bulkhead: m.room, limiter: m.rate, began: w.now,
		bound: forever, timeout: forever, cancelled: forever}
	w.calls = append(w.calls, c)
	if b := m.policy.Breaker; b == nil || b.Key == "" {
		c.key = "" // nobody asks for it
	}
	c.breaker = m.breaker(c.key)
	if p := c.policy.Timeout; p != nil && p.Call > 0 {
		c.bound = w.now + p.Call
	}
	if cancelled {
		c.cancelled = w.now
		c.end(refResult{fails, []string{"cancelled"}, false})
		return
	}
	if c.perCall() {
		if c.whole = c.breaker.begin(); c.whole == nil {
			c.end(refResult{fails, []string{"open"}, false})
			return
		}
	}
	c.try()
}

func (c *refCall) perCall() bool { return c.policy.Breaker != nil && c.policy.Breaker.PerCall }

// try asks breaker, rate limit and bulkhead for one attempt.
func (c *refCall) try() {
	c.tries++
	c.discounted = c.discounted || c.method.breaker(c.key) != c.breaker
	c.gate = c.method.breaker(c.key)
	if b := c.gate; b != nil && c.isAsked() {
		if b.settings.PerCall && b.shown() == resil.Open {
			c.rejected("open")
			return
		}
		if !b.settings.PerCall {
			if c.ticket = b.begin(); c.ticket == nil {
				c.rejected("open")
				return
			}
		}
	}
	if c.limiter != nil && c.isGone(func(m *refMethod) bool { return m.rate == c.limiter }) {
		c.limiter = c.method.rate
	}
	if c.limiter != nil {
		c.askForToken()
		return
	}
	c.askForRoom()
}

// isGone reports whether no method goes by a limit any more: who comes there goes by the one that
// its method goes by now.
func (c *refCall) isGone(by func(*refMethod) bool) bool {
	return !slices.ContainsFunc(c.method.client.methods, by)
}

// isAsked reports whether the breaker that the method goes by now is asked for each attempt. One
// that judges calls has been asked for this one, if that was the same. What keeps load away now has
// the say, whatever there was when the call began.
func (c *refCall) isAsked() bool { return c.discounted || !c.perCall() }

// lookElsewhere is what a call does whose limit is gone: it goes on where its method goes by now,
// for as long as it would have waited.
func (c *refCall) lookElsewhere() {
	line, until := c.doing, c.until
	c.leaveQueue()
	if c.doing == inLineForRate {
		c.limiter = c.method.rate
	}
	if c.doing == inLineForRate && c.limiter != nil {
		c.askForToken()
	} else {
		c.askForRoom()
	}
	if c.doing == line {
		c.until = min(c.until, until)
	}
}

// askForToken takes a token or waits for one in line, but not if it would come too late.
func (c *refCall) askForToken() {
	l := c.limiter
	if n := l.tokens(c.now); n < l.full() && near(time.Duration((n-oneToken)/l.rate), 0) {
		c.doubtful("a token comes just in time")
	}
	if len(l.queue) == 0 && l.tokens(c.now) >= oneToken {
		l.take()
		c.askForRoom()
		return
	}
	until := min(c.now+c.policy.RateLimit.Wait, c.ends())
	comes := l.next(len(l.queue) + 1)
	if near(comes, until) {
		c.doubtful("a token comes just in time")
	}
	if comes > until {
		c.rejected("limited")
		return
	}
	c.waits(inLineForRate, until)
	l.queue = append(l.queue, c)
}

func (c *refCall) askForRoom() {
	if c.bulkhead != nil && c.isGone(func(m *refMethod) bool { return m.room == c.bulkhead }) {
		c.bulkhead = c.method.room
	}
	h := c.bulkhead
	switch {
	case h == nil:
		c.run()
	case h.running < h.max && len(h.queue) == 0:
		h.running++
		c.run()
	case c.policy.Bulkhead.Wait == 0:
		c.rejected("full")
	default:
		c.waits(inLineForRoom, c.now+c.policy.Bulkhead.Wait)
		h.queue = append(h.queue, c)
	}
}

func (c *refCall) waits(what string, until time.Duration) {
	c.doing, c.until = what, min(until, c.ends())
	for _, t := range []*refTicket{c.ticket, c.whole} {
		if t != nil {
			t.waited = true
		}
	}
}

// run begins an attempt.
func (c *refCall) run() {
	a := c.act()
	c.attempts++
	c.heeds = a.hangs && a.heeds
	c.doing, c.until, c.entered, c.timeout = running, forever, c.now, forever
	if p := c.policy.Timeout; p != nil && p.Attempt > 0 {
		c.timeout = c.now + p.Attempt
	}
	switch {
	case !a.hangs:
		c.ran(a.ends)
	case a.heeds:
		c.until = min(c.timeout, c.ends())
		if near(c.deadline, min(c.timeout, c.bound)) {
			c.doubtful("whose time is over first")
		}
	}
}

// ends is when time ends the call's context.
func (c *refCall) ends() time.Duration { return min(c.bound, c.deadline) }

// wakesAt is when something happens to a call by itself.
func (c *refCall) wakesAt() time.Duration {
	switch {
	case c.doing == waiting && c.beside:
		return min(c.until, c.gate.firstLease())
	case c.doing != inLineForRate:
		return c.until
	case c.limiter.queue[0] == c:
		return c.limiter.next(1)
	}
	return forever // it comes in time, or the limiter says otherwise
}

// wakes is what happens to a call at its time.
func (c *refCall) wakes() {
	switch c.doing {
	case pausing:
		c.try()
	case waiting:
		if c.now < c.until {
			c.doubtful("whether those who wait beside a probe wake when its lease ends")
		}
		c.giveUp(c.whyEnded())
	case inLineForRate:
		c.limiter.queue = c.limiter.queue[1:]
		c.limiter.take()
		c.askForRoom()
	case inLineForRoom:
		c.leaveLines()
		if c.now == c.ends() {
			c.stopped()
		} else {
			c.rejected("full")
		}
	case running:
		if c.now == c.deadline {
			c.ran(isLate)
		} else {
			c.ran(timesOut)
		}
	}
}

// cancel makes the caller go away.
func (c *refCall) cancel() {
	switch {
	case c.ends() <= c.now:
		c.left = true
	case c.cancelled == forever:
		c.cancelled = c.now
	}
	switch {
	case c.cancelled < c.now || c.doing == over:
	case c.doing == pausing, c.doing == waiting:
		c.giveUp("cancelled")
	case c.doing == inLineForRate, c.doing == inLineForRoom:
		c.leaveLines()
		c.stopped()
	case c.doing == running && c.heeds:
		c.ran(abandoned)
	}
}

// leaveLines takes the call out of the line in which it waited.
func (c *refCall) leaveLines() {
	c.leaveQueue()
	switch {
	case c.doing == inLineForRate && c.flaw == flawLostToken:
		c.limiter.saved -= oneToken
	case c.doing == inLineForRoom && c.limiter != nil:
		c.doubtful("whether a token is lost with one who finds no room")
	}
}

func (c *refCall) leaveQueue() {
	isThis := func(o *refCall) bool { return o == c }
	if c.doing == inLineForRate {
		c.limiter.queue = slices.DeleteFunc(c.limiter.queue, isThis)
	} else {
		c.bulkhead.queue = slices.DeleteFunc(c.bulkhead.queue, isThis)
	}
}

// ran ends an attempt.
func (c *refCall) ran(how ending) {
	if c.bulkhead != nil {
		c.bulkhead.running--
		c.bulkhead.admit()
	}
	late := c.now >= min(c.timeout, c.ends())
	switch {
	case late && (how == isFinal || how == harmless || how == ignored):
		c.doubtful("what an answer means that comes after its timeout")
	case late && how == asks:
		c.doubtful("whether a hint counts that comes after its timeout")
	case how == fails && (c.left || late && c.cancelled < c.now):
		c.doubtful("whether a call failed whose caller left and whose time is over")
	}
	c.settle(c.judge(how))
	c.last = how
	c.method.ends.attempts++
	switch {
	case how == succeeds || how == panics || how == exits:
		c.end(refResult{ends: how})
	case c.policy.Retry == nil:
		c.end(c.asItCame())
	default:
		c.again()
	}
}

// judge says what the ending of an attempt means to a breaker. What never= and ignore= name is Go:
// it means the same whatever files say.
func (c *refCall) judge(how ending) string {
	b := c.method.annotated.Breaker
	switch {
	case how == succeeds:
		return success
	case how == panics:
		return failure
	case how == exits, how == abandoned, c.cancelled <= c.now:
		return neither
	case how == isFinal, how == harmless && b != nil && len(b.Never) > 0:
		return success
	case how == ignored && b != nil && len(b.Ignore) > 0:
		return neither
	}
	return failure
}

// settle tells the breaker of the attempt. An attempt is slow by the time that it ran, not by what
// it waited for.
func (c *refCall) settle(outcome string) {
	c.tell(c.ticket, outcome, c.entered)
	c.ticket = nil
}

// tell tells a breaker what became of what began at a time, if there is a breaker.
func (c *refCall) tell(t *refTicket, outcome string, began time.Duration) {
	if t == nil {
		return
	}
	// A probe tells whatever is counted, while the method goes by its breaker.
	isProbe := t.probe && slices.Contains(scopes(c.method, c.method.policy), t.breaker.name)
	if c.discounted && !isProbe && c.flaw != flawLeftCounts {
		outcome = neither
	}
	if c.flaw == flawSlowWait {
		began = t.began
	}
	slow := t.breaker.settings.SlowCall
	isSlow := slow > 0 && c.now-began >= slow
	if isSlow && (c.policy.Breaker == nil || c.policy.Breaker.SlowCall == 0) && outcome != neither && t.epoch == t.breaker.epoch {
		c.doubtful("whether it is known how long something took that began when nothing was slow")
	}
	t.breaker.settle(t, outcome, isSlow)
}

// rejected ends a try without an attempt, which is neither to the breaker.
func (c *refCall) rejected(by string) {
	if by == "full" && c.limiter != nil {
		c.doubtful("whether a token is lost with one who finds no room")
	}
	c.settle(map[bool]string{true: failure, false: neither}[c.flaw == flawRejectionFails])
	if by == "open" && c.isPatient() {
		c.wait()
		return
	}
	c.giveUp(by)
}

// isPatient: retry's on= names ErrOpen, and what fails by itself.
func (c *refCall) isPatient() bool { return c.policy.Retry != nil && len(c.policy.Retry.On) > 0 }

// wait waits until the breaker is open no longer: until its time, or, beside a probe, until it
// closes.
func (c *refCall) wait() {
	b := c.gate
	c.pauses++
	c.beside = b.shown() == resil.HalfOpen
	c.notForced()
	switch {
	case c.tries >= c.policy.Retry.Attempts && c.attempts == 0:
		c.giveUp("open")
	case c.tries >= c.policy.Retry.Attempts:
		c.giveUp("attempts", "open") // the last tries were rejected
	case c.now+c.policy.Retry.Initial >= c.ends(), !c.beside && b.until()+c.policy.Retry.Initial >= c.ends():
		if c.attempts == 0 {
			c.giveUp("open")
		} else {
			c.giveUp(c.whyEnded())
		}
	default:
		c.doing, c.until = waiting, c.ends()
	}
}

// notForced: what an operator wants has no end that a call could wait for.
func (c *refCall) notForced() {
	if c.gate != nil && c.gate.forced == "open" {
		c.doubtful("how long a call waits for an operator")
	}
}

// hasChance reports whether a call that waits for the breaker need not wait any longer.
func (c *refCall) hasChance() bool {
	if c.doing != waiting {
		return false
	}
	if b := c.method.breaker(c.key); b != c.gate { // it goes on where its method goes by now
		c.gate = b
		if b.shown() == resil.HalfOpen {
			c.doubtful("whether a breaker that takes the place of one that was half-open is so at once")
		}
	}
	switch c.gate.shown() {
	case resil.Open:
		c.beside = false
		c.notForced()
		return false
	case resil.HalfOpen:
		if c.beside && c.gate.room() {
			c.doubtful("whether those who wait beside a probe wake when that leaves")
		}
		return !c.beside
	}
	return true
}

// goOn is what a call does when the breaker is open no longer: it waits as if before a first retry,
// so that not all come at once.
func (c *refCall) goOn() {
	switch wait := c.policy.Retry.Initial; {
	case c.now+wait >= c.ends():
		c.giveUp(c.whyEnded())
	case wait == 0:
		c.try()
	default:
		c.doing, c.until = pausing, c.now+wait
	}
}

// stir lets those go on who waited for a breaker, and reports whether there were any.
func (w *world) stir() bool {
	var list []*refCall
	for _, c := range w.calls {
		if c.hasChance() {
			list = append(list, c)
		}
	}
	for i, c := range list {
		if i > 0 {
			w.doubtful("who comes first of several that wait for breakers")
		}
		c.goOn()
	}
	return len(list) > 0
}

// stopped ends a call whose caller's context has ended while it waited for a limit.
func (c *refCall) stopped() {
	c.settle(neither)
	c.inLine = true
	c.giveUp(c.whyEnded())
}

// asItCame is an error on which no policy acted.
func (c *refCall) asItCame() refResult {
	r := refResult{ends: fails}
	switch c.last {
	case timesOut:
		r.is = []string{"timeout"}
	case isLate:
		r.is = []string{"deadline"}
	case abandoned:
		r.is = []string{"cancelled"}
	case ignored, harmless:
		r.is = []string{string(c.last)}
		r.same = c.now < min(c.timeout, c.ends())
	default:
		r.is = []string{"backend"}
		r.same = c.now < min(c.timeout, c.ends())
	}
	return r
}

// giveUp ends a call whose retrying ran out or was cut short: the error is the reason, and what the
// last attempt failed with, if there was one.
func (c *refCall) giveUp(why ...string) {
	r := refResult{ends: fails, is: why}
	if c.attempts > 0 {
		r.is = append(c.asItCame().is, why...)
	}
	if c.attempts > 0 && why[0] != "attempts" && c.judge(c.last) != failure {
		c.doubtful("what a call tells that was cut short after an attempt that did not fail")
	}
	c.end(r)
}

func (c *refCall) whyEnded() string {
	switch {
	case c.cancelled <= c.now:
		return "cancelled"
	case c.deadline <= c.bound:
		return "deadline"
	}
	return "timeout"
}

// again decides whether a failed attempt is repeated.
func (c *refCall) again() {
	p := c.policy.Retry
	switch {
	case c.last == isFinal:
		c.end(c.asItCame())
		return
	case c.cancelled <= c.now || c.ends() <= c.now:
		c.giveUp(c.whyEnded())
		return
	case c.isPatient() && c.last != fails && c.last != asks:
		c.end(c.asItCame())
		return
	case c.tries >= p.Attempts:
		c.giveUp("attempts")
		return
	}
	pause := p.Initial
	for range c.pauses {
		pause = min(time.Duration(float64(pause)*p.Multiplier), p.Max)
	}
	c.pauses++
	if c.last == asks && p.Hint > 0 {
		pause = min(asked, p.Hint)
	}
	c.discounted = c.discounted || c.method.breaker(c.key) != c.breaker
	switch b := c.method.breaker(c.key); {
	case c.now+pause >= c.ends():
		c.giveUp(c.whyEnded()) // a wait that cannot end in time is not begun
	case b != nil && c.isAsked() && !c.isPatient() && b.shown() == resil.Open && (b.forced != "" || b.until() > c.now+pause):
		c.giveUp("open") // nor one after which the call would be rejected
	case pause == 0:
		c.try()
	default:
		c.doing, c.until = pausing, c.now+pause
	}
}

// end ends a call, and tells the breaker of calls.
func (c *refCall) end(r refResult) {
	c.doing, c.until, c.sees = over, forever, r
	ends := &c.method.ends
	outcome := failure
	switch {
	case r.ends == succeeds:
		ends.succeeded++
		outcome = success
	case r.ends == panics:
		ends.failed++
	case r.ends == exits || c.cancelled <= c.now:
		ends.neither++
		outcome = neither
	case c.inLine:
		ends.unsure++
		if c.whole != nil {
			c.doubtful("what a call tells its breaker that time ended in a line")
		}
	case c.attempts > 0:
		switch outcome = c.judge(c.last); outcome {
		case success:
			ends.succeeded++
		case failure:
			ends.failed++
		default:
			ends.neither++
		}
	case r.is[0] == "open":
		ends.open++
		outcome = neither
	case r.is[0] == "full":
		ends.full++
		outcome = neither
	case r.is[0] == "limited":
		ends.limited++
		outcome = neither
	default: // time ended it while it waited for a breaker
		ends.unsure++
	}
	if t := c.whole; t != nil {
		if t.breaker.settings.SlowCall > 0 && t.waited {
			c.doubtful("whether a call is slow that waited for a limit")
		}
		c.tell(t, outcome, t.began)
		c.whole = nil
	}
}

// near: so near that rounding decides.
func near(a, b time.Duration) bool {
	return a != forever && b != forever && max(a-b, b-a) < time.Microsecond
}
