// Package forecast computes what a policy comes to, by arithmetic and without a call: how often a
// call is attempted and for how long at worst, and what the other side gets in an outage.
//
// Every number is a bound that is reached. Its tests hold each against the runtime itself, in
// virtual time: with jitter=none what is forecast is what happens.
//
// A forecast assumes, of the method and the program:
//
//   - what fails is what the policy retries, and every failure counts for the breaker;
//   - answers carry no RetryAfter, except for [Worst.Hinted];
//   - the caller's context has no deadline;
//   - no option or override changes the policy.
//
// Of the worst case ([Worst]), the longest call that the policy allows:
//
//   - every wait between attempts is as long as jitter= may make it;
//   - every attempt takes until its timeout; without one, it has no bound;
//   - rate limit and bulkhead let an attempt in at the last moment;
//   - where hedges begin after a quantile, which is not known while all is slow, each begins when
//     the one before has ended.
//
// Of an outage ([Outage]), in which from one moment on every attempt fails at once:
//
//   - calls come evenly, so many a second, and all of them succeeded at once for longer than any
//     window lasts;
//   - the method is alone in its client: the retry budget and the breaker count no other's calls;
//   - all calls have the same value of the breaker's key=;
//   - waits are as long as in the worst case;
//   - the breaker counts also what rate limit and bulkhead would reject, so under these it may open
//     later.
//
// The files:
//
//	forecast  all that there is to say about a policy
//	worst     the longest call
//	waits     what lies between its attempts
//	timeline  when each of them begins and ends
//	saturate  sums and products of times that do not overflow
//	open      how long a breaker is open
//	outage    what the other side gets
//	drill     an outage played, attempt by attempt, until the breaker opens
//	budget    the retry budget of a drill
//	window    the breaker's window of a drill
package forecast

import resil "github.com/resilgen/resilgen/runtime"

// A Forecast says what calls under one policy come to.
type Forecast struct {
	Worst   Worst
	Outages []Outage  // at 1, 10 and 100 calls a second
	Open    OpenTimes // zero without a breaker
}

// loads are the calls a second for which outages are forecast.
var loads = [...]int{1, 10, 100}

// Of returns what a valid policy comes to. It plays an outage for each load, up to a million
// attempts of each; [WorstOf] is for who asks for the worst case alone.
func Of(p resil.Policy) Forecast {
	f := Forecast{Worst: WorstOf(p)}
	for _, rate := range loads {
		f.Outages = append(f.Outages, outageAt(p, rate))
	}
	if p.Breaker != nil {
		f.Open = openTimes(p.Breaker)
	}
	return f
}
