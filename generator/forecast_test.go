package generator

// A forecast is held against the runtime itself, in virtual time: what it says is what happens.

import (
	"context"
	"errors"
	"math"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	resil "github.com/resilgen/resilgen/runtime"
)

func parsePolicy(t *testing.T, text string) resil.Policy {
	t.Helper()
	p, err := resil.ParsePolicy(text)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// TestLongestCall makes a call whose every attempt takes as long as it may, and compares attempts
// and times with the forecast.
func TestLongestCall(t *testing.T) {
	for _, text := range []string{
		"timeout attempt=1s",
		"timeout call=3s",
		"retry attempts=4 jitter=none budget=off\ntimeout attempt=1s",
		"retry attempts=4 initial=100ms max=2s jitter=none\ntimeout attempt=1s call=5s",
		"retry attempts=6 initial=100ms max=300ms multiplier=1.5 jitter=none\ntimeout attempt=10ms",
		"retry attempts=4 initial=1s max=1s jitter=none\ntimeout attempt=1s call=2500ms",
		"retry attempts=3 initial=0 jitter=none\ntimeout attempt=1s",
		"hedge after=300ms max=2\ntimeout attempt=1s",
		"hedge after=310ms max=4\ntimeout attempt=1s",
		"hedge after=p90 max=2\ntimeout attempt=1s",
		"retry attempts=3 initial=100ms jitter=none budget=off\nhedge after=300ms max=1\ntimeout attempt=1s call=10s",
	} {
		synctest.Test(t, func(t *testing.T) {
			p := parsePolicy(t, text)
			want, got := NewForecast(p), playLongest(p)
			if got.took != want.Longest {
				t.Errorf("%s: took %s, forecast %s", text, got.took, want.Longest)
			}
			if p.Timeout.Attempt > 0 && p.Timeout.Call == 0 && got.attempts != want.Attempts {
				t.Errorf("%s: %d attempts, forecast %d", text, got.attempts, want.Attempts)
			}
			if p.Hedge == nil && p.Timeout.Attempt > 0 && !equal(got.spans, want.Timeline) {
				t.Errorf("%s:\ngot      %v\nforecast %v", text, got.spans, want.Timeline)
			}
		})
	}
}

// A played is what one call did.
type played struct {
	spans    []Span
	attempts int
	took     time.Duration
}

func playLongest(p resil.Policy) (got played) {
	var attempts atomic.Int64
	began := time.Now()
	_, _ = resil.Hedged(context.Background(), resil.NewClient("test.Client", struct{}{}).Guard("Method", p),
		func(ctx context.Context) (struct{}, error) {
			attempts.Add(1)
			begin := time.Since(began)
			<-ctx.Done()
			if p.Hedge == nil {
				got.spans = append(got.spans, Span{begin, time.Since(began)})
			}
			return struct{}{}, ctx.Err()
		}, nil)
	got.attempts, got.took = int(attempts.Load()), time.Since(began)
	return got
}

func equal(a, b []Span) bool {
	for i := range min(len(a), len(b)) {
		if a[i] != b[i] {
			return false
		}
	}
	return len(a) == len(b)
}

// Whatever the jitter, a call does not take longer than forecast; and with hints, not longer than
// forecast with hints.
func TestJitterWithinForecast(t *testing.T) {
	for _, text := range []string{
		"retry attempts=6 jitter=full\ntimeout attempt=1s",
		"retry attempts=6 jitter=equal max=700ms\ntimeout attempt=1s",
		"retry attempts=6 jitter=30%\ntimeout attempt=1s",
		"retry attempts=3 hint=5s\ntimeout attempt=1s",
	} {
		synctest.Test(t, func(t *testing.T) {
			p := parsePolicy(t, text)
			f := NewForecast(p)
			for range 100 {
				if got := playLongest(p); got.took > f.Longest || got.took < f.Longest-f.Waits {
					t.Fatalf("%s: took %s, forecast %s", text, got.took, f.Longest)
				}
				time.Sleep(time.Minute) // for the budget
			}
			began := time.Now()
			_ = resil.NewClient("test.Client", struct{}{}).Guard("Method", p).Do(t.Context(), func(ctx context.Context) error {
				<-ctx.Done()
				return resil.RetryAfter(errors.New("busy"), time.Hour)
			})
			if took := time.Since(began); took > f.Hinted || took < f.Hinted-f.Waits {
				t.Errorf("%s: took %s with hints, forecast %s", text, took, f.Hinted)
			}
		})
	}
}

// TestOutage plays outages against the runtime: when the breaker opens, and, without a breaker,
// what the other side gets.
func TestOutage(t *testing.T) {
	const retry = "retry attempts=4 initial=97ms jitter=none" // so that no two things fall on one instant
	for _, text := range []string{
		"breaker",
		"breaker failures=5",
		"breaker window=20",
		"breaker window=20 failures=100% min=20",
		"breaker failures=30% window=1m min=100",
		retry + " budget=off\nbreaker",
		retry + " budget=off\nbreaker failures=30",
		retry + " budget=off\nbreaker window=50",
		retry + "\nbreaker",
		retry + "\nbreaker failures=40",
		retry + "\nbreaker failures=60% min=20 window=1s",
		retry + "\nbreaker failures=60% window=10s per=call",
		retry + " budget=off\ntimeout call=250ms\nbreaker failures=20",
		"hedge after=1s max=2\nbreaker failures=40",
		"breaker failures=50% window=1s min=20",
	} {
		p := parsePolicy(t, text)
		for _, want := range NewForecast(p).Outages {
			synctest.Test(t, func(t *testing.T) {
				after, opens := playOutage(p, want.CallsPerSecond, 2*time.Minute).opens()
				if opens != want.Opens || (after-want.After).Abs() > time.Microsecond {
					t.Errorf("%q at %d/s: %s, %t; forecast %s, %t", text, want.CallsPerSecond, after, opens, want.After, want.Opens)
				}
			})
		}
	}
	for _, text := range []string{
		retry + " budget=off",
		retry,
		retry + " budget=10% floor=1/s",
		retry + " budget=50% floor=0/s",
		"hedge after=1s max=2",
		retry + "\nratelimit rate=50/s",
		retry + " budget=off\ntimeout call=250ms",
	} {
		p := parsePolicy(t, text)
		for _, want := range NewForecast(p).Outages {
			synctest.Test(t, func(t *testing.T) {
				got := playOutage(p, want.CallsPerSecond, 2*time.Minute).load()
				if math.Abs(got-want.Budgeted) > 0.02*want.Budgeted {
					t.Errorf("%q at %d/s: %.1f attempts a second, forecast %.1f", text, want.CallsPerSecond, got, want.Budgeted)
				}
			})
		}
	}
}

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
			got := NewForecast(p).Open
			if got != want {
				t.Errorf("%q: %+v, want %+v", text, got, want)
			}
			times := playOutage(p, 10, 5*time.Minute).openTimes()
			if len(times) < 5 {
				t.Fatalf("%q: open %d times", text, len(times))
			}
			const exact = time.Microsecond
			if times[0] < got.Shortest-exact || times[0] > got.Longest+exact {
				t.Errorf("%q: open for %s at first, forecast %s to %s", text, times[0], got.Shortest, got.Longest)
			}
			for _, open := range times {
				if open < got.Shortest-exact || open > got.Grown+exact {
					t.Errorf("%q: open for %s, forecast %s to %s", text, open, got.Shortest, got.Grown)
				}
			}
		})
	}
	if open := NewForecast(parsePolicy(t, "retry")).Open; open != (OpenTimes{}) {
		t.Errorf("%+v without a breaker", open)
	}
}

// An outagePlayed is what an outage did.
type outagePlayed struct {
	began    time.Time
	mu       sync.Mutex
	attempts []time.Duration // since began
	opened   []time.Time     // when the breaker opened
	probed   []time.Time     // when it let probes through
}

// Observe notes when the breaker changes.
func (o *outagePlayed) Observe(e resil.Event) {
	o.mu.Lock()
	defer o.mu.Unlock()
	switch {
	case e.Kind == resil.StateChanged && e.To == resil.Open:
		o.opened = append(o.opened, e.Time)
	case e.Kind == resil.StateChanged && e.To == resil.HalfOpen:
		o.probed = append(o.probed, e.Time)
	}
}

// playOutage makes so many calls a second, healthy for some minutes and then failing for a time.
func playOutage(p resil.Policy, rate int, lasts time.Duration) *outagePlayed {
	const health = 3 * time.Minute // a whole number of windows
	o := &outagePlayed{}
	g := resil.NewClient("test.Client", struct{}{}, resil.WithObserver(o)).Guard("Method", p)
	time.Sleep(time.Microsecond) // not at the instants at which windows slide
	o.began = time.Now().Add(health)
	var calls sync.WaitGroup
	for n := range rate * int((health+lasts)/time.Second) {
		calls.Go(func() {
			time.Sleep(time.Duration(n) * time.Second / time.Duration(rate))
			_, _ = resil.Hedged(context.Background(), g, func(context.Context) (struct{}, error) { return struct{}{}, o.attempt() }, nil)
		})
	}
	calls.Wait()
	_ = g.Client().Flush(context.Background())
	return o
}

func (o *outagePlayed) attempt() error {
	at := time.Since(o.began)
	if at < 0 {
		return nil
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	o.attempts = append(o.attempts, at)
	return errors.New("down")
}

// opens returns when the breaker opened for the first time.
func (o *outagePlayed) opens() (time.Duration, bool) {
	if len(o.opened) == 0 {
		return 0, false
	}
	return o.opened[0].Sub(o.began), true
}

// openTimes returns for how long it was open each time.
func (o *outagePlayed) openTimes() (times []time.Duration) {
	for i, at := range o.probed {
		times = append(times, at.Sub(o.opened[i]))
	}
	return times
}

// load returns how many attempts there were a second once the outage had lasted for a while.
func (o *outagePlayed) load() float64 {
	const from, to = 30 * time.Second, 110 * time.Second
	n := 0
	for _, at := range o.attempts {
		if at >= from && at < to {
			n++
		}
	}
	return float64(n) / (to - from).Seconds()
}

// Numbers beyond all measure give a forecast too, soon and without a negative time.
func TestExtremeForecasts(t *testing.T) {
	for _, text := range []string{
		"retry attempts=1000000000 initial=0\ntimeout attempt=1h\nbreaker per=call failures=1000000",
		"retry attempts=1000000000 initial=2000000h max=2000000h jitter=100% hint=2000000h\ntimeout attempt=2000000h\nbreaker",
		"retry attempts=1000000000 multiplier=1e300\nbreaker window=1000000 min=1000000",
		"hedge after=1ns max=100\ntimeout attempt=2000000h\nbreaker window=2000000h min=1000000",
		"retry initial=1000h max=1000h\nbreaker window=1ms min=1000000",
	} {
		f := NewForecast(parsePolicy(t, text))
		for _, d := range []time.Duration{f.Each, f.Waits, f.Longest, f.Hinted, f.Timeline[len(f.Timeline)-1].End} {
			if d < 0 {
				t.Errorf("%s: %+v", text, f)
				break
			}
		}
	}
}
