package forecast

import (
	"testing"
	"testing/synctest"
	"time"
)

// TestOpenTimes lets a breaker open, and its probes fail, for a while: each open time is as long as
// forecast.
func TestOpenTimes(t *testing.T) {
	for text, want := range map[string]OpenTimes{
		"breaker failures=2 jitter=none":                     {10 * time.Second, 10 * time.Second, 10 * time.Second},
		"breaker failures=2":                                 {9 * time.Second, 10 * time.Second, 10 * time.Second},
		"breaker failures=2 open=4s jitter=25%":              {3 * time.Second, 4 * time.Second, 4 * time.Second},
		"breaker failures=2 open=1s maxopen=8s jitter=none":  {time.Second, time.Second, 8 * time.Second},
		"breaker failures=2 open=2s maxopen=30s jitter=100%": {0, 2 * time.Second, 30 * time.Second},
	} {
		synctest.Test(t, func(t *testing.T) {
			p := parsePolicy(t, text)
			got := Of(p).Open
			if got != want {
				t.Errorf("%q: %+v, want %+v", text, got, want)
			}
			opened := playOutage(p, 10, 5*time.Minute).openTimes()
			if len(opened) < 5 {
				t.Fatalf("%q: open %d times", text, len(opened))
			}
			const exact = time.Microsecond
			if opened[0] < got.Shortest-exact || opened[0] > got.Longest+exact {
				t.Errorf("%q: open for %s at first, forecast %s to %s", text, opened[0], got.Shortest, got.Longest)
			}
			for _, open := range opened {
				if open < got.Shortest-exact || open > got.Grown+exact {
					t.Errorf("%q: open for %s, forecast %s to %s", text, open, got.Shortest, got.Grown)
				}
			}
		})
	}
	if open := Of(parsePolicy(t, "retry")).Open; open != (OpenTimes{}) {
		t.Errorf("%+v without a breaker", open)
	}
}
