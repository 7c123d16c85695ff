package forecast

// The worst case is held against the runtime itself, in virtual time: what is forecast is what
// happens.

import (
	"context"
	"errors"
	"reflect"
	"slices"
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
			want, got := WorstOf(p), playLongest(p)
			if got.took != want.Longest {
				t.Errorf("%s: took %s, forecast %s", text, got.took, want.Longest)
			}
			if p.Timeout.Attempt > 0 && p.Timeout.Call == 0 && got.attempts != want.Attempts {
				t.Errorf("%s: %d attempts, forecast %d", text, got.attempts, want.Attempts)
			}
			if p.Hedge == nil && p.Timeout.Attempt > 0 && !slices.Equal(got.spans, want.Timeline) {
				t.Errorf("%s:\ngot      %v\nforecast %v", text, got.spans, want.Timeline)
			}
		})
	}
}

// A playedCall is what one call did.
type playedCall struct {
	spans    []Span
	attempts int
	took     time.Duration
}

func playLongest(p resil.Policy) (got playedCall) {
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
			f := WorstOf(p)
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

// A call needs the more, the more it waits for rate limit and bulkhead; without any, what it needs
// is what it takes, up to the call timeout. So what is said of a call timeout that is too short is
// said by the numbers that are explained.
func TestNeeded(t *testing.T) {
	for _, policy := range []string{
		"retry attempts=4 initial=100ms max=2s\ntimeout attempt=1s call=5s",
		"retry attempts=4 initial=100ms max=2s jitter=30%\ntimeout attempt=1s call=4s",
		"retry attempts=4\ntimeout attempt=1s",
		"retry attempts=3\nhedge after=300ms\ntimeout attempt=1s call=9s",
		"timeout attempt=1s",
		"timeout call=1s",
		"retry",
	} {
		p := parsePolicy(t, policy)
		w := WorstOf(p)
		want := w.Needed
		if p.Timeout != nil && p.Timeout.Call > 0 && (want == 0 || want > p.Timeout.Call) {
			want = p.Timeout.Call
		}
		if w.Longest != want || w.Each != w.Unqueued {
			t.Errorf("%q: the longest call takes %s, want %s; a try takes %s, and %s without queues", policy, w.Longest, want, w.Each, w.Unqueued)
		}
		if w.Needed == 0 || p.Timeout.Call > 0 {
			continue
		}
		queued := WorstOf(parsePolicy(t, policy+"\nratelimit rate=10/s wait=200ms\nbulkhead max=3 wait=100ms"))
		if queued.Needed != w.Needed || queued.Unqueued != w.Unqueued || queued.Longest <= w.Longest {
			t.Errorf("%q: with queues %+v\nwithout %+v", policy, queued, w)
		}
	}
}

// The worst case alone is that of the whole forecast.
func TestWorstOf(t *testing.T) {
	p := parsePolicy(t, "retry attempts=3 hint=5s\nbreaker\ntimeout attempt=1s call=10s\nhedge after=100ms")
	if whole, alone := Of(p).Worst, WorstOf(p); !reflect.DeepEqual(whole, alone) {
		t.Errorf("of the whole\n%+v\nalone\n%+v", whole, alone)
	}
}

// Numbers beyond all measure give a forecast too, soon and without a negative time.
func TestNumbersBeyondMeasure(t *testing.T) {
	for _, text := range []string{
		"retry attempts=1000000000 initial=0\ntimeout attempt=1h\nbreaker per=call failures=1000000",
		"retry attempts=1000000000 initial=2000000h max=2000000h jitter=100% hint=2000000h\ntimeout attempt=2000000h\nbreaker",
		"retry attempts=1000000000 multiplier=1e300\nbreaker window=1000000 min=1000000",
		"hedge after=1ns max=100\ntimeout attempt=2000000h\nbreaker window=2000000h min=1000000",
		"retry initial=1000h max=1000h\nbreaker window=1ms min=1000000",
	} {
		w := Of(parsePolicy(t, text)).Worst
		for _, d := range []time.Duration{w.Waits, w.Each, w.Unqueued, w.Needed, w.Longest, w.Hinted, w.Timeline[len(w.Timeline)-1].End} {
			if d < 0 {
				t.Errorf("%s: %+v", text, w)
				break
			}
		}
	}
}
