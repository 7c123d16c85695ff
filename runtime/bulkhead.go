package resil

// This file bounds how many attempts run at once. Who rejects what finds no room stands in
// admission.go.

import (
	"container/list"
	"context"
	"errors"
	"sync"
	"time"
)

// A bulkhead bounds how many callers are inside it at once. One that finds no room may wait for it
// in a queue: first come, first served. A bulkhead can be resized at any time, under those inside
// and those who wait.
//
// Rejected: golang.org/x/sync/semaphore, whose size is fixed. One of another size in its place
// knows nothing of those inside the old one and lets as many in beside them, and those who wait at
// the old one go on by the old size.
//
// Whenever the lock is free, nobody waits while there is room. So who finds room overtakes nobody,
// and who gives up waiting takes no room along.
type bulkhead struct {
	mu      sync.Mutex
	max     int
	gone    bool // nobody is to enter here any more
	running int
	queue   list.List // of chan struct{}: closed, and taken out, to let in the one who waits
}

// How waiting at a bulkhead ends for nothing; the caller's context is another way.
var (
	errNoRoom    = errors.New("no room")      // there was none in the time that the caller would wait
	errTimeOver  = errors.New("time is over") // the end of the caller's time came before
	errElsewhere = errors.New("elsewhere")    // nobody is to wait here any more: the caller looks elsewhere
)

func newBulkhead(max int) *bulkhead { return &bulkhead{max: max} }

// tryEnter enters if there is room.
func (b *bulkhead) tryEnter() bool {
	b.mu.Lock()
	room := !b.gone && b.running < b.max
	if room {
		b.running++
	}
	b.mu.Unlock()
	return room
}

// enter enters, and waits for room if there is none: as long as wait says, not beyond end unless
// that is zero, and not beyond ctx. It returns nil when the caller is inside; errNoRoom if the wait
// was over first, errTimeOver if the end came before that, errElsewhere if the queue was sent away,
// or the error of ctx. Whether ctx has ended is not asked where there is room at once.
func (b *bulkhead) enter(ctx context.Context, wait time.Duration, end time.Time) error {
	if b.tryEnter() {
		return nil
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	tooLate := errNoRoom
	if !end.IsZero() {
		if left := time.Until(end); left < wait {
			wait, tooLate = left, errTimeOver
		}
	}
	switch {
	case wait > 0:
		return b.queueUp(ctx, wait, tooLate)
	case b.isGone():
		return errElsewhere
	}
	return tooLate
}

// queueUp waits for room, and returns tooLate if there is none in time.
func (b *bulkhead) queueUp(ctx context.Context, wait time.Duration, tooLate error) (err error) {
	timer, done := time.NewTimer(wait), ctx.Done()
	defer timer.Stop()
	admitted := make(chan struct{})
	place := b.join(admitted)
	if place == nil {
		return errElsewhere
	}
	select {
	case <-admitted:
	case <-timer.C:
		err = tooLate
	case <-done:
		err = ctx.Err()
	}
	if b.withdraw(place, admitted) {
		return err
	}
	if place.Value == nil {
		return errElsewhere
	}
	// The caller is inside, even if that came at the instant at which something else ended the
	// wait.
	if err := ctx.Err(); err != nil {
		b.leave()
		return err
	}
	return nil
}

// join takes a place at the end of the queue; nil if there is none any more.
func (b *bulkhead) join(admitted chan struct{}) *list.Element {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.gone {
		return nil
	}
	place := b.queue.PushBack(admitted)
	b.admit() // somebody may have left since the caller has looked
	return place
}

// withdraw gives up a place in the queue, and reports whether it was still one to wait at.
func (b *bulkhead) withdraw(place *list.Element, admitted chan struct{}) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	select {
	case <-admitted:
		return false
	default:
		b.queue.Remove(place)
		return true
	}
}

// leave gives the room back that tryEnter or enter gave.
func (b *bulkhead) leave() {
	b.mu.Lock()
	b.running--
	b.admit()
	b.mu.Unlock()
}

// resize lets max run at once from now on. If more are inside they go on, and nobody enters until
// there are fewer.
func (b *bulkhead) resize(max int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.max, b.gone = max, false
	b.admit()
}

// sendAway ends all waiting here, until the bulkhead is resized: whoever comes has to look
// elsewhere.
func (b *bulkhead) sendAway() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.gone = true
	for place := b.queue.Front(); place != nil; place = b.queue.Front() {
		admitted := b.queue.Remove(place).(chan struct{})
		place.Value = nil
		close(admitted)
	}
}

func (b *bulkhead) isGone() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.gone
}

// admit lets in those who wait, in order, while there is room.
func (b *bulkhead) admit() {
	for b.queue.Len() > 0 && b.running < b.max {
		b.running++
		close(b.queue.Remove(b.queue.Front()).(chan struct{}))
	}
}

// usage returns how many are inside, how many wait, and how many may be inside at once.
func (b *bulkhead) usage() (running, waiting, max int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.running, b.queue.Len(), b.max
}
