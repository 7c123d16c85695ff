package main

import (
	"context"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/resilgen/resilgen/bench/calls"
)

// A countingClient counts the calls that reach a client.
type countingClient struct {
	calls.Client
	n atomic.Int64
}

func (c *countingClient) Get(ctx context.Context, key string) (string, error) {
	c.n.Add(1)
	return c.Client.Get(ctx, key)
}

// TestWaysDoWhatIsCompared: what is compared does what its situation says. A breaker that never
// opens, or a retry that does not repeat, would look fast.
func TestWaysDoWhatIsCompared(t *testing.T) {
	ctx := t.Context()
	soon, cancel := context.WithTimeout(ctx, calls.Sooner)
	defer cancel()
	for _, c := range compared {
		for _, w := range c.ways {
			switch c.situation {
			case flaky:
				next := &countingClient{Client: &calls.Flaky{}}
				got, err := w.Wrap(next, 0).Get(ctx, "key")
				if w.Name != calls.Direct.Name && (got != "key" || err != nil || next.n.Load() != 2) {
					t.Errorf("%s, %s: got %q, %v after %d calls", c.situation, w.Name, got, err, next.n.Load())
				}
			case rejected:
				next := &countingClient{Client: calls.Down{}}
				client := w.Wrap(next, 0)
				call(client, ctx, "key", 100)
				before := next.n.Load()
				if _, err := client.Get(ctx, "key"); w.Name != calls.Direct.Name && (err == nil || next.n.Load() != before) {
					t.Errorf("%s, %s: %v, %d calls came through", c.situation, w.Name, err, next.n.Load()-before)
				}
			case asking, selecting: // see TestBoundedWaysEnd
			default:
				next := &countingClient{Client: calls.Healthy{}}
				if got, err := w.Wrap(next, time.Second).Get(soon, "key"); got != "key" || err != nil || next.n.Load() != 1 {
					t.Errorf("%s, %s: got %q, %v after %d calls", c.situation, w.Name, got, err, next.n.Load())
				}
			}
		}
	}
}

// A waitingClient takes as long as it is let, and then fails; without a context that ends, for
// ever.
type waitingClient struct{}

func (waitingClient) Get(ctx context.Context, _ string) (string, error) {
	<-ctx.Done()
	return "", ctx.Err()
}

// A deafClient takes six hours, whatever becomes of its context, and then fails.
type deafClient struct{}

func (deafClient) Get(context.Context, string) (string, error) {
	time.Sleep(6 * time.Hour)
	return "", calls.ErrDown
}

// TestBoundedWaysEnd: the ways that are compared by the contexts they make bound what they should.
// Each attempt of a callee that listens ends after two hours; one that does not listen is not
// called again when the call has taken ten.
func TestBoundedWaysEnd(t *testing.T) {
	attempts := map[string]int{
		calls.WithTimeout.Name: 1, calls.OurBounded.Name: 1, calls.OurRollingBounded.Name: 4, calls.FailsafeBounded.Name: 4,
	}
	for _, w := range bounded {
		if w.Name == calls.Direct.Name {
			continue
		}
		synctest.Test(t, func(t *testing.T) {
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			start := time.Now()
			_, err := w.Wrap(waitingClient{}, time.Second).Get(ctx, "key")
			took, want := time.Since(start).Truncate(time.Minute), 2*time.Hour*time.Duration(attempts[w.Name])
			if err == nil || took != want {
				t.Errorf("%s: %v after %v instead of %v", w.Name, err, took, want)
			}

			next := &countingClient{Client: deafClient{}}
			_, err = w.Wrap(next, time.Second).Get(ctx, "key")
			if n, most := int(next.n.Load()), min(attempts[w.Name], 2); err == nil || n != most {
				t.Errorf("%s: %v after %d calls of 6 hours instead of %d", w.Name, err, n, most)
			}

			for _, next := range []calls.Client{calls.Asking{}, calls.Selecting{}} {
				next := &countingClient{Client: next}
				if got, err := w.Wrap(next, time.Second).Get(ctx, "key"); got != "key" || err != nil || next.n.Load() != 1 {
					t.Errorf("%s: got %q, %v after %d calls", w.Name, got, err, next.n.Load())
				}
			}
		})
	}
}

// TestCallTogetherMakesEveryCall: all calls are made, those that goroutines do not share evenly
// too.
func TestCallTogetherMakesEveryCall(t *testing.T) {
	next := &countingClient{Client: calls.Healthy{}}
	callTogether(next, t.Context(), "key", 1000)
	if n := next.n.Load(); n < 1000 || n > 1000+goroutines {
		t.Errorf("%d calls instead of 1000", n)
	}
}

// TestBoundedGoals: the goals of timeouts look at the right bouts, and see when they are missed by
// a little.
func TestBoundedGoals(t *testing.T) {
	type figure struct {
		situation string
		way       calls.Way
		cost      float64
		allocs    float64
	}
	std, failsafe := calls.WithTimeout, calls.FailsafeBounded
	met := []figure{
		{asking, std, 100, 4}, {asking, calls.OurBounded, 35, 1},
		{selecting, std, 100, 5}, {selecting, calls.OurBounded, 125, 7},
		{asking, failsafe, 1000, 40}, {asking, calls.OurRollingBounded, 80, 1},
		{selecting, failsafe, 1000, 40}, {selecting, calls.OurRollingBounded, 350, 7},
	}
	missed := func(figures ...figure) []string {
		r := &healthyRun{bouts: map[[2]string]*bout{}}
		for _, c := range compared {
			for _, w := range c.ways {
				r.bouts[[2]string{c.situation, w.Name}] = &bout{processor: []float64{1}, nanos: []float64{1}}
			}
		}
		for _, f := range figures {
			b := r.of(f.situation, f.way)
			b.processor, b.nanos, b.allocs = []float64{f.cost}, []float64{f.cost}, f.allocs
		}
		var all []string
		for _, g := range r.goals() {
			if !g.met && strings.Contains(g.what, "the callee") {
				all = append(all, g.what+" "+g.wanted)
			}
		}
		return all
	}
	if got := missed(met...); got != nil {
		t.Errorf("missed: %q", got)
	}
	const asks, selects = "the callee asks for the deadline ", "the callee selects on Done "
	for _, test := range []struct {
		worse figure
		want  string
	}{
		{figure{asking, calls.OurBounded, 36, 1}, "attempt + call timeout, " + asks + "≤ 0.35 × context.WithTimeout"},
		{figure{asking, calls.OurBounded, 35, 2}, "attempt + call timeout, " + asks + "≤ 1 allocs"},
		{figure{selecting, calls.OurBounded, 126, 7}, "attempt + call timeout, " + selects + "≤ 1.25 × context.WithTimeout"},
		{figure{selecting, calls.OurBounded, 125, 8}, "attempt + call timeout, " + selects + "≤ 2 allocs more than context.WithTimeout"},
		{figure{asking, calls.OurRollingBounded, 81, 1}, "retry + rolling breaker + attempt and call timeout, " + asks + "≤ 0.08 × failsafe-go's"},
		{figure{selecting, calls.OurRollingBounded, 351, 1}, "retry + rolling breaker + attempt and call timeout, " + selects + "≤ 0.35 × failsafe-go's"},
	} {
		if got := missed(append(met, test.worse)...); !slices.Equal(got, []string{test.want}) {
			t.Errorf("missed: %q instead of %q", got, test.want)
		}
	}
}
