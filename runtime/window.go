package resil

import "time"

// A window remembers the outcomes that a breaker's ratios look at. It is not safe for concurrent use; times do not go back.
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

// A kind is what one call was, in a byte: a window of calls may hold many.
type kind uint8

const (
	kindFailed kind = 1 << iota
	kindSlow
)

// A callWindow holds the last outcomes, size of them.
type callWindow struct {
	size  int
	calls []kind // a ring once it is full
	next  int
	sum   tally
}

func (w *callWindow) advance(time.Time) {}

func (w *callWindow) add(n int, failed, slow bool) {
	for range min(n, w.size) {
		w.push(failed, slow)
	}
}

func (w *callWindow) push(failed, slow bool) {
	var one kind
	if failed {
		one |= kindFailed
	}
	if slow {
		one |= kindSlow
	}
	if len(w.calls) < w.size {
		w.calls = append(w.calls, one)
	} else {
		oldest := w.calls[w.next]
		w.sum.add(-1, oldest&kindFailed != 0, oldest&kindSlow != 0)
		w.calls[w.next] = one
	}
	w.next = (w.next + 1) % w.size
	w.sum.add(1, failed, slow)
}

func (w *callWindow) counts() tally { return w.sum }

func (w *callWindow) clear(time.Time) { *w = callWindow{size: w.size, calls: w.calls[:0]} }
