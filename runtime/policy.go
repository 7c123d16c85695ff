package resil

// This file holds the policies: plain data, every field with what zero means.

import (
	"slices"
	"time"
)

// A Policy says how the calls of one method behave when the other side is slow, overloaded or down.
//
// A nil part is switched off. The parts are literal: nothing is filled in, so what a Policy says is
// what happens. Generated constructors hold complete policies; by hand, start from [ParsePolicy],
// which knows the defaults. A Policy is data: it is read at construction and never written by this
// package.
type Policy struct {
	Names []string // the named policies that the annotation uses, later over earlier: by these names overrides find it

	Retry     *Retry
	Breaker   *Breaker
	Timeout   *Timeout
	Bulkhead  *Bulkhead
	RateLimit *RateLimit
	Hedge     *Hedge
}

// Retry repeats failed attempts after exponentially growing, jittered waits.
type Retry struct {
	Attempts   int           // attempts in all, the first included; at least 2
	Initial    time.Duration // the wait before the second attempt, before jitter; 0 repeats at once
	Multiplier float64       // growth of the wait from one retry to the next; at least 1
	Max        time.Duration // no wait that grows is longer, its jitter included; at least Initial
	Jitter     Jitter        // how waits are spread, so that callers do not come back all at once
	Hint       time.Duration // the longest wait that the other side may ask for by RetryAfter; 0 ignores such hints
	Budget     float64       // retries and hedges of the client are at most this share of its calls; in [0, 1]
	Floor      float64       // retries a second that the budget always allows; 0 or at least 0.1
	Unbudgeted bool          // no budget: Budget and Floor are zero
	On         []Match       // retry these errors only; empty retries every error
	Never      []Match       // never retry these, whatever On says
}

// Jitter spreads a wait d at random: [FullJitter], [EqualJitter], [NoJitter], or a ratio such as
// "20%" for d plus or minus 20 %. The names are those of the AWS Architecture Blog, "Exponential
// Backoff And Jitter".
type Jitter string

// The jitters that have names.
const (
	FullJitter  Jitter = "full"  // anywhere in [0, d]
	EqualJitter Jitter = "equal" // anywhere in [d/2, d]
	NoJitter    Jitter = "none"  // exactly d
)

// Breaker rejects calls without an attempt while the other side fails, and lets probes find out
// when it recovered.
//
// Exactly one of FailureRatio and ConsecutiveFailures is set. With FailureRatio or SlowCall,
// MinCalls and exactly one of Window and WindowCalls are set; else none of them is.
type Breaker struct {
	FailureRatio        float64       // open when this share of the window's calls failed; in (0, 1]
	ConsecutiveFailures int           // open after so many failures in a row; at least 1
	MinCalls            int           // calls that the window must hold before a ratio counts; at least 1
	Window              time.Duration // the window is the calls that ended within this time; at least a millisecond
	WindowCalls         int           // the window is the last calls, so many; at most a million
	Open                time.Duration // how long all calls are rejected before probes are let through; above 0

	// Jitter spreads the open time, which lies in [1-Jitter, 1] × Open, so that not all clients
	// come back at once; in [0, 1].
	Jitter float64

	MaxOpen   time.Duration // each half-open state that fails doubles the open time, up to this; 0: none does
	Probes    int           // half-open: so many at once at most, and so many successes close the breaker
	SlowCall  time.Duration // an attempt, or with PerCall a call, that took this long is slow; 0: none is
	SlowRatio float64       // open when this share of the window's calls was slow; in (0, 1], with SlowCall only
	PerCall   bool          // judge whole calls, after their retries, instead of attempts
	Scope     string        // who shares one: [ScopeMethod], [ScopeClient], or a name that methods share

	// Key is a parameter, or a function of the arguments, each of whose values has a breaker of its
	// own; with ScopeMethod only.
	Key string

	Never  []Match // errors that count as successes: the other side answered
	Ignore []Match // errors that count as neither: they say nothing about the other side; Never wins
}

// The scopes of breakers, bulkheads and rate limits that are not a name of the user's.
const (
	ScopeMethod = "method" // each method has its own
	ScopeClient = "client" // all methods of the client share one
)

// Timeout bounds attempts and calls. At least one of its fields is set; if both are, Call is not
// below Attempt.
type Timeout struct {
	Attempt time.Duration // one attempt; 0 is unbounded
	Call    time.Duration // the whole call: attempts and waits; 0 is unbounded
}

// Bulkhead bounds how many attempts run at once.
type Bulkhead struct {
	Max  int           // attempts at once; at least 1
	Wait time.Duration // how long an attempt waits for its turn before it is rejected; 0 rejects at once

	// Scope says whose attempts count together: [ScopeMethod], which empty means too,
	// [ScopeClient], or a name that methods share.
	Scope string
}

// RateLimit bounds how many attempts begin in a time, by a token bucket.
type RateLimit struct {
	Rate  float64       // attempts a second; above 0
	Burst int           // attempts that may begin at once after a pause; at least 1
	Wait  time.Duration // how long an attempt waits for its turn before it is rejected; 0 rejects at once

	// Scope says whose attempts count together: [ScopeMethod], which empty means too,
	// [ScopeClient], or a name that methods share.
	Scope string
}

// Hedge makes a further attempt while the first is slow, and takes whichever succeeds first.
type Hedge struct {
	After    time.Duration // how long an attempt may take before the next one begins; 0 if Quantile says it
	Quantile float64       // in (0, 1): After is this quantile of the method's own recent latency
	Max      int           // further attempts; from 1 to 100
}

// clone returns a copy that shares nothing with p.
func (p Policy) clone() Policy {
	c := Policy{
		Names:     slices.Clone(p.Names),
		Retry:     copied(p.Retry),
		Breaker:   copied(p.Breaker),
		Timeout:   copied(p.Timeout),
		Bulkhead:  copied(p.Bulkhead),
		RateLimit: copied(p.RateLimit),
		Hedge:     copied(p.Hedge),
	}
	if c.Retry != nil {
		c.Retry.On, c.Retry.Never = slices.Clone(c.Retry.On), slices.Clone(c.Retry.Never)
	}
	if c.Breaker != nil {
		c.Breaker.Never, c.Breaker.Ignore = slices.Clone(c.Breaker.Never), slices.Clone(c.Breaker.Ignore)
	}
	return c
}

func copied[T any](part *T) *T {
	if part == nil {
		return nil
	}
	c := *part
	return &c
}

// key returns the parameter whose values have breakers of their own; empty for none.
func (p Policy) key() string {
	if p.Breaker == nil {
		return ""
	}
	return p.Breaker.Key
}
