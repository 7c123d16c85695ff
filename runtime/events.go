package resil

// This file tells observers, without holding up calls.

import (
	"context"
	"sync"
	"time"
)

// events tells the observers of one client what happens: a queue, and a goroutine that lives only
// while something is in it. So no call waits for an observer, whatever that does, and a client to
// which nothing happens has no goroutine. Events are told in the order in which they were pushed,
// one after the other, each to all listeners in the order of the options.
//
// Rejected: whoever pushes an event tells all that wait. It needs no goroutine, but while an
// observer is slower than events come, the first caller tells those of all others and does not
// return. Rejected: a goroutine that stays. A program may have a client for each tenant, and nobody
// closes them.
type events struct {
	client    *Client
	listeners []*listener

	mu      sync.Mutex // a leaf: nobody takes another lock under it
	waiting []entry
	ofCalls int   // how many of waiting are events of calls
	leftOut int64 // events of calls that found too many waiting
	telling bool  // the goroutine lives

	// event and to belong to the goroutine that tells.
	event Event       // what it tells
	to    []*listener // whom it has not told yet
}

// An entry is an event, or, with a channel to close, the mark up to which a Flush waits.
type entry struct {
	event   Event
	flushed chan<- struct{}
}

// A listener is an observer of one client.
type listener struct {
	Observer
	panics panics
}

// maxWaiting is how many events of calls wait to be told at most: those of a thousand failures,
// about 150 KiB.
const maxWaiting = 1024

// ofCall reports whether the event is one of many that an outage brings, of which some may be
// missing. Changes are told whatever happens: who missed one would believe in another state for
// ever.
func (k EventKind) ofCall() bool {
	switch k {
	case Retrying, GaveUp, OverBudget, Hedging, FellBack:
		return true
	}
	return false
}

// observe makes o an observer of the client, which is under construction.
func (c *Client) observe(o Observer) {
	if c.events == nil {
		c.events = &events{client: c}
	}
	c.events.listeners = append(c.events.listeners, &listener{Observer: o})
}

// push has an event of this client told, with the time of now. It never blocks and calls nobody, so
// it may be called under any lock. A nil queue is that of a client that nobody observes.
func (q *events) push(e Event) {
	if q == nil {
		return
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	if e.Kind.ofCall() {
		if q.ofCalls == maxWaiting {
			q.leftOut++
			return
		}
		q.ofCalls++
	}
	e.Time, e.Client = time.Now(), q.client.name
	q.put(entry{event: e})
}

// put puts an entry at the end, under the lock, and sees to it that somebody comes to it.
func (q *events) put(e entry) {
	q.waiting = append(q.waiting, e)
	if !q.telling {
		q.telling = true
		go q.tell()
	}
}

// tell tells everything that waits. If an observer ends the goroutine by [runtime.Goexit], as a
// test that fails does, another goes on after it.
func (q *events) tell() {
	done := false
	defer func() {
		if !done {
			go q.tell()
		}
	}()
	for len(q.to) > 0 || q.next() {
		l := q.to[0]
		q.to = q.to[1:]
		l.tell(q.client, q.event)
	}
	done = true
}

// next takes the event that is told next. If there is none, telling is over.
func (q *events) next() bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	for len(q.waiting) > 0 {
		first := q.waiting[0]
		q.waiting[0] = entry{} // so that the queue does not hold what has been told
		q.waiting = q.waiting[1:]
		if first.flushed != nil {
			close(first.flushed)
			continue
		}
		if first.event.Kind.ofCall() {
			q.ofCalls--
		}
		q.event, q.to = first.event, q.listeners
		return true
	}
	q.waiting, q.event, q.telling = nil, Event{}, false
	return false
}

// tell tells one observer of one event, and survives its panic.
func (l *listener) tell(c *Client, e Event) {
	l.panics.catch(func() { l.Observe(e) }, func(thrown any) { c.logObserverPanic(l, thrown) })
}

// counts returns what a [Snapshot] says of the observers.
func (q *events) counts() (leftOut, panics int64) {
	if q == nil {
		return 0, 0
	}
	for _, l := range q.listeners {
		panics += l.panics.count.Load()
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.leftOut, panics
}

// Flush waits until the observers and loggers have been told of everything that happened to the
// client before, and returns nil; or until ctx ends, and returns its error. Programs call it before
// they exit, and tests before they look at what an observer has seen. An observer must not call it:
// it would wait for itself.
func (c *Client) Flush(ctx context.Context) error {
	if c.events == nil {
		return nil
	}
	flushed := make(chan struct{})
	c.events.mark(flushed)
	select {
	case <-flushed:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// mark has the channel closed when all that waits now has been told.
func (q *events) mark(flushed chan<- struct{}) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.put(entry{flushed: flushed})
}
