package resil

import (
	"time"

	"github.com/sony/gobreaker/v2"
)

// An Observer is told what happens to the calls of a client. Nothing is told of healthy calls: they cost nothing.
//
// Observe is called outside all locks, possibly by several goroutines at once, in order for the events of any one breaker. It may
// call the client. It should return soon: a caller is waiting.
type Observer interface {
	Observe(Event)
}

// An ObserverFunc is a function as an Observer.
type ObserverFunc func(Event)

// Observe calls f.
func (f ObserverFunc) Observe(e Event) { f(e) }

// An Event is one thing that happened. Which fields are set depends on its Kind.
type Event struct {
	Kind   EventKind
	Time   time.Time
	Client string // the client's name
	Method string // the method's name; for a breaker, whose breaker: a method's name or a scope
	From   State  // StateChanged: the breaker's state before
	To     State  // StateChanged: and now
	Err    error  // StateChanged to open: the failure that opened the breaker; nil if it was forced
}

// An EventKind says what happened.
type EventKind int

const (
	// StateChanged is a breaker's change of state.
	StateChanged EventKind = iota + 1
)

// String returns the kind in words.
func (k EventKind) String() string {
	switch k {
	case StateChanged:
		return "state changed"
	}
	return "unknown"
}

// A State is that of a breaker.
type State = gobreaker.State

// The states of a breaker.
const (
	Closed   = gobreaker.StateClosed   // calls pass
	HalfOpen = gobreaker.StateHalfOpen // probes pass
	Open     = gobreaker.StateOpen     // calls are rejected
)
