package resil

// This file bounds how many attempts begin in a time. Who rejects what finds no token stands in
// admission.go.

import (
	"container/list"
	"context"
	"errors"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// A limiter bounds how many callers pass it in a time: a token bucket. One that finds no token may
// wait for one in a queue: first come, first served. The numbers can be set at any time, under
// those who wait.
//
// Rejected: the reservations of x/time/rate. One that is given back restores only what nobody has
// reserved behind it, so callers who come and go use up what they never take: after fifty who left,
// the next call waited 18 s at one token a second. Here a token is taken when it is there, by who
// is first then.
//
// There are no goroutines but those of the callers: the first in the queue sleeps until its token
// is due, takes it, and wakes the next. It takes it as of the time at which it was due, however
// late it wakes up: while somebody waits, nothing is lost of what comes until then and overflows
// the bucket.
type limiter struct {
	mu     sync.Mutex
	bucket *rate.Limiter
	gone   bool      // nobody is to take a token here any more
	queue  list.List // of *taker
	next   time.Time // when the token of the first in the queue is due
}

// A taker waits for a token.
type taker struct {
	until time.Time     // a token that is due later is of no use
	wake  chan struct{} // tells it to look what has changed for it; has room for one
	place *list.Element // in the queue; nil once it is out
	err   error         // why it is out without a token
}

// errNoToken says that no token comes in the time that the caller would wait.
var errNoToken = errors.New("no token")

func newLimiter(limit float64, burst int) *limiter {
	return &limiter{bucket: rate.NewLimiter(rate.Limit(limit), burst)}
}

// take takes a token, and waits for it if there is none: as long as wait says, not beyond end
// unless that is zero, and not beyond ctx or its deadline. It returns nil with a token; errNoToken
// if it would come too late, before any waiting or as soon as set makes it so; errElsewhere if the
// queue was sent away; or the error of ctx.
// Whether ctx has ended is not asked where there is a token at once.
func (l *limiter) take(ctx context.Context, wait time.Duration, end time.Time) error {
	if l.tryTake() {
		return nil
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	until := time.Now().Add(wait)
	if !end.IsZero() && end.Before(until) {
		until = end
	}
	if deadline, ok := ctx.Deadline(); ok && deadline.Before(until) {
		until = deadline
	}
	t, err := l.lineUp(wait, until)
	if err != nil {
		return err
	}
	return l.await(ctx, t)
}

// lineUp takes a place in the queue, unless nobody is to queue here any more, or it is of no use.
func (l *limiter) lineUp(wait time.Duration, until time.Time) (t *taker, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.gone {
		return nil, errElsewhere
	}
	if wait > 0 {
		t = l.join(time.Now(), until)
	}
	if t == nil {
		return nil, errNoToken
	}
	return t, nil
}

// tryTake takes a token if there is one and nobody waits for it.
func (l *limiter) tryTake() bool {
	l.mu.Lock()
	// The clock is read under the lock: a bucket that is told times out of order fills up twice
	// between them.
	ok := !l.gone && l.queue.Len() == 0 && l.bucket.AllowN(time.Now(), 1)
	l.mu.Unlock()
	return ok
}

// await returns when t is out of the queue.
func (l *limiter) await(ctx context.Context, t *taker) error {
	defer l.withdraw(t)
	for {
		if err := ctx.Err(); err != nil { // before a token is taken for who has left
			return err
		}
		l.mu.Lock()
		left := l.advance(t, time.Now())
		l.mu.Unlock()
		if left == 0 {
			return t.err
		}
		var due <-chan time.Time // never, but for the first
		if left < never {
			due = time.After(left)
		}
		select {
		case <-due:
		case <-t.wake:
		case <-ctx.Done():
		}
	}
}

// withdraw takes t out of the queue, if it is still there.
func (l *limiter) withdraw(t *taker) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if t.place == nil {
		return
	}
	first := l.queue.Front() == t.place
	l.remove(t)
	if first {
		l.wakeFirst()
	}
}

// sendAway ends all waiting here, until the numbers are set anew: whoever comes has to look
// elsewhere.
func (l *limiter) sendAway() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.gone = true
	for place := l.queue.Front(); place != nil; place = l.queue.Front() {
		t := place.Value.(*taker)
		l.remove(t)
		t.err = errElsewhere
		t.wakeUp()
	}
}

// giveBack gives a token back that was taken for nothing: the bucket takes a negative number as
// what it is.
func (l *limiter) giveBack() {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := time.Now()
	l.bucket.AllowN(now, -1)
	l.schedule(now)
	l.wakeFirst()
}

// set makes limit the tokens that come in a second, and burst the most that the bucket holds. Those
// who wait go by that at once, in order; who would now get a token too late is rejected.
func (l *limiter) set(limit float64, burst int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := time.Now()
	l.gone = false
	l.bucket.SetLimitAt(now, rate.Limit(limit))
	l.bucket.SetBurstAt(now, burst)
	l.schedule(now)
	ahead := 0
	for place := l.queue.Front(); place != nil; {
		t := place.Value.(*taker)
		place = place.Next()
		if l.due(l.next, ahead).After(t.until) {
			l.remove(t)
			t.err = errNoToken
			t.wakeUp()
		} else {
			ahead++
		}
	}
	l.wakeFirst()
}

// tokens returns how many there are: below one while somebody waits, and maybe a little below none.
func (l *limiter) tokens() float64 { return l.bucket.Tokens() }

// The rest runs under the lock, with times that do not go back.

// join takes a place at the end of the queue; it returns nil if there the token would be due after
// the time until.
func (l *limiter) join(now, until time.Time) *taker {
	if l.queue.Len() == 0 {
		l.schedule(now)
	}
	if l.due(l.next, l.queue.Len()).After(until) {
		return nil
	}
	t := &taker{until: until, wake: make(chan struct{}, 1)}
	t.place = l.queue.PushBack(t)
	return t
}

// advance lets t take its token if t is the first and the token is due. It returns how long to wait
// before the next try: zero if t is out of the queue, never if others will wake t.
func (l *limiter) advance(t *taker, now time.Time) time.Duration {
	if t.place == nil {
		return 0
	}
	if l.queue.Front() != t.place {
		return never
	}
	for !l.next.After(now) {
		if l.bucket.AllowN(l.next, 1) {
			l.remove(t)
			l.schedule(l.next)
			l.wakeFirst()
			return 0
		}
		// Over years, rounding comes to more than the bucket is lenient for.
		l.schedule(l.next.Add(1))
	}
	return l.next.Sub(now)
}

// schedule finds out when the next token is due, from the time at on. It rounds down, as the bucket
// does: that lets a token go a fraction of a nanosecond early, and makes up for it with the next
// token. Rounding up would lose the fraction each time: at 1e9/s, up to half of the tokens.
func (l *limiter) schedule(at time.Time) { l.next = l.due(at, 0) }

// due returns when, from the time at on, the token is due of a taker who has so many ahead.
func (l *limiter) due(at time.Time, ahead int) time.Time {
	return at.Add(l.span(float64(ahead+1) - l.bucket.TokensAt(at)))
}

// span returns how long it takes for so many tokens to come.
func (l *limiter) span(tokens float64) time.Duration {
	ns := tokens / float64(l.bucket.Limit()) * float64(time.Second)
	if ns >= float64(never) {
		return never
	}
	return max(0, time.Duration(ns))
}

func (l *limiter) remove(t *taker) {
	l.queue.Remove(t.place)
	t.place = nil
}

func (l *limiter) wakeFirst() {
	if first := l.queue.Front(); first != nil {
		first.Value.(*taker).wakeUp()
	}
}

func (t *taker) wakeUp() {
	select {
	case t.wake <- struct{}{}:
	default:
	}
}
