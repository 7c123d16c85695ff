package resil

// This file finds policies that are right by themselves and in vain together.

import (
	"errors"
	"fmt"
	"slices"
	"time"
)

// Contradictions reports what is in vain in a valid policy, joined, each a [*PolicyError] that says
// the arithmetic: parts that are right by themselves, and together can never do what one of them is
// for. Generating refuses such a policy, and overrides do not bring one about; a constructor takes
// it from [WithPolicy], since tests and trials want extreme numbers.
//
// What only might be in vain is none: that the last of several attempts could lack time is how
// "as often as fits" is said.
func (p Policy) Contradictions() error {
	return errors.Join(p.attemptFillsCall(), p.nothingIsSlow(), p.neverTrips(), p.outlivedByOpen(), p.neverSeesOpen())
}

// inVain makes the error of a policy with a part that is in vain.
func inVain(directive string, keys []string, also []Setting, format string, args ...any) error {
	return &PolicyError{Directive: directive, Keys: keys, Also: also,
		Message: directive + ": " + fmt.Sprintf(format, args...)}
}

// attemptFillsCall finds an attempt timeout that leaves no time for a retry. Without a retry the
// one timeout is as good as the other.
func (p Policy) attemptFillsCall() error {
	t := p.Timeout
	if p.Retry == nil || t == nil || t.Attempt == 0 || t.Call != t.Attempt {
		return nil
	}
	return inVain("timeout", []string{"call", "attempt"}, []Setting{{Directive: "retry"}},
		"call=%s is not above attempt=%s: an attempt that takes its time leaves none for a retry",
		printDuration(t.Call), printDuration(t.Attempt))
}

// nothingIsSlow finds a breaker that judges nothing as slow, because a timeout ends it before, as a
// failure.
func (p Policy) nothingIsSlow() error {
	b, t := p.Breaker, p.Timeout
	if b == nil || b.SlowCall == 0 || t == nil {
		return nil
	}
	key, limit := "attempt", t.Attempt
	if limit == 0 || b.PerCall {
		key, limit = "call", t.Call
	}
	if limit == 0 || limit >= b.SlowCall {
		return nil
	}
	return inVain("breaker", []string{"slow"}, []Setting{{Directive: "timeout", Key: key}},
		"%s=%s < slow=%s: nothing could be slow, and slowcalls= never open the breaker",
		key, printDuration(limit), printDuration(b.SlowCall))
}

// neverTrips finds a rate limit that lets fewer calls pass than the breaker's window must hold.
func (p Policy) neverTrips() error {
	b, l := p.Breaker, p.RateLimit
	if b == nil || l == nil || b.Window == 0 || b.Scope != ScopeMethod {
		return nil
	}
	most := float64(l.Burst) + l.Rate*b.Window.Seconds()
	if most >= float64(b.MinCalls) {
		return nil
	}
	return inVain("breaker", []string{"min", "window"},
		[]Setting{{Directive: "ratelimit", Key: "rate"}, {Directive: "ratelimit", Key: "burst"}},
		"burst=%d + %g/s × window=%s = %g < min=%d: the breaker could never open",
		l.Burst, l.Rate, printDuration(b.Window), most, b.MinCalls)
}

// outlivedByOpen finds calls that wait for an open breaker, and are always over before the breaker
// lets a probe through. The wait is what is left of the open time, and a wait that would outlive
// the call is not begun.
func (p Policy) outlivedByOpen() error {
	r, b, t := p.Retry, p.Breaker, p.Timeout
	if r == nil || b == nil || b.PerCall || t == nil || t.Call == 0 {
		return nil
	}
	shortest := b.Open - time.Duration(b.Jitter*float64(b.Open))
	name, ok := r.onOpen()
	if !ok || t.Call > shortest {
		return nil
	}
	also := []Setting{{Directive: "breaker", Key: "open"}, {Directive: "breaker", Key: "jitter"}, {Directive: "timeout", Key: "call"}}
	return inVain("retry", []string{"on"}, also,
		"on=%s waits until the breaker lets a probe through, and call=%s <= %s: the wait could not outlive the open time",
		name, printDuration(t.Call), b.shortestOpen(shortest))
}

// shortestOpen says how the shortest open time comes about: "open=10s - jitter=10% = 9s".
func (b *Breaker) shortestOpen(shortest time.Duration) string {
	open := "open=" + printDuration(b.Open)
	if b.Jitter > 0 {
		open += fmt.Sprintf(" - jitter=%s = %s", printPercent(b.Jitter), printDuration(shortest))
	}
	return open
}

// neverSeesOpen finds retries of an open breaker's rejections that never meet any: a breaker that
// judges whole calls stands outside the retries.
func (p Policy) neverSeesOpen() error {
	if p.Retry == nil || p.Breaker == nil || !p.Breaker.PerCall {
		return nil
	}
	name, ok := p.Retry.onOpen()
	if !ok {
		return nil
	}
	return inVain("retry", []string{"on"}, []Setting{{Directive: "breaker", Key: "per"}},
		"on=%s has no effect with the breaker's per=call: it stands outside the retries, and no attempt meets it open", name)
}

// onOpen returns the name by which on= asks for retries of an open breaker's rejections.
func (r *Retry) onOpen() (name string, ok bool) {
	i := slices.IndexFunc(r.On, func(m Match) bool { return m.target == ErrOpen })
	if i < 0 {
		return "", false
	}
	return r.On[i].Name, true
}
