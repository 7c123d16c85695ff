package resil

// This file is what observers are told.

import "time"

// An Observer is told what happens to the calls of a client. Nothing is told of calls that succeed
// at once: [Client.Snapshot] counts them.
//
// No call waits for an observer. The events of a client are told in the order in which they
// happened, each once, by one goroutine that lives only while there are any. So a call's last
// events may be told after the call has returned, and the client may have changed since: the event
// says what was. [Client.Flush] waits until all have been told. What has not been told when the
// program exits, by [os.Exit] or because main returns, is lost: what it died of may be among it.
//
// Observe is called by one goroutine at a time for each client; an observer of several clients is
// called by several at once. It may call the client, but not its Flush. It may take its time, or
// hang: the client's other observers, and further events, wait as long. When 1024 events of calls
// wait (Retrying, GaveUp, OverBudget, Hedging, FellBack), further ones are left out and counted in
// [Snapshot].EventsLeftOut until there is room; what says how things are from now on, of states, of
// policies and of overrides, is never left out. A panic of an observer ends nothing: it is counted
// in [Snapshot].ObserverPanics, and the first of each observer is logged with its stack, by the
// loggers of [WithLogger], or else by [slog.Default].
type Observer interface {
	Observe(Event)
}

// An ObserverFunc is a function as an Observer.
type ObserverFunc func(Event)

// Observe calls f.
func (f ObserverFunc) Observe(e Event) { f(e) }

// An Event is one thing that happened. Every event has its Time and Client, and its Method if the
// table says nothing else; besides, set are:
//
//	Kind               when                                                fields
//	StateChanged       a breaker opened, half-opened, closed, was forced   Key, From, To; Err: what opened it
//	Retrying           an attempt failed, another follows                  Key, Attempt, Wait, Err
//	GaveUp             retrying ran out or was cut short                   Key, Attempt; Err: the *Error
//	OverBudget         a retry or hedge was refused by the budget          Key, Attempt; Err of a retry
//	Hedging            an attempt is slow, or failed: another begins       Key, Attempt
//	FellBack           the fallback is called                              Key, Err: why
//	PolicyChanged      overrides put another policy in force               Change
//	OverridesRefused   overrides are wrong, nothing changed; no Method     Err
//	OverridesLeftOut   overrides are in force but for some methods         Err: which and why
//	OverridesPending   overrides name what does not exist; no Method       Err
//
// A breaker that overrides have switched off, or that no method goes by any more, tells nothing
// more, not even that it is closed: PolicyChanged does.
type Event struct {
	Kind    EventKind
	Time    time.Time     // when it happened; no event of a client is told after a later one
	Client  string        // the client's name
	Method  string        // the method, or the scope of what methods share; empty for several
	Key     string        // the value of key=, where the breaker has one
	Attempt int           // attempts made so far
	Wait    time.Duration // before the next attempt; at most, where that waits for probes to end
	From    State         // the breaker's state before
	To      State         // the breaker's state now
	Change  string        // what differs between the policies, as directives
	Err     error         // what went wrong; nil for nothing, and where an operator forced the breaker open
}

// An EventKind says what happened.
type EventKind int

// The kinds of events.
const (
	StateChanged     EventKind = iota + 1 // a breaker's state
	Retrying                              // an attempt failed, and another follows after a wait
	GaveUp                                // retrying ran out or was cut short; Err is the [*Error]
	OverBudget                            // a retry or a hedge was not made: the budget is exhausted
	Hedging                               // an attempt is slow or has failed, and another begins at once
	FellBack                              // the fallback was called; Err is why
	PolicyChanged                         // overrides put another policy in force; Change says what differs
	OverridesRefused                      // overrides are wrong, and changed nothing; Err says where
	OverridesLeftOut                      // overrides are in force but for some methods; Err is an [*OverridesError]
	OverridesPending                      // overrides name what does not exist; Err lists it
)

// String returns the kind in words.
func (k EventKind) String() string {
	switch k {
	case StateChanged:
		return "state changed"
	case Retrying:
		return "retrying"
	case GaveUp:
		return "gave up"
	case OverBudget:
		return "over budget"
	case Hedging:
		return "hedging"
	case FellBack:
		return "fell back"
	case PolicyChanged:
		return "policy changed"
	case OverridesRefused:
		return "overrides refused"
	case OverridesLeftOut:
		return "overrides left out"
	case OverridesPending:
		return "overrides pending"
	}
	return "unknown"
}

// isObserved reports whether anybody wants to know.
func (g *Guard) isObserved() bool { return g.client.events != nil }

// tell has an event of this guard's method told.
func (g *Guard) tell(e Event) {
	if g.isObserved() {
		e.Method, e.Key = g.method, g.key
		g.client.tell(e)
	}
}

// tell has an event of the client told, of which it completes Time and Client.
func (c *Client) tell(e Event) { c.events.push(e) }
