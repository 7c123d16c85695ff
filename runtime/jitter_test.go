package resil

import (
	"fmt"
	"math"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// almostOne is the last number before 1, the most that dice show.
var almostOne = math.Nextafter(1, 0)

// TestJitterSpread: what each jitter makes of a wait at the least, in the middle, and at the most.
func TestJitterSpread(t *testing.T) {
	for _, test := range []struct {
		jitter          Jitter
		d               time.Duration
		low, half, high time.Duration
	}{
		{FullJitter, 1000, 0, 500, 1000},
		{FullJitter, 1, 0, 1, 1},
		{FullJitter, 0, 0, 0, 0},
		{EqualJitter, 1000, 500, 750, 1000},
		{EqualJitter, 3, 2, 3, 3},
		{NoJitter, 1000, 1000, 1000, 1000},
		{NoJitter, never, never, never, never},
		{NoJitter, never - 1, never - 1, never - 1, never - 1},
		{"20%", 1000, 800, 1000, 1200},
		{"33.3%", 1000, 667, 1000, 1333},
		{"100%", 1000, 0, 1000, 2000},
		{"0.1%", 1000, 999, 1000, 1001},
		{"0.1%", 10, 10, 10, 10},
		{FullJitter, never, 0, never/2 + 1, never - 1023},
		{"100%", never, 0, never/2 + 1, never - 1023},
		{"nonsense", 1000, 1000, 1000, 1000},
	} {
		got := [...]time.Duration{test.jitter.spread(test.d, 0), test.jitter.spread(test.d, 0.5), test.jitter.spread(test.d, almostOne)}
		if want := [...]time.Duration{test.low, test.half, test.high}; got != want {
			t.Errorf("%s of %d: got %d, want %d", test.jitter, test.d, got, want)
		}
	}
}

// TestJitterStaysInReach: no number leads beyond the jitter's bounds, below zero, or back.
func TestJitterStaysInReach(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		j := rapid.OneOf(rapid.SampledFrom([]Jitter{FullJitter, EqualJitter, NoJitter, "100%", "99.99999999999999%"}),
			rapid.Map(rapid.Float64Range(0.01, 100), func(r float64) Jitter { return Jitter(fmt.Sprintf("%.9f%%", r)) })).Draw(t, "jitter")
		d := time.Duration(rapid.Int64Range(0, math.MaxInt64).Draw(t, "d"))
		u, v := rapid.Float64Range(0, almostOne).Draw(t, "u"), rapid.Float64Range(0, almostOne).Draw(t, "v")
		low, high := j.reach().around(d)
		if low < 0 || low > d || high < d {
			t.Fatalf("%s reaches from %d to %d around %d", j, low, high, d)
		}
		a, b := j.spread(d, min(u, v)), j.spread(d, max(u, v))
		if a < low || b > high || a > b {
			t.Fatalf("%s of %d: %d and %d, not from %d to %d", j, d, a, b, low, high)
		}
	})
}

// TestJitterIsEven: each wait of a short one is as likely as the others, the first and the last
// too.
func TestJitterIsEven(t *testing.T) {
	const draws = 1000
	for j, outcomes := range map[Jitter]int{FullJitter: 10, EqualJitter: 5, "100%": 19} {
		counts := map[time.Duration]int{}
		for i := range draws * outcomes {
			counts[j.spread(9, float64(i)/float64(draws*outcomes))]++
		}
		if len(counts) != outcomes {
			t.Errorf("%s: %d outcomes, want %d", j, len(counts), outcomes)
		}
		for d, n := range counts {
			if n < draws-1 || n > draws+1 {
				t.Errorf("%s: %d comes %d times, want %d", j, d, n, draws)
			}
		}
	}
}
