package resil

// This file remembers the outcomes that a breaker looks at.

import "time"

// A window remembers the outcomes that a breaker's ratios look at. It is not safe for concurrent
// use; times do not go back.
type window interface {
	// advance forgets what is too old at the time now.
	advance(now time.Time)
	// add remembers n outcomes of one kind, as of the last advance.
	add(n int, failed, slow bool)
	// counts returns what the window holds.
	counts() tally
	// clear forgets everything, at the time now.
	clear(now time.Time)
}

// A tally is how many calls there were, and of these how many failed and how many were slow.
type tally struct {
	calls, failures, slow int
}

func (t *tally) add(n int, failed, slow bool) {
	t.calls += n
	if failed {
		t.failures += n
	}
	if slow {
		t.slow += n
	}
}

func (t *tally) subtract(u tally) {
	t.calls -= u.calls
	t.failures -= u.failures
	t.slow -= u.slow
}

func newWindow(settings *Breaker) window {
	if settings.WindowCalls > 0 {
		return &callWindow{size: settings.WindowCalls}
	}
	return &timeWindow{period: max(settings.Window/buckets, 1)}
}

// buckets is how many steps a time window slides in: what is forgotten is a tenth of it at a time.
const buckets = 10

// A timeWindow holds the outcomes of the current period and the nine before it.
type timeWindow struct {
	period  time.Duration
	start   time.Time // periods count from here
	age     int64     // the current period's number
	buckets [buckets]tally
	sum     tally
}

func (w *timeWindow) advance(now time.Time) {
	age := int64(now.Sub(w.start) / w.period)
	if age-w.age >= buckets {
		w.buckets, w.sum, w.age = [buckets]tally{}, tally{}, age
	}
	for ; w.age < age; w.age++ {
		oldest := &w.buckets[(w.age+1)%buckets]
		w.sum.subtract(*oldest)
		*oldest = tally{}
	}
}

func (w *timeWindow) add(n int, failed, slow bool) {
	w.buckets[w.age%buckets].add(n, failed, slow)
	w.sum.add(n, failed, slow)
}

func (w *timeWindow) counts() tally { return w.sum }

func (w *timeWindow) clear(now time.Time) { *w = timeWindow{period: w.period, start: now} }

// untilNext returns the time from now to the end of the current period.
func (w *timeWindow) untilNext(now time.Time) time.Duration {
	return w.start.Add(time.Duration(w.age+1) * w.period).Sub(now)
}

// A callWindow holds the last outcomes, size of them, as runs of one kind. While all is well there
// is one run, however many they are, and unseen successes are added to it in one step.
// Rejected: a ring of single calls. The first failure after a million unseen successes wrote each
// of them, under the lock.
type callWindow struct {
	size   int
	runs   []run // a ring that grows as needed, at worst to one run for each call
	oldest int   // where it begins
	used   int   // how many of its runs there are
	sum    tally
}

// A run is calls of one kind in a row: their number, and below it two bits for the kind.
type run uint32

const (
	runFailed run = 1 << iota
	runSlow
	oneCall
	kindOfRun = oneCall - 1
)

const _ = maxCalls * oneCall // fits into a run

func newRun(n int, failed, slow bool) run {
	r := run(n) * oneCall
	if failed {
		r |= runFailed
	}
	if slow {
		r |= runSlow
	}
	return r
}

func (r run) calls() int { return int(r / oneCall) }

// advance forgets nothing: calls are outnumbered, not outdated.
func (w *callWindow) advance(time.Time) {}

// add takes constant time, amortised: each run is begun once and forgotten once. Calls that fill
// the window leave nothing of it to go through.
func (w *callWindow) add(n int, failed, slow bool) {
	if n >= w.size {
		w.clear(time.Time{})
		n = w.size
	}
	w.forget(w.sum.calls + n - w.size)
	w.append(newRun(n, failed, slow))
	w.sum.add(n, failed, slow)
}

// forget takes the n oldest calls out.
func (w *callWindow) forget(n int) {
	for n > 0 {
		r := &w.runs[w.oldest]
		some := min(n, r.calls())
		w.sum.add(-some, *r&runFailed != 0, *r&runSlow != 0)
		n -= some
		*r -= run(some) * oneCall
		if r.calls() == 0 {
			w.oldest = (w.oldest + 1) % len(w.runs)
			w.used--
		}
	}
}

// append adds a run, to the latest one if that is of its kind.
func (w *callWindow) append(r run) {
	if w.used > 0 {
		latest := &w.runs[(w.oldest+w.used-1)%len(w.runs)]
		if *latest&kindOfRun == r&kindOfRun {
			*latest += r &^ kindOfRun
			return
		}
	}
	if w.used == len(w.runs) {
		w.grow()
	}
	w.runs[(w.oldest+w.used)%len(w.runs)] = r
	w.used++
}

// grow makes room for twice as many runs.
func (w *callWindow) grow() {
	runs := make([]run, max(8, 2*len(w.runs)))
	n := copy(runs, w.runs[w.oldest:])
	copy(runs[n:], w.runs[:w.oldest])
	w.runs, w.oldest = runs, 0
}

func (w *callWindow) counts() tally { return w.sum }

func (w *callWindow) clear(time.Time) { *w = callWindow{size: w.size, runs: w.runs} }
