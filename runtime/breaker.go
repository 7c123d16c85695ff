package resil

// This file is a breaker as calls meet it: it lets them pass or rejects them, and takes their
// outcomes.

import (
	"errors"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/sony/gobreaker/v2"
)

// A State is that of a breaker.
type State = gobreaker.State

// The states of a breaker.
const (
	Closed   = gobreaker.StateClosed   // calls pass
	HalfOpen = gobreaker.StateHalfOpen // probes pass
	Open     = gobreaker.StateOpen     // calls are rejected
)

// A breaker is gobreaker's state machine, fed by us. The machine decides between closed, open and
// half-open, and which late results to discard; the window decides when to trip it, and the clock
// here when it has been open for long enough. While all is well neither is entered: a call reads
// one word before and after, and counts its success.
//
// A breaker lives as long as somebody's calls go by it. Other settings do not replace it: they are
// put in force on the spot.
//
// Rejected: letting gobreaker's own ReadyToTrip decide. It is asked on failures only, so a success
// that completes the window cannot trip it, and every call would pay its mutex and two readings of
// the clock. And its Timeout, which is the same for every open phase, cannot be changed during one,
// and is not yet over for who comes in the moment when it is.
type breaker struct {
	client *Client
	scope  string // whose breaker: a method's name, or what methods share
	key    string // the value of key=, if it is that value's

	word   atomic.Uint64             // what calls need to know, see below
	reject atomic.Pointer[OpenError] // what rejected calls get

	mu        sync.Mutex
	settings  *Breaker
	machine   *gobreaker.TwoStepCircuitBreaker[struct{}]
	slots     uint32      // how many probes the machine lets pass
	tripped   bool        // the machine has just opened
	window    window      // nil if only failures in a row count
	members   []member    // where the successes are counted that it does not see
	streak    int         // failures in a row
	probes    []*probe    // under way
	lastCause error       // the last failure
	state     State       // the machine's, when last looked at
	forced    forcedState // what an operator has forced it to

	opened  time.Time     // when it last opened
	until   time.Time     // when it lets a probe pass, while it is open
	luck    float64       // by which share of Jitter this open time is shorter
	relapse int           // half-open states in a row that failed
	timer   *time.Timer   // ends the open time, or wakes shortly before; nil if it was never open
	changed chan struct{} // closed when something changes for those who wait; nil if nobody does
}

// A member is a counter of successes that a breaker does not see.
type member struct {
	successes *counter
	seen      int64 // their number when last looked at
}

// The word: flags, and above them an epoch that changes with every change of state, so that a late
// result is known for one.
const (
	flagOpen     uint64 = 1 << iota // calls are rejected
	flagSoon                        // but not for long: whoever is rejected looks at the clock first
	flagHalfOpen                    // calls are probes
	flagWatch                       // a success might trip the breaker: look at each
	flagIdle                        // nobody turns the window's buckets: the next call sees to it
	oneEpoch
	flags = oneEpoch - 1
)

// soon is how long before its end an open breaker begins to look at the clock for every call that
// it would reject. The timer that ends the open time may come late; the clock does not, and when
// the time is over, it is over for every caller.
const soon = time.Second

func newBreaker(c *Client, scope, key string, settings *Breaker) *breaker {
	b := &breaker{client: c, scope: scope, key: key, settings: settings}
	b.renewMachine()
	b.emptyWindow(time.Now())
	return b
}

// emptyWindow begins with a window in which nothing has been counted.
func (b *breaker) emptyWindow(now time.Time) {
	b.window = nil
	b.word.And(^flagIdle)
	if !b.settings.needsWindow() {
		return
	}
	b.window = newWindow(b.settings)
	b.window.clear(now)
	if _, timed := b.window.(*timeWindow); timed {
		b.word.Or(flagIdle)
	}
}

// Errors by which the machine is told outcomes; nil is a success.
var (
	errFailure = errors.New("failure")
	errNeither = errors.New("neither")
)

// minOpenTime is the shortest open time. That of the machine is a nanosecond: the machine says when
// it opens, and is not asked again before our own open time is over. In the moment when its
// nanosecond has passed, it is still open.
const minOpenTime = 2 * time.Nanosecond

// renewMachine begins with a new machine, closed.
func (b *breaker) renewMachine() {
	var machine *gobreaker.TwoStepCircuitBreaker[struct{}]
	b.slots, b.tripped = uint32(b.settings.Probes), false
	machine = gobreaker.NewTwoStepCircuitBreaker[struct{}](gobreaker.Settings{
		MaxRequests: b.slots,
		Timeout:     time.Nanosecond,
		ReadyToTrip: func(gobreaker.Counts) bool { return true },
		IsExcluded:  func(err error) bool { return err == errNeither },

		// It is called under our lock, as all that is done with the machine.
		OnStateChange: func(_ string, _, to gobreaker.State) {
			if b.machine == machine { // not one that a probe of long ago belongs to
				b.tripped = to == Open
			}
		},
	})
	b.machine = machine
}

// join makes the breaker look at the successes that a guard counts from now on.
func (b *breaker) join(successes *counter) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.members = append(b.members, member{successes, successes.sum()})
}

// leave takes a guard's successes out, but for those that have been seen. A breaker that nobody
// goes by any more falls silent; deserted says so.
func (b *breaker) leave(successes *counter) (deserted bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.fold(time.Now())
	b.members = slices.DeleteFunc(b.members, func(m member) bool { return m.successes == successes })
	if len(b.members) > 0 {
		return false
	}
	b.stopTimer()
	b.forced, b.state, b.probes = notForced, Closed, nil
	b.renewMachine()
	b.word.Store((b.word.Load()+oneEpoch)&^flags | flagWatch) // calls that come all the same do not go the short way
	b.wake()
	return true
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

// openAfter returns the rejection that an attempt would get after the time d, if the breaker is
// open for longer than that; else nil.
func (g *regime) openAfter(d time.Duration) error {
	r := g
	if g.superseded.Load() {
		r = g.successor()
	} else if g.perCall {
		return nil
	}
	if r.breaker == nil || !r.breaker.rejects() {
		return nil
	}
	if e := r.breaker.reject.Load(); e.Until.IsZero() || e.RetryAfter() > d {
		return e
	}
	return nil
}

// rejects reports whether the breaker is open, and its time not over.
func (b *breaker) rejects() bool {
	word := b.word.Load()
	return word&flagOpen != 0 && b.rejectsBy(word)
}

// rejectsBy reports the same as rejects, of a breaker that is open by its word. It looks at the
// clock only if it must.
func (b *breaker) rejectsBy(word uint64) bool { return word&flagSoon == 0 || !b.isOver() }

// isOver reports whether the open time is over, by the clock. It stays out of line, so that
// rejectsBy, which most calls ask in an outage, does not.
//
//go:noinline
func (b *breaker) isOver() bool { return time.Until(b.reject.Load().Until) <= 0 }

// begin lets an attempt pass, or rejects it. While closed it reads one word.
func (b *breaker) begin() (ticket, error) {
	t := ticket{word: b.word.Load()}
	if t.word&(flagOpen|flagHalfOpen) != 0 {
		return b.admit()
	}
	return t, nil
}

// passes reports whether a success under the ticket is of no interest beyond being counted: the
// breaker was and is closed, and knows of nothing that this success might decide.
func (b *breaker) passes(t ticket) bool {
	return t.word&flags == 0 && b.word.Load() == t.word && t.began.IsZero()
}

// admit lets a call pass that found the breaker not closed, or rejects it.
func (b *breaker) admit() (ticket, error) {
	if b.rejects() {
		return ticket{}, b.reject.Load()
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	now := time.Now()
	b.sync(now)
	t := ticket{word: b.word.Load()}
	switch b.shown() {
	case Open: // a probe has failed since we looked
		return ticket{}, b.reject.Load()
	case Closed:
		return t, nil
	}
	done, err := b.machine.Allow()
	if err != nil && b.endLeases(now) {
		done, err = b.machine.Allow()
	}
	if err != nil {
		return ticket{}, b.rejectHalfOpen()
	}
	t.probe = &probe{began: now, done: done}
	b.probes = append(b.probes, t.probe)
	return t, nil
}

// rejectHalfOpen rejects a call because all probes are under way: until the first of them must have
// ended.
func (b *breaker) rejectHalfOpen() error {
	until := b.firstLease()
	if e := b.reject.Load(); e == nil || !e.besideProbe || !e.Until.Equal(until) {
		b.rejectUntil(until)
	}
	return b.reject.Load()
}

// firstLease returns when the first of the probes that are under way has to give its slot away.
func (b *breaker) firstLease() (until time.Time) {
	for _, p := range b.probes {
		if end := p.began.Add(b.settings.Open); !p.late && (until.IsZero() || end.Before(until)) {
			until = end
		}
	}
	return until
}

// rejectUntil makes the error of all calls that are rejected from now on.
func (b *breaker) rejectUntil(until time.Time) {
	e := &OpenError{Client: b.client.name, Scope: b.scope, Until: until, breaker: b, besideProbe: b.shown() == HalfOpen}
	if b.forced != forcedOpen {
		e.Cause = b.lastCause
	}
	b.reject.Store(e)
}

// settle takes the outcome of an attempt that is of interest beyond being counted: see passes.
func (b *breaker) settle(t ticket, o outcome, cause error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	now := time.Now()
	slow := b.settings.SlowCall > 0 && !t.began.IsZero() && now.Sub(t.began) >= b.settings.SlowCall
	current := t.probe == nil && t.word/oneEpoch == b.word.Load()/oneEpoch || slices.Contains(b.probes, t.probe)
	switch {
	case !current || o == neither:
	case o == failure:
		b.lastCause = cause
	case slow:
		b.lastCause = errSlow
	}
	switch {
	case !current:
	case t.probe != nil:
		b.settleProbe(t.probe, o, slow)
	case o != neither:
		b.record(now, o == failure, slow)
	}
	b.sync(now)
}

var errSlow = errors.New("the call was slow")
