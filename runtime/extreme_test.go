package resil_test

import (
	"context"
	"errors"
	"math"
	"testing"
	"testing/synctest"
	"time"

	resil "github.com/resilgen/resilgen/runtime"
)

// TestLongestWaitsDoNotOverflow: no wait overflows into a negative one, which would repeat at once
// and for ever.
func TestLongestWaitsDoNotOverflow(t *testing.T) {
	const longest = "2562047h47m16.854775807s"
	for _, jitter := range []string{"none", "full", "equal", "20%", "100%"} {
		for _, initial := range []string{longest, "2000000h", "1ns"} {
			t.Run(jitter+" "+initial, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					g := guard(t, "retry attempts=3 initial="+initial+" multiplier=1000000000000 max="+longest+" jitter="+jitter,
						resil.WithObserver(resil.ObserverFunc(func(e resil.Event) {
							if e.Kind == resil.Retrying && e.Wait < 0 {
								t.Errorf("a wait of %s", e.Wait)
							}
						})))
					ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
					defer cancel()
					g.Do(ctx, outcome("F"))
					flush(t, g.Client())
				})
			})
		}
	}
}

// TestNumbersThatNobodyMeansAreRefused: they are refused instead of overflowing, using up the
// machine, or going unseen beside another field.
func TestNumbersThatNobodyMeansAreRefused(t *testing.T) {
	retry, breaker := parse(t, "retry").Retry, parse(t, "breaker").Breaker
	for _, test := range []struct {
		name   string
		policy resil.Policy
	}{
		{"rate", resil.Policy{RateLimit: &resil.RateLimit{Rate: math.Inf(1), Burst: 1}}},
		{"rate", resil.Policy{RateLimit: &resil.RateLimit{Rate: math.NaN(), Burst: 1}}},
		{"floor", resil.Policy{Retry: with(*retry, func(r *resil.Retry) { r.Floor = math.NaN() })}},
		{"floor too small", resil.Policy{Retry: with(*retry, func(r *resil.Retry) { r.Floor = 0.05 })}},
		{"multiplier", resil.Policy{Retry: with(*retry, func(r *resil.Retry) { r.Multiplier = math.Inf(1) })}},
		{"probes", resil.Policy{Breaker: with(*breaker, func(b *resil.Breaker) { b.Probes = math.MaxInt32 })}},
		{"window of calls", resil.Policy{Breaker: with(*breaker, func(b *resil.Breaker) { b.Window, b.WindowCalls = 0, math.MaxInt32 })}},
		{"window of time", resil.Policy{Breaker: with(*breaker, func(b *resil.Breaker) { b.Window = 1 })}},
		{"a window of calls below zero, beside one of time",
			resil.Policy{Breaker: with(*breaker, func(b *resil.Breaker) { b.WindowCalls = -1 })}},
		{"a time below zero, beside a quantile", resil.Policy{Hedge: &resil.Hedge{After: -1, Quantile: 0.95, Max: 1}}},
		{"hedges", resil.Policy{Hedge: &resil.Hedge{After: time.Second, Max: math.MaxInt32}}},
	} {
		if err := test.policy.Validate(); err == nil {
			t.Errorf("%s: %s is valid", test.name, test.policy)
		} else if _, ok := errors.AsType[*resil.PolicyError](err); !ok {
			t.Errorf("%s: %#v", test.name, err)
		}
	}
}

// with returns a changed copy.
func with[T any](part T, change func(*T)) *T {
	change(&part)
	return &part
}

// TestHugeRatesLetCallsPass: a rate that exceeds an int still lets calls pass.
func TestHugeRatesLetCallsPass(t *testing.T) {
	g := guard(t, "ratelimit rate=99999999999999999999/s")
	for range 100 {
		play(t, g, "S")
	}
}
