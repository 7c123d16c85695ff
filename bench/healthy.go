package main

// This file is the first table: what guarded calls cost.

import (
	"context"
	"fmt"
	"runtime"
	"strconv"
	"sync"
	"time"

	"github.com/resilgen/resilgen/bench/calls"
)

// The situations in which ways of calling are compared.
const (
	healthy   = "all is well"
	rejected  = "rejected by an open breaker"
	flaky     = "failure, then success, no delay"
	contended = "two processors, 16 goroutines on one client"
	sooner    = "a timeout, and the caller's deadline is sooner"
	asking    = "a cancelable caller, and the callee asks for its deadline"
	selecting = "a cancelable caller, and the callee selects on Done"
)

// compared says which ways are compared in which situation.
var compared = []struct {
	situation string
	ways      []calls.Way
}{
	{healthy, []calls.Way{
		calls.Direct,
		calls.OurRetry, calls.Backoff, calls.Avast, calls.Sethvargo, calls.EapacheRetry, calls.GowrapRetry, calls.FailsafeRetry,
		calls.Breaker1, calls.Breaker2, calls.TwoStep2, calls.Rolling2, calls.EapacheBreaker, calls.GowrapBreaker, calls.FailsafeBreaker,
		calls.OurConsecutive, calls.OurRolling, calls.OurObserved, calls.OurKeyed,
		calls.Breaker1Outside, calls.Breaker1Inside, calls.Breaker2Outside, calls.Breaker2Inside, calls.Rolling2Inside,
		calls.EapacheBoth, calls.GowrapBoth, calls.FailsafeBoth, calls.FailsafeRolling,
		calls.WithTimeout, calls.OurTimeout, calls.OurRollingTimed, calls.FailsafeTimed,
	}},
	{rejected, []calls.Way{
		calls.Direct, calls.OurConsecutive, calls.OurRolling, calls.OurObserved,
		calls.Breaker1, calls.Breaker2, calls.TwoStep2, calls.Rolling2, calls.Breaker2Outside,
		calls.EapacheBreaker, calls.GowrapBreaker, calls.FailsafeBreaker,
	}},
	{flaky, []calls.Way{
		calls.Direct, calls.OurRetry, calls.OurConsecutive,
		calls.Backoff, calls.ZeroBackoff, calls.Avast, calls.Sethvargo, calls.EapacheRetry, calls.GowrapRetry, calls.FailsafeRetry,
		calls.Breaker2Outside, calls.Breaker2Inside, calls.EapacheBoth, calls.GowrapBoth, calls.FailsafeBoth,
	}},
	{contended, []calls.Way{
		calls.Direct, calls.OurRetry, calls.OurConsecutive, calls.OurRolling, calls.OurObserved,
		calls.Breaker1, calls.Breaker2, calls.TwoStep2, calls.Rolling2, calls.EapacheBreaker, calls.GowrapBreaker,
		calls.FailsafeBreaker, calls.Breaker2Inside, calls.FailsafeBoth,
	}},
	{sooner, []calls.Way{calls.Direct, calls.OurTimeout, calls.OurRollingTimed, calls.WithTimeout, calls.FailsafeTimed}},
	{asking, bounded},
	{selecting, bounded},
}

// bounded are the ways that are compared by what the callee does with the context that they make.
var bounded = []calls.Way{calls.Direct, calls.WithTimeout, calls.OurBounded, calls.OurRollingBounded, calls.FailsafeBounded}

// callers are the contexts that calls come with, if not with the background's. They live as long as
// the run.
type callers struct {
	soon       context.Context // ends before the ways' timeouts
	cancelable context.Context // has no deadline, but might end: what is derived from it has to be tied to it
}

// prepare returns what calls a way n times in a situation.
func prepare(from callers, situation string, w calls.Way) func(n int) {
	const initial = 100 * time.Millisecond // the first wait of retries that are not going to happen
	ctx, key := context.Background(), "key"
	var next calls.Client = calls.Healthy{}
	switch situation {
	case rejected:
		c := w.Wrap(calls.Down{}, 0)
		call(c, ctx, key, 100) // until the breaker is open
		return func(n int) { call(c, ctx, key, n) }
	case flaky:
		c := w.Wrap(&calls.Flaky{}, 0)
		return func(n int) { call(c, ctx, key, n) }
	case contended:
		c := w.Wrap(next, initial)
		return func(n int) { callTogether(c, ctx, key, n) }
	case sooner:
		ctx = from.soon
	case asking:
		ctx, next = from.cancelable, calls.Asking{}
	case selecting:
		ctx, next = from.cancelable, calls.Selecting{}
	}
	c := w.Wrap(next, initial)
	return func(n int) { call(c, ctx, key, n) }
}

// call is the loop that every way is measured in, the same machine code for all.
//
//go:noinline
func call(c calls.Client, ctx context.Context, key string, n int) {
	for range n {
		c.Get(ctx, key)
	}
}

const (
	cores      = 2
	goroutines = 16
)

// callTogether makes n calls by many goroutines at once.
func callTogether(c calls.Client, ctx context.Context, key string, n int) {
	var group sync.WaitGroup
	for range goroutines {
		group.Go(func() { call(c, ctx, key, n/goroutines+1) })
	}
	group.Wait()
}

// A healthyRun is all that was measured.
type healthyRun struct {
	bouts map[[2]string]*bout // by situation and way
	order []*bout
}

func healthyTable(rounds int) (*report, error) {
	if rounds <= 0 {
		rounds = 50
	}
	if runtime.NumCPU() < cores {
		return nil, fmt.Errorf("%d processors are needed to see them contend", cores)
	}
	perMethod, perKey := memory()

	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(cores))
	soon, cancelSoon := context.WithTimeout(context.Background(), calls.Sooner)
	defer cancelSoon()
	cancelable, cancel := context.WithCancel(context.Background())
	defer cancel()
	from := callers{soon, cancelable}
	r := &healthyRun{bouts: map[[2]string]*bout{}}
	for _, c := range compared {
		for _, w := range c.ways {
			b := &bout{situation: c.situation, name: w.Name, run: prepare(from, c.situation, w)}
			r.bouts[[2]string{c.situation, w.Name}] = b
			r.order = append(r.order, b)
		}
	}
	progress("calls: %d rounds of %d ways", rounds, len(r.order))
	measure(r.order, rounds)

	progress("calls: failures after %d successes", successesBefore)
	// They come last: with windows in memory, garbage is collected less often, and what allocates
	// takes less.
	few, many := outcomes(rounds)

	goals := r.goals()
	goals = append(goals,
		atMostOf(fmt.Sprintf("one failure after %d successes, the last 1000000 calls count", successesBefore), many, 2, few, "the last 10 count"),
		atMost("memory of one guarded method, idle, on 16 cores or more", perMethod/1024, 12, " KiB"),
		atMost("memory of one idle key", perKey/1024, 2, " KiB"))
	return &report{title: "The healthy call", goals: goals, figures: r.figures()}, nil
}

func (r *healthyRun) of(situation string, w calls.Way) *bout {
	return r.bouts[[2]string{situation, w.Name}]
}

// goals holds what was measured against what is promised.
func (r *healthyRun) goals() []goal {
	direct := r.of(healthy, calls.Direct)
	var all []goal
	against := func(what string, ours *bout, limit float64, theirs *bout, unit string) {
		all = append(all, atMostOf(what, ours, limit, theirs, unit))
	}
	allocs := func(what string, ours *bout, limit float64) {
		all = append(all, atMost(what, ours.allocs, limit, " allocs"))
	}

	what, ours := "retry only (budget on)", r.of(healthy, calls.OurRetry)
	against(what, ours, 3, direct, "direct")
	allocs(what, ours, 0)

	what, ours = "retry + breaker, consecutive failures", r.of(healthy, calls.OurConsecutive)
	against(what, ours, 6, direct, "direct")
	allocs(what, ours, 0)

	what, ours = "retry + breaker, rolling ratio window", r.of(healthy, calls.OurRolling)
	against(what, ours, 9, direct, "direct")
	against(what, ours, 0.13, r.of(healthy, calls.Rolling2), "gobreaker v2 rolling")
	allocs(what, ours, 0)

	what, ours = "the same with metrics observer", r.of(healthy, calls.OurObserved)
	against(what, ours, 1.5, r.of(healthy, calls.Breaker2), "gobreaker v2")
	allocs(what, ours, 0)

	what, ours = "rejection by an open breaker", r.of(rejected, calls.OurRolling)
	against(what, ours, 0.15, r.of(rejected, calls.Breaker2), "gobreaker v2's")
	allocs(what, ours, 0)

	for _, w := range []calls.Way{calls.OurRetry, calls.OurConsecutive, calls.OurRolling} {
		g := atMostOf("two processors, 16 goroutines on one client: "+w.Name, r.of(contended, w), 1.3, r.of(healthy, w), "uncontended")
		peer := r.of(contended, calls.Breaker2).in(r.of(healthy, calls.Breaker2))
		g.measured += fmt.Sprintf("; gobreaker v2 %s (by the clock %s)", number(peer.processor), number(peer.clock))
		all = append(all, g)
	}

	what, ours = "failure, then success, no delay", r.of(flaky, calls.OurRetry)
	against(what, ours, 0.35, r.of(flaky, calls.Backoff), "backoff.Retry")
	allocs(what, ours, 1)

	allocs("attempt timeout, the caller's deadline is sooner", r.of(sooner, calls.OurTimeout), 0)
	what, ours = "attempt timeout otherwise", r.of(healthy, calls.OurTimeout)
	against(what, ours, 1, r.of(healthy, calls.WithTimeout), "context.WithTimeout")

	what, ours = "attempt + call timeout, the callee asks for the deadline", r.of(asking, calls.OurBounded)
	against(what, ours, 0.35, r.of(asking, calls.WithTimeout), "context.WithTimeout")
	allocs(what, ours, 1)

	what, ours = "attempt + call timeout, the callee selects on Done", r.of(selecting, calls.OurBounded)
	std := r.of(selecting, calls.WithTimeout)
	against(what, ours, 1.25, std, "context.WithTimeout")
	all = append(all, atMost(what, ours.allocs-std.allocs, 2, " allocs more than context.WithTimeout"))

	what, ours = "retry + rolling breaker + attempt and call timeout, the callee asks for the deadline", r.of(asking, calls.OurRollingBounded)
	against(what, ours, 0.08, r.of(asking, calls.FailsafeBounded), "failsafe-go's")

	what, ours = "retry + rolling breaker + attempt and call timeout, the callee selects on Done", r.of(selecting, calls.OurRollingBounded)
	against(what, ours, 0.35, r.of(selecting, calls.FailsafeBounded), "failsafe-go's")
	return all
}

// figures tabulates every way in every situation.
func (r *healthyRun) figures() []figures {
	var all []figures
	direct := r.of(healthy, calls.Direct)
	for _, c := range compared {
		f := figures{title: c.situation + ", × a direct call:", header: []string{"", "processor time", "quiet", "by the clock", "quiet", "allocs"}}
		for _, w := range c.ways {
			b := r.of(c.situation, w)
			allocs := number(b.allocs)
			if c.situation == contended {
				allocs = "" // those are of starting the goroutines
			}
			x := b.in(direct)
			f.rows = append(f.rows, []string{w.Name, number(x.processor), number(x.processorQuiet), number(x.clock), number(x.clockQuiet), allocs})
		}
		all = append(all, f)
	}
	return all
}

// memory returns the bytes of one guarded method and of one key. Each has been called, so that
// nothing is yet to be set up; a method's counters grow with the processors, so it is measured for
// as many as they grow with.
func memory() (perMethod, perKey float64) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(16))
	ctx := context.Background()
	const methods = 2000
	perMethod = heapOf(methods, func() any {
		all := make([]calls.Client, methods)
		for i := range all {
			all[i] = calls.OurRolling.Wrap(calls.Healthy{}, time.Second)
			all[i].Get(ctx, "key")
		}
		return all
	})
	const clients, keys = 5, 1000 // no method has breakers for more keys than that
	perKey = heapOf(clients*keys, func() any {
		all := make([]calls.Client, clients)
		for i := range all {
			all[i] = calls.OurKeyed.Wrap(calls.Healthy{}, time.Second)
			for k := range keys {
				all[i].Get(ctx, strconv.Itoa(k))
			}
		}
		return all
	})
	return perMethod, perKey
}
