package forecast

// Outages are played against the runtime itself, in virtual time: what is forecast is what happens.

import (
	"context"
	"errors"
	"math"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	resil "github.com/resilgen/resilgen/runtime"
)

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
		for _, want := range Of(p).Outages {
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
		for _, want := range Of(p).Outages {
			synctest.Test(t, func(t *testing.T) {
				got := playOutage(p, want.CallsPerSecond, 2*time.Minute).load()
				if math.Abs(got-want.Budgeted) > 0.02*want.Budgeted {
					t.Errorf("%q at %d/s: %.1f attempts a second, forecast %.1f", text, want.CallsPerSecond, got, want.Budgeted)
				}
			})
		}
	}
}

// An playedOutage is what an outage did.
type playedOutage struct {
	began    time.Time
	mu       sync.Mutex
	attempts []time.Duration // since began
	opened   []time.Time     // when the breaker opened
	probed   []time.Time     // when it let probes through
}

// Observe notes when the breaker changes.
func (o *playedOutage) Observe(e resil.Event) {
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
func playOutage(p resil.Policy, rate int, lasts time.Duration) *playedOutage {
	const health = 3 * time.Minute // a whole number of windows
	o := &playedOutage{}
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

func (o *playedOutage) attempt() error {
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
func (o *playedOutage) opens() (time.Duration, bool) {
	if len(o.opened) == 0 {
		return 0, false
	}
	return o.opened[0].Sub(o.began), true
}

// openTimes returns for how long it was open each time.
func (o *playedOutage) openTimes() (times []time.Duration) {
	for i, at := range o.probed {
		times = append(times, at.Sub(o.opened[i]))
	}
	return times
}

// load returns how many attempts there were a second once the outage had lasted for a while.
func (o *playedOutage) load() float64 {
	const from, to = 30 * time.Second, 110 * time.Second
	n := 0
	for _, at := range o.attempts {
		if at >= from && at < to {
			n++
		}
	}
	return float64(n) / (to - from).Seconds()
}
