package resil

import (
	"errors"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/sony/gobreaker/v2"
)

// A breaker is gobreaker's state machine, fed by us. The machine decides between closed, open and half-open, and which late
// results to discard; the window decides when to trip it. While all is well neither is entered: a call reads one word
// before and after, and counts its success.
//
// Rejected: letting gobreaker's own ReadyToTrip decide. It is asked on failures only, so a success that completes the
// window cannot trip it, and every call would pay its mutex and two readings of the clock.
type breaker struct {
	news     *events // of the client, nil where nobody listens
	client   string
	scope    string   // whose breaker: a method's name, or what methods share
	key      string   // the value of key=, if it is that value's
	settings *Breaker // under mu
	next     *Breaker // the settings from the next closed state on; nil for the same

	word   atomic.Uint64             // what calls need to know, see below
	reject atomic.Pointer[OpenError] // what rejected calls get

	mu        sync.Mutex
	machine   *gobreaker.TwoStepCircuitBreaker[struct{}]
	window    window      // nil if only failures in a row count
	members   []*counter  // where the successes are counted that passed by
	counted   int64       // their sum when last looked at
	streak    int         // failures in a row
	probes    []*probe    // under way
	lastCause error       // the last failure
	state     State       // the machine's, when last looked at
	forced    forced      // what an operator wants instead
	settled   int64       // outcomes that did not pass by unseen
	reopen    *time.Timer // ends the open time; nil if it was never open
}

// The word: flags, and above them an epoch that changes with every change of state, so that a late result is known for one.
const (
	flagOpen     uint64 = 1 << iota // calls are rejected
	flagHalfOpen                    // calls are probes
	flagWatch                       // a success might trip the breaker: look at each
	flagIdle                        // nobody turns the window's buckets: the next call sees to it
	oneEpoch
	flags = oneEpoch - 1
)

func newBreaker(c *Client, scope, key string, settings *Breaker) *breaker {
	b := &breaker{client: c.name, news: c.events, scope: scope, key: key, settings: settings}
	b.machine = newMachine(settings)
	if settings.needsWindow() {
		b.window = newWindow(settings)
		b.window.clear(time.Now())
		if _, timed := b.window.(*timeWindow); timed {
			b.word.Store(flagIdle)
		}
	}
	return b
}

// change gives the breaker other settings, and reports whether it can have them: its window must fit. While it is not closed it goes on under
// the old ones: what is under way was begun by their numbers.
func (b *breaker) change(settings *Breaker) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if !b.settings.sameWindow(settings) {
		return false
	}
	b.next = settings
	if b.state == Closed {
		b.renew()
		b.show(b.shown())
	}
	return true
}

// renew makes a new machine, closed, under the latest settings.
func (b *breaker) renew() {
	if b.next != nil {
		b.settings, b.next = b.next, nil
	}
	b.machine = newMachine(b.settings)
	b.state = Closed
}

// Errors by which the machine is told outcomes; nil is a success.
var (
	errFailure = errors.New("failure")
	errNeither = errors.New("neither")
)

// early is by how much the open time ends before its time, so that it is over for whoever waits for exactly as long: a
// timer and a sleeper that are due at one instant run in any order.
const early = time.Nanosecond

func newMachine(settings *Breaker) *gobreaker.TwoStepCircuitBreaker[struct{}] {
	return gobreaker.NewTwoStepCircuitBreaker[struct{}](gobreaker.Settings{
		MaxRequests: uint32(settings.Probes),
		Timeout:     max(settings.Open-early-1, 1), // gobreaker is still open at exactly Timeout
		ReadyToTrip: func(gobreaker.Counts) bool { return true },
		IsExcluded:  func(err error) bool { return err == errNeither },
	})
}

// join makes the breaker look at the successes that a guard counts.
func (b *breaker) join(successes *counter) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if !slices.Contains(b.members, successes) {
		b.members = append(b.members, successes)
	}
}

// A ticket is the permission to make one attempt.
type ticket struct {
	word  uint64    // as it was when the attempt began
	probe *probe    // nil while closed
	began time.Time // zero where nobody asks how long it took
}

// A probe is an attempt in the half-open state.
type probe struct {
	began time.Time
	done  func(error) // tells the machine
	late  bool        // its lease is over and its slot was given away
}

// openAfter returns the rejection that an attempt would get after the time d, if the breaker is open for longer than that; else nil.
func (g *regime) openAfter(d time.Duration) error {
	b := g.breaker
	if b == nil || g.perCall || b.word.Load()&flagOpen == 0 {
		return nil
	}
	if e := b.reject.Load(); e.Until.IsZero() || e.RetryAfter() > d {
		return e
	}
	return nil
}

// begin lets an attempt pass, or rejects it. While closed it reads one word, and the clock if the attempt is to be timed.
func (b *breaker) begin(timed bool) (ticket, error) {
	t := ticket{word: b.word.Load()}
	if t.word&(flagOpen|flagHalfOpen) != 0 {
		var err error
		if t, err = b.admit(); err != nil {
			return t, err
		}
	}
	if timed {
		t.began = time.Now()
	}
	return t, nil
}

// passes reports whether a success under the ticket is of no interest beyond being counted: the breaker was and is closed and
// knows of nothing that this success might decide.
func (b *breaker) passes(t ticket) bool {
	return t.word&flags == 0 && b.word.Load() == t.word && t.began.IsZero()
}

// admit lets a call pass that found the breaker not closed, or rejects it.
func (b *breaker) admit() (ticket, error) {
	if b.word.Load()&flagOpen != 0 {
		return ticket{}, b.reject.Load()
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	now := time.Now()
	done, err := b.machine.Allow()
	if err != nil && b.endLeases(now) {
		done, err = b.machine.Allow()
	}
	b.sync(now)
	t := ticket{word: b.word.Load()}
	switch {
	case t.word&flagOpen != 0: // a probe has failed since we looked
		return ticket{}, b.reject.Load()
	case err != nil:
		return ticket{}, b.rejectHalfOpen(now)
	case t.word&flagHalfOpen != 0:
		t.probe = &probe{began: now, done: done}
		b.probes = append(b.probes, t.probe)
	}
	return t, nil
}

// rejectHalfOpen rejects a call because all probes are under way: until the first of them must have ended.
func (b *breaker) rejectHalfOpen(now time.Time) error {
	until := now.Add(b.settings.Open)
	for _, p := range b.probes {
		if end := p.began.Add(b.settings.Open); !p.late && end.Before(until) {
			until = end
		}
	}
	if e := b.reject.Load(); e == nil || !e.Until.Equal(until) {
		b.rejectUntil(until)
	}
	return b.reject.Load()
}

// rejectUntil makes the error of all calls that are rejected from now on.
func (b *breaker) rejectUntil(until time.Time) {
	b.reject.Store(&OpenError{Client: b.client, Scope: b.scope, Until: until, Cause: b.lastCause, breaker: b})
}

// settle takes the outcome of an attempt that did not pass by unseen.
func (b *breaker) settle(t ticket, o outcome, cause error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.settled++
	now := time.Now()
	slow := b.settings.SlowCall > 0 && !t.began.IsZero() && now.Sub(t.began) >= b.settings.SlowCall
	switch {
	case o == failure:
		b.lastCause = cause
	case slow:
		b.lastCause = errSlow
	}
	switch {
	case t.probe != nil:
		b.settleProbe(t.probe, o, slow)
	case o != neither && t.word/oneEpoch == b.word.Load()/oneEpoch:
		b.record(now, o == failure, slow)
	}
	b.sync(now)
}

var errSlow = errors.New("the call was slow")

// cause returns the last failure that the breaker saw.
func (b *breaker) cause() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.lastCause
}
