package resil

// This file checks that the settings of a policy are in range and fit together.

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"time"
)

// Numbers beyond these are mistakes: another unit, a digit too many. They would cost memory or
// time, not make anything better.
const (
	maxCalls  = 1_000_000        // in a window, or at once
	maxHedges = 100              // attempts beside the first
	minWindow = time.Millisecond // of a breaker
)

// needsWindow reports whether the breaker judges shares of a window, and not failures in a row
// only.
func (b *Breaker) needsWindow() bool { return b.FailureRatio > 0 || b.SlowCall > 0 }

// Validate reports everything that is out of range or contradicts itself, joined; each is a
// [*PolicyError].
func (p Policy) Validate() error {
	var found findings
	if p.Retry != nil {
		p.Retry.validate(&found)
	}
	if p.Breaker != nil {
		p.Breaker.validate(&found)
	}
	if p.Timeout != nil {
		p.Timeout.validate(&found)
	}
	if p.Bulkhead != nil {
		p.Bulkhead.validate(&found)
	}
	if p.RateLimit != nil {
		p.RateLimit.validate(&found)
	}
	if p.Hedge != nil {
		p.Hedge.validate(&found, p.Timeout)
	}
	return errors.Join(found...)
}

// findings collects what validation finds.
type findings []error

// report adds a finding where it applies. What it is about, the directive and its keys, stands
// first, separated by spaces.
func (f *findings) report(applies bool, about, format string, args ...any) {
	if !applies {
		return
	}
	words := strings.Fields(about)
	*f = append(*f, &PolicyError{Directive: words[0], Keys: words[1:], Message: words[0] + ": " + fmt.Sprintf(format, args...)})
}

func (r *Retry) validate(f *findings) {
	f.report(r.Attempts < 2, "retry attempts", "attempts=%d must be at least 2, the first attempt included", r.Attempts)
	f.report(!(r.Multiplier >= 1) || math.IsInf(r.Multiplier, 0), "retry multiplier", "multiplier=%g must be at least 1", r.Multiplier)
	f.report(r.Initial < 0, "retry initial", "initial=%s must not be negative", r.Initial)
	f.report(r.Hint < 0, "retry hint", "hint=%s must not be negative", r.Hint)
	f.report(r.Initial > r.Max, "retry initial max", "initial=%s is above max=%s: no wait could be as long as the first",
		printDuration(r.Initial), printDuration(r.Max))
	f.report(!(r.Budget >= 0 && r.Budget <= 1), "retry budget", "budget must be from 0%% to 100%%")
	f.report(!(r.Floor >= 0), "retry floor", "floor must not be negative")
	f.report(r.Floor > 0 && r.Floor < 1./budgetSeconds, "retry floor", "floor=%s is less than one in %d seconds, over which the budget counts: 0/s is for none",
		printRate(r.Floor), budgetSeconds)
	f.report(r.Unbudgeted && (r.Budget != 0 || r.Floor != 0), "retry floor budget", "floor has no effect with budget=off")
	_, err := jitter.parse(string(r.Jitter))
	f.report(err != nil, "retry jitter", "jitter=%s: %v", r.Jitter, err)
}

func (b *Breaker) validate(f *findings) {
	f.report((b.FailureRatio > 0) == (b.ConsecutiveFailures > 0), "breaker failures", "failures must be either a ratio or a number of failures in a row")
	f.report(!(b.FailureRatio >= 0 && b.FailureRatio <= 1), "breaker failures", "failures must not be above 100%%")
	f.report(b.ConsecutiveFailures < 0, "breaker failures", "failures=%d must be at least 1", b.ConsecutiveFailures)
	f.report(b.Open <= 0, "breaker open", "open=%s must be above zero", b.Open)
	f.report(!(b.Jitter >= 0 && b.Jitter <= 1), "breaker jitter", "jitter must be from 0%% to 100%%")
	f.report(b.MaxOpen < 0, "breaker maxopen", "maxopen=%s must not be negative", b.MaxOpen)
	f.report(b.MaxOpen > 0 && b.MaxOpen < b.Open, "breaker maxopen open", "maxopen=%s is below open=%s, which is the shortest",
		printDuration(b.MaxOpen), printDuration(b.Open))
	f.report(b.Probes < 1 || b.Probes > maxCalls, "breaker probes", "probes=%d must be from 1 to %d", b.Probes, maxCalls)
	f.report(!isName(b.Scope), "breaker scope", "scope must be method, client, or a name that methods share")
	f.report(b.Key != "" && b.Scope != ScopeMethod, "breaker key scope", "key=%s needs scope=method: each value has a breaker of its own", b.Key)
	f.report(b.SlowCall < 0, "breaker slow", "slow=%s must be above zero", b.SlowCall)
	f.report(b.SlowCall <= 0 && b.SlowRatio != 0, "breaker slowcalls", "slowcalls has no effect without slow=, the time from which a call is slow")
	f.report(b.SlowCall > 0 && !(b.SlowRatio > 0 && b.SlowRatio <= 1), "breaker slowcalls", "slowcalls must be above 0%% and up to 100%%")
	if !b.needsWindow() {
		f.report(b.Window != 0 || b.WindowCalls != 0 || b.MinCalls != 0, "breaker window min",
			"failures=%d counts failures in a row and looks at no window: window and min have no effect", b.ConsecutiveFailures)
		return
	}
	f.report(b.Window < 0 || b.WindowCalls < 0 || (b.Window > 0) == (b.WindowCalls > 0), "breaker window", "window must be either a time or a number of calls")
	f.report(b.Window > 0 && b.Window < minWindow, "breaker window", "window=%s is below %s, which hardly any call fits in", printDuration(b.Window), minWindow)
	f.report(b.WindowCalls > maxCalls, "breaker window", "window=%d is above %d calls: is it meant as a time, such as 10s?", b.WindowCalls, maxCalls)
	f.report(b.MinCalls < 1, "breaker min", "min=%d must be at least 1", b.MinCalls)
	f.report(b.WindowCalls > 0 && b.MinCalls > b.WindowCalls, "breaker min window", "min=%d is above window=%d: the breaker could never open", b.MinCalls, b.WindowCalls)
}

func (t *Timeout) validate(f *findings) {
	f.report(t.Attempt < 0 || t.Call < 0, "timeout attempt call", "timeouts must not be negative")
	f.report(t.Attempt == 0 && t.Call == 0, "timeout", "one of attempt= and call= must say how long")
	f.report(t.Call > 0 && t.Attempt > t.Call, "timeout call attempt", "call=%s is below attempt=%s: no attempt could take its time",
		printDuration(t.Call), printDuration(t.Attempt))
}

func (b *Bulkhead) validate(f *findings) {
	f.report(b.Max < 1, "bulkhead", "max= must say how many attempts may run at once")
	f.report(b.Wait < 0, "bulkhead wait", "wait=%s must not be negative", b.Wait)
	f.report(b.Scope != "" && !isName(b.Scope), "bulkhead scope", "scope must be method, client, or a name that methods share")
}

func (l *RateLimit) validate(f *findings) {
	f.report(!(l.Rate > 0) || math.IsInf(l.Rate, 0), "ratelimit", "rate= must say how many attempts may begin a second")
	f.report(l.Rate > 0 && l.Burst < 1, "ratelimit burst", "burst=%d must be at least 1", l.Burst)
	f.report(l.Wait < 0, "ratelimit wait", "wait=%s must not be negative", l.Wait)
	f.report(l.Scope != "" && !isName(l.Scope), "ratelimit scope", "scope must be method, client, or a name that methods share")
}

func (h *Hedge) validate(f *findings, t *Timeout) {
	f.report(h.After < 0 || (h.After > 0) == (h.Quantile > 0), "hedge", "after= must say how long an attempt may take before the next begins")
	f.report(!(h.Quantile >= 0 && h.Quantile < 1), "hedge after", "the quantile must be between 0 and 1")
	f.report(h.Max < 1 || h.Max > maxHedges, "hedge max", "max=%d must be from 1 to %d", h.Max, maxHedges)
	if t != nil && t.Attempt > 0 {
		f.report(h.After >= t.Attempt, "hedge after", "after=%s is not below the timeout attempt=%s: the attempt would be over",
			printDuration(h.After), printDuration(t.Attempt))
	} else if t != nil && t.Call > 0 {
		f.report(h.After >= t.Call, "hedge after", "after=%s is not below the timeout call=%s: the call would be over",
			printDuration(h.After), printDuration(t.Call))
	}
}
