package forecast

// This file is when the attempts of the longest call begin and end.

import (
	"math"
	"time"

	resil "github.com/resilgen/resilgen/runtime"
)

// A Span is one try of the longest call, from its beginning to its end, counted from the beginning
// of the call. A try without a bound is taken to fail at once: then its beginning is the latest
// that there is if all do.
type Span struct {
	Begin, End time.Duration
}

// MaxSpans is how many spans a timeline has at most.
const MaxSpans = 1000

// timeline returns the tries of the longest call, if each takes so long. A wait that would outlive
// the call timeout is not begun, and a try ends with it.
func timeline(p resil.Policy, each time.Duration) []Span {
	call := time.Duration(math.MaxInt64)
	if p.Timeout != nil && p.Timeout.Call > 0 {
		call = p.Timeout.Call
	}
	spans := []Span{{0, min(each, call)}}
	if p.Retry == nil {
		return spans
	}
	b := newBackoff(p.Retry)
	for n := 1; n < min(p.Retry.Attempts, MaxSpans); n++ {
		begin := plus(spans[n-1].End, b.next())
		if begin >= call {
			break
		}
		spans = append(spans, Span{begin, min(plus(begin, each), call)})
	}
	return spans
}
