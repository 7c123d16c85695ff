package resil_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/sony/gobreaker/v2"
	"pgregory.net/rapid"

	resil "github.com/resilgen/resilgen/runtime"
)

// checkVirtually checks a property in virtual time: draw draws everything first, since a bubble is
// no place for rapid, and returns what to do in the bubble.
func checkVirtually(t *testing.T, draw func(*rapid.T) func() error) {
	rapid.Check(t, func(r *rapid.T) {
		play := draw(r)
		var err error
		synctest.Test(t, func(*testing.T) { err = play() })
		if err != nil {
			r.Fatal(err)
		}
	})
}

// A step is time that passes, and then a call.
type step struct {
	wait  time.Duration
	fails bool
}

// TestBreakerLikeGobreaker plays random traces to a breaker and to gobreaker with its own rolling
// window. Where both define the same thing they must agree after every step: gobreaker decides on
// failures only, so a trace ends where a success is what trips ours.
func TestBreakerLikeGobreaker(t *testing.T) {
	checkVirtually(t, func(r *rapid.T) func() error {
		settings := resil.Breaker{
			FailureRatio: rapid.SampledFrom([]float64{0.1, 0.5, 0.8, 1}).Draw(r, "ratio"),
			MinCalls:     rapid.IntRange(1, 8).Draw(r, "min"),
			Window:       10 * time.Second,
			Open:         5 * time.Second,
			Probes:       rapid.IntRange(1, 3).Draw(r, "probes"),
			Scope:        resil.ScopeMethod,
		}
		steps := rapid.SliceOfN(rapid.Custom(func(r *rapid.T) step {
			// Never exactly at the end of the open time, where gobreaker is still open.
			return step{time.Duration(rapid.IntRange(0, 1500).Draw(r, "ms"))*time.Millisecond + 3, rapid.Bool().Draw(r, "fails")}
		}), 1, 60).Draw(r, "steps")
		return func() error { return compareWithGobreaker(settings, steps) }
	})
}

func compareWithGobreaker(settings resil.Breaker, steps []step) error {
	tooMany := func(c gobreaker.Counts) bool {
		return int(c.Requests) >= settings.MinCalls && float64(c.TotalFailures)/float64(c.Requests) >= settings.FailureRatio
	}
	ours := resil.NewClient("test.Client", struct{}{}).Guard("Method", resil.Policy{Breaker: &settings})
	theirs := gobreaker.NewCircuitBreaker[struct{}](gobreaker.Settings{
		MaxRequests: uint32(settings.Probes), Interval: settings.Window, BucketPeriod: settings.Window / 10,
		Timeout: settings.Open, ReadyToTrip: tooMany,
	})
	for n, s := range steps {
		time.Sleep(s.wait)
		var err error
		if s.fails {
			err = errBackend
		}
		_, theirErr := theirs.Execute(func() (struct{}, error) { return struct{}{}, err })
		ourErr := ours.Do(context.Background(), func(context.Context) error { return err })
		if theirs.State() == gobreaker.StateClosed && err == nil && tooMany(theirs.Counts()) {
			return nil
		}
		if ours.State() != theirs.State() {
			return fmt.Errorf("step %d: %s, gobreaker is %s", n, ours.State(), theirs.State())
		}
		theyReject := errors.Is(theirErr, gobreaker.ErrOpenState) || errors.Is(theirErr, gobreaker.ErrTooManyRequests)
		if errors.Is(ourErr, resil.ErrOpen) != theyReject {
			return fmt.Errorf("step %d: %v, gobreaker says %v", n, ourErr, theirErr)
		}
	}
	return nil
}

// An attempt is what one attempt of a random backend does.
type attempt struct {
	takes time.Duration
	kind  string // "ok", "fails", "permanent", "asks" for a wait of a second
}

func (a attempt) run(ctx context.Context) error {
	select {
	case <-time.After(a.takes):
	case <-ctx.Done():
		return ctx.Err()
	}
	switch a.kind {
	case "fails":
		return errBackend
	case "permanent":
		return resil.Permanent(errBackend)
	case "asks":
		return resil.RetryAfter(errBackend, time.Second)
	}
	return nil
}

// A result is what a caller sees of a call.
type result struct {
	attempts int
	took     time.Duration
	reason   string
}

// expect is the reference: what retry, attempt timeout and call timeout make of a backend, step by
// step and without concurrency.
func expect(p resil.Policy, script []attempt) result {
	var now time.Duration
	wait := p.Retry.Initial
	for n := 1; ; n++ {
		a := script[min(n, len(script))-1]
		limit, callOver := p.Timeout.Attempt, false
		if left := p.Timeout.Call - now; left <= limit {
			limit, callOver = left, true
		}
		timedOut := a.takes > limit
		now += min(a.takes, limit)
		switch {
		case timedOut && callOver:
			return result{n, now, "timeout"}
		case !timedOut && a.kind == "ok":
			return result{n, now, ""}
		case !timedOut && a.kind == "permanent":
			return result{n, now, "permanent"}
		case n == p.Retry.Attempts:
			return result{n, now, "attempts"}
		}
		pause := wait
		if !timedOut && a.kind == "asks" {
			pause = min(time.Second, p.Retry.Hint)
		}
		if now+pause >= p.Timeout.Call {
			return result{n, now, "timeout"}
		}
		now += pause
		wait = min(time.Duration(float64(wait)*p.Retry.Multiplier), p.Retry.Max)
	}
}

// TestCallLikeModel plays random policies and backends, and compares with the reference.
func TestCallLikeModel(t *testing.T) {
	// No two times are the same, so that no two things fall on one instant.
	ms := func(r *rapid.T, lo, hi int, label string) time.Duration {
		return time.Duration(rapid.IntRange(lo, hi).Draw(r, label))*time.Millisecond + time.Duration(len(label))
	}
	checkVirtually(t, func(r *rapid.T) func() error {
		p := resil.Policy{
			Retry: &resil.Retry{Attempts: rapid.IntRange(2, 6).Draw(r, "attempts"), Initial: ms(r, 0, 200, "initial"), Multiplier: 2,
				Max: 500 * time.Millisecond, Jitter: resil.NoJitter, Hint: ms(r, 100, 2000, "hint"), Unbudgeted: true},
			Timeout: &resil.Timeout{Attempt: ms(r, 50, 300, "attempt"), Call: ms(r, 301, 3000, "call, which is longer")},
		}
		script := rapid.SliceOfN(rapid.Custom(func(r *rapid.T) attempt {
			return attempt{ms(r, 0, 400, "takes"), rapid.SampledFrom([]string{"ok", "fails", "fails", "permanent", "asks"}).Draw(r, "kind")}
		}), 1, 6).Draw(r, "script")
		return func() error { return compareWithModel(p, script) }
	})
}

func compareWithModel(p resil.Policy, script []attempt) error {
	want, got := expect(p, script), result{}
	began := time.Now()
	err := resil.NewClient("test.Client", struct{}{}).Guard("Method", p).Do(context.Background(), func(ctx context.Context) error {
		got.attempts++
		return script[min(got.attempts, len(script))-1].run(ctx)
	})
	got.took, got.reason = time.Since(began), reason(err)
	if got != want {
		return fmt.Errorf("\ngot  %+v (%v)\nwant %+v", got, err, want)
	}
	return nil
}

func reason(err error) string {
	e, gaveUp := errors.AsType[*resil.Error](err)
	switch {
	case err == nil:
		return ""
	case gaveUp && e.Reason == resil.ErrAttempts:
		return "attempts"
	case errors.Is(err, resil.ErrTimeout):
		return "timeout"
	}
	return "permanent"
}
