package resil

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// A roomState is a bulkhead at its simplest.
type roomState struct {
	max, running int
	queue        string // ids
	fates        [visitors]fate
}

func (s roomState) with(id int, f fate) roomState {
	s.fates[id] = f
	return s
}

func (s roomState) admitted() roomState {
	for s.running < s.max && s.queue != "" {
		s.fates[s.queue[0]] = called
		s.running++
		s.queue = s.queue[1:]
	}
	return s
}

func (s roomState) resized(max int) roomState {
	s.max = max
	return s.admitted()
}

func (s roomState) entered(id int, f fate) roomState {
	s.running++
	return s.with(id, f)
}

func (s roomState) left(id int, f fate) roomState {
	s.running--
	return s.with(id, f).admitted()
}

func (s roomState) joined(id int) roomState {
	s.queue += string(rune(id))
	return s.with(id, queued)
}

func (s roomState) withdrawn(id int, f fate) roomState {
	s.queue = without(s.queue, id)
	return s.with(id, f)
}

func (s roomState) steps(all []visitor, now time.Time) (next []roomState) {
	for id, v := range all {
		switch f := s.fates[id]; {
		case f == arriving && s.running < s.max:
			// Let in at once, or, if there was no room a moment ago, from a queue of one.
			next = append(next, s.entered(id, inside), s.entered(id, called))
		case f == arriving && v.cancelled:
			next = append(next, s.with(id, leaving))
		case f == arriving && !v.waits:
			next = append(next, s.with(id, v.why))
		case f == arriving:
			next = append(next, s.joined(id))
		case f == called && v.cancelled:
			next = append(next, s.left(id, leaving))
		case f == called:
			next = append(next, s.with(id, inside))
		case f == queued && v.cancelled:
			next = append(next, s.withdrawn(id, leaving))
		}
		if s.fates[id] == queued && !v.until.After(now) {
			next = append(next, s.withdrawn(id, v.why))
		}
	}
	return next
}

func (s roomState) seen() [visitors]fate      { return seenAs(s.fates) }
func (s roomState) wakes(time.Time) time.Time { return time.Time{} }

// TestBulkheadLikeModel plays random visits, departures and sizes to a bulkhead, many of them at
// one instant. Whoever is inside, waits or was told something must be so in the model, and with
// nobody left all of the room must be there.
func TestBulkheadLikeModel(t *testing.T) {
	checkInBubble(t, func(r *rapid.T) func() error {
		steps := limitSteps(time.Millisecond, "come", "come", "come", "leave", "leave", "cancel", "resize", "pass").Draw(r, "steps")
		return func() error {
			b := newBulkhead(2)
			p := &play[roomState]{enter: b.enter, states: map[roomState]bool{{max: 2}: true}, like: func(s roomState) error {
				running, waiting, max := b.usage()
				if running != s.running || waiting != len(s.queue) || max != s.max {
					return fmt.Errorf("%d of %d inside, %d wait; want %d of %d, and %d", running, max, waiting, s.running, s.max, len(s.queue))
				}
				return nil
			}}
			defer p.end()
			for i, s := range steps {
				if err := playRoom(p, b, s); err != nil {
					return fmt.Errorf("step %d: %w", i, err)
				}
			}
			return leaveAll(p, b)
		}
	})
}

func playRoom(p *play[roomState], b *bulkhead, s limitStep) error {
	p.stir()
	switch s.what {
	case "come":
		p.come(s.wait, s.end)
	case "leave":
		if id, ok := p.one(s.n, inside); ok {
			b.leave()
			p.see(id, gone)
			p.each(func(m roomState) roomState { return m.left(id, gone) })
		}
	case "cancel":
		p.cancel(s.n)
	case "resize":
		max := 1 + s.n%4
		b.resize(max)
		p.each(func(m roomState) roomState { return m.resized(max) })
	case "pass":
		return p.pass(s.wait)
	}
	if s.together {
		return nil
	}
	return p.settle()
}

// leaveAll lets everybody go, and looks whether all of the room is there.
func leaveAll(p *play[roomState], b *bulkhead) error {
	p.stir()
	p.end()
	err := p.settle()
	for id, ok := p.one(0, inside); ok; id, ok = p.one(0, inside) {
		b.leave()
		p.see(id, gone)
	}
	running, waiting, max := b.usage()
	for range max {
		if !b.tryEnter() {
			err = errors.Join(err, errors.New("room was lost"))
		}
	}
	if b.tryEnter() || running != 0 || waiting != 0 {
		err = errors.Join(err, fmt.Errorf("with nobody left, %d are inside and %d wait", running, waiting))
	}
	return err
}
