package generator

// This file is the arithmetic of what a policy amounts to at worst: how often a call is attempted,
// and for how long. The checks when generating and the forecasts of explain share it.

import (
	"math"
	"strconv"
	"strings"
	"time"

	resil "github.com/resilgen/resilgen/runtime"
)

// A Forecast says what calls under one policy come to. Every number is a bound that is reached:
// with jitter=none it is what happens, with another jitter waits are at most as long, and open
// times vary.
//
// What fails is taken to be what the policy retries, and answers to carry no RetryAfter. The
// caller's own deadline is left out.
type Forecast struct {
	Attempts int           // of one call at most, those of hedges included
	Each     time.Duration // an attempt takes at most, with its hedges and its waits for rate limit and bulkhead; 0 is unbounded
	Waits    time.Duration // between attempts, together, at most
	Longest  time.Duration // a call takes at most; 0 is unbounded
	Hinted   time.Duration // the same, if every answer asks for the longest wait that hint= allows; 0 is unbounded
	Timeline []Span        // the attempts of the longest call, hedges aside; at most [MaxSpans]
	Outages  []Outage      // at 1, 10 and 100 calls a second
	Open     OpenTimes     // zero without a breaker
}

// OpenTimes are how long a breaker that has opened rejects calls before it lets probes through.
type OpenTimes struct {
	Shortest, Longest time.Duration // when a closed breaker opens, between these, as jitter= has it
	Grown             time.Duration // at most, when probes have failed as often as maxopen= lets it double; the longest without maxopen=
}

// A Span is one attempt of the longest call, from its beginning to its end, counted from the
// beginning of the call. An attempt without a bound is taken to fail at once: then it is the latest
// that the attempt can begin if all do.
type Span struct {
	Begin, End time.Duration
}

// MaxSpans is how many attempts a timeline shows at most.
const MaxSpans = 1000

// NewForecast computes what a valid policy comes to.
func NewForecast(p resil.Policy) Forecast {
	f := Forecast{Attempts: tries(p), Each: longestAttempt(p, queueing(p))}
	if p.Hedge != nil {
		f.Attempts = int(min(int64(f.Attempts)*int64(1+p.Hedge.Max), math.MaxInt32))
	}
	f.Waits = waits(p.Retry, 0)
	f.Longest = longestCall(p, f.Each, f.Waits)
	f.Hinted = f.Longest
	if p.Retry != nil {
		f.Hinted = longestCall(p, f.Each, waits(p.Retry, p.Retry.Hint))
	}
	f.Timeline = timeline(p, f.Each)
	for _, rate := range []int{1, 10, 100} {
		f.Outages = append(f.Outages, outageAt(p, rate))
	}
	if p.Breaker != nil {
		f.Open = openTimes(p.Breaker)
	}
	return f
}

// openTimes returns how long the breaker is open.
func openTimes(b *resil.Breaker) OpenTimes {
	return OpenTimes{Shortest: b.Open - time.Duration(b.Jitter*float64(b.Open)), Longest: b.Open, Grown: max(b.Open, b.MaxOpen)}
}

// tries returns how many attempts a call makes, those of hedges aside.
func tries(p resil.Policy) int {
	if p.Retry == nil {
		return 1
	}
	return p.Retry.Attempts
}

// queueing returns how long an attempt waits for its turn at most.
func queueing(p resil.Policy) (wait time.Duration) {
	if p.RateLimit != nil {
		wait = plus(wait, p.RateLimit.Wait)
	}
	if p.Bulkhead != nil {
		wait = plus(wait, p.Bulkhead.Wait)
	}
	return wait
}

// longestAttempt returns how long an attempt takes at most, with the hedges beside it: each begins
// when the last one that began is slow, or when one has failed. It is 0 without an attempt timeout.
func longestAttempt(p resil.Policy, queueing time.Duration) time.Duration {
	if p.Timeout == nil || p.Timeout.Attempt == 0 {
		return 0
	}
	each := plus(p.Timeout.Attempt, queueing)
	if p.Hedge == nil {
		return each
	}
	after := p.Hedge.After
	if after == 0 { // a quantile, which is not known while all is slow
		after = each
	}
	begun := []time.Duration{0}
	for range p.Hedge.Max {
		last := begun[len(begun)-1]
		next := plus(last, after)
		for _, b := range begun {
			if end := plus(b, each); end > last {
				next = min(next, end)
			}
		}
		begun = append(begun, next)
	}
	return plus(begun[len(begun)-1], each)
}

// longestCall returns how long a call takes at most; 0 is unbounded.
func longestCall(p resil.Policy, each, waits time.Duration) time.Duration {
	bound := time.Duration(0)
	if p.Timeout != nil {
		bound = p.Timeout.Call
	}
	if each == 0 {
		return bound
	}
	sum := plus(times(each, tries(p)), waits)
	if bound == 0 {
		return sum
	}
	return min(sum, bound)
}

// waits returns how long the waits between all attempts are together at most, none of them below
// least.
func waits(r *resil.Retry, least time.Duration) (sum time.Duration) {
	if r == nil {
		return 0
	}
	w := wait{r, float64(r.Initial)}
	for n := 1; n < r.Attempts; n++ {
		d := max(w.next(), least)
		if w.steady() { // from here on all are alike
			return plus(plus(sum, d), times(max(w.next(), least), r.Attempts-n-1))
		}
		sum = plus(sum, d)
	}
	return sum
}

// A wait is the longest that the next one may be: what the runtime's backoff yields, spread as far
// up as the jitter goes.
type wait struct {
	retry    *resil.Retry
	interval float64 // before jitter
}

func (w *wait) next() time.Duration {
	longest := float64(w.retry.Max)
	d := min(w.interval*(1+spread(w.retry.Jitter)), longest)
	w.interval = min(w.interval*w.retry.Multiplier, longest)
	return time.Duration(d)
}

// steady reports whether waits do not grow any more.
func (w *wait) steady() bool {
	return w.interval == 0 || w.retry.Multiplier == 1 || w.interval >= float64(w.retry.Max)
}

// spread returns by which share a jitter lengthens a wait at most: full and equal only shorten it.
func spread(j resil.Jitter) float64 {
	percent, isRatio := strings.CutSuffix(string(j), "%")
	if !isRatio {
		return 0
	}
	share, _ := strconv.ParseFloat(percent, 64) // of a valid policy
	return share / 100
}

// timeline returns the attempts of the longest call. A wait that would outlive the call timeout is
// not begun, and an attempt ends with it.
func timeline(p resil.Policy, each time.Duration) []Span {
	call := time.Duration(math.MaxInt64)
	if p.Timeout != nil && p.Timeout.Call > 0 {
		call = p.Timeout.Call
	}
	spans := []Span{{0, min(each, call)}}
	if p.Retry == nil {
		return spans
	}
	w := wait{p.Retry, float64(p.Retry.Initial)}
	for n := 1; n < min(p.Retry.Attempts, MaxSpans); n++ {
		begin := plus(spans[n-1].End, w.next())
		if begin >= call {
			break
		}
		spans = append(spans, Span{begin, min(plus(begin, each), call)})
	}
	return spans
}

// plus and times do not overflow: centuries are as good as for ever.
func plus(a, b time.Duration) time.Duration {
	if a > math.MaxInt64-b {
		return math.MaxInt64
	}
	return a + b
}

func times(d time.Duration, n int) time.Duration {
	if d > 0 && int64(n) > math.MaxInt64/int64(d) {
		return math.MaxInt64
	}
	return d * time.Duration(n)
}

// Brief returns a duration as directives write it: 1m, not 1m0s.
func Brief(d time.Duration) string {
	s := d.String()
	if strings.HasSuffix(s, "m0s") {
		s = strings.TrimSuffix(s, "0s")
	}
	if strings.HasSuffix(s, "h0m") {
		s = strings.TrimSuffix(s, "0m")
	}
	return s
}
