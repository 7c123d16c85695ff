package calls

// This file has ours: one annotated interface for each policy that is compared. What repeats at
// once needs a budget that allows it.

import (
	"time"

	resil "github.com/resilgen/resilgen/runtime"
)

// Retry retries.
//
//resilgen:wrap
//resilgen:retry
type Retry interface{ Client }

// AtOnce retries without a wait.
//
//resilgen:wrap
//resilgen:retry initial=0s budget=100%
type AtOnce interface{ Client }

// Consecutive retries under a breaker that counts failures in a row.
//
//resilgen:wrap
//resilgen:retry
//resilgen:breaker failures=5 open=1h
type Consecutive interface{ Client }

// ConsecutiveAtOnce is a Consecutive that retries without a wait.
//
//resilgen:wrap
//resilgen:retry initial=0s budget=100%
//resilgen:breaker failures=5 open=1h
type ConsecutiveAtOnce interface{ Client }

// Rolling retries under a breaker that looks at a rolling window.
//
//resilgen:wrap
//resilgen:retry
//resilgen:breaker open=1h
type Rolling interface{ Client }

// RollingAtOnce is a Rolling that retries without a wait.
//
//resilgen:wrap
//resilgen:retry initial=0s budget=100%
//resilgen:breaker open=1h
type RollingAtOnce interface{ Client }

// Timed bounds its attempts.
//
//resilgen:wrap
//resilgen:timeout attempt=2h
type Timed interface{ Client }

// RollingTimed is a Rolling that bounds its attempts.
//
//resilgen:wrap
//resilgen:retry
//resilgen:breaker open=1h
//resilgen:timeout attempt=2h
type RollingTimed interface{ Client }

// Bounded bounds its attempts and its calls.
//
//resilgen:wrap
//resilgen:timeout attempt=2h call=10h
type Bounded interface{ Client }

// RollingBounded is a Rolling that bounds its attempts and its calls: the whole of what is advised
// for a remote call.
//
//resilgen:wrap
//resilgen:retry
//resilgen:breaker open=1h
//resilgen:timeout attempt=2h call=10h
type RollingBounded interface{ Client }

// LastTen breaks by the last ten calls.
//
//resilgen:wrap
//resilgen:breaker window=10 open=1h
type LastTen interface{ Client }

// LastMillion breaks by the last million calls.
//
//resilgen:wrap
//resilgen:breaker window=1000000 open=1h
type LastMillion interface{ Client }

// Keyed has a breaker for each key.
//
//resilgen:wrap
//resilgen:retry
//resilgen:breaker open=1h key=key
type Keyed interface{ Client }

// The ways of resilgen: the wrappers of the interfaces above.
var (
	OurRetry = Way{"resilgen: retry", func(next Client, initial time.Duration) Client {
		if initial == 0 {
			return NewResilientAtOnce(next)
		}
		return NewResilientRetry(next)
	}}
	OurConsecutive = Way{"resilgen: retry, breaker", func(next Client, initial time.Duration) Client {
		if initial == 0 {
			return NewResilientConsecutiveAtOnce(next)
		}
		return NewResilientConsecutive(next)
	}}
	OurRolling = Way{"resilgen: retry, rolling breaker", func(next Client, initial time.Duration) Client {
		if initial == 0 {
			return NewResilientRollingAtOnce(next)
		}
		return NewResilientRolling(next)
	}}
	OurObserved = Way{"resilgen: retry, rolling breaker, observed", func(next Client, initial time.Duration) Client {
		metrics := &Metrics{}
		if initial == 0 {
			return NewResilientRollingAtOnce(next, resil.WithObserver(metrics))
		}
		return NewResilientRolling(next, resil.WithObserver(metrics))
	}}
	OurTimeout        = Way{"resilgen: timeout", func(next Client, _ time.Duration) Client { return NewResilientTimed(next) }}
	OurRollingTimed   = Way{"resilgen: retry, rolling breaker, timeout", func(next Client, _ time.Duration) Client { return NewResilientRollingTimed(next) }}
	OurBounded        = Way{"resilgen: attempt and call timeout", func(next Client, _ time.Duration) Client { return NewResilientBounded(next) }}
	OurRollingBounded = Way{"resilgen: retry, rolling breaker, attempt and call timeout", func(next Client, _ time.Duration) Client {
		return NewResilientRollingBounded(next)
	}}
	OurLastTen     = Way{"resilgen: breaker, the last 10 calls", func(next Client, _ time.Duration) Client { return NewResilientLastTen(next) }}
	OurLastMillion = Way{"resilgen: breaker, the last 1000000 calls", func(next Client, _ time.Duration) Client { return NewResilientLastMillion(next) }}
	OurKeyed       = Way{"resilgen: retry, rolling breaker for each key", func(next Client, _ time.Duration) Client { return NewResilientKeyed(next) }}
)
