package resil

import (
	"errors"
	"fmt"
	"math"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// A tokenState is a limiter at its simplest: a bucket, and a queue before it.
type tokenState struct {
	took   time.Duration // by one token to come
	burst  float64
	tokens float64
	at     int64  // when there were so many, in nanoseconds
	queue  string // ids
	fates  [visitors]fate
}

func (s tokenState) now(now time.Time) tokenState {
	s.tokens = min(s.burst, s.tokens+float64(now.UnixNano()-s.at)/float64(s.took))
	s.at = now.UnixNano()
	return s
}

// due returns how long it is until the token is there for who has so many ahead. A fraction of a
// nanosecond is no time.
func (s tokenState) due(ahead int) time.Duration {
	return max(0, time.Duration((float64(ahead+1)-s.tokens)*float64(s.took)))
}

func (s tokenState) inTime(ahead int, until, now time.Time) bool {
	return !now.Add(s.due(ahead)).After(until)
}

func (s tokenState) with(id int, f fate) tokenState {
	s.fates[id] = f
	return s
}

func (s tokenState) taken(id int) tokenState {
	s.tokens--
	return s.withdrawn(id, inside)
}

func (s tokenState) joined(id int) tokenState {
	s.queue += string(rune(id))
	return s.with(id, queued)
}

func (s tokenState) withdrawn(id int, f fate) tokenState {
	s.queue = without(s.queue, id)
	return s.with(id, f)
}

// set changes the numbers, and sends those away who cannot be served in time any more.
func (s tokenState) set(took time.Duration, burst int, all []visitor, now time.Time) tokenState {
	s = s.now(now)
	s.took, s.burst = took, float64(burst)
	s = s.now(now)
	ahead := 0
	for _, id := range []byte(s.queue) {
		if s.inTime(ahead, all[id].until, now) {
			ahead++
		} else {
			s = s.withdrawn(int(id), called)
		}
	}
	return s
}

func (s tokenState) steps(all []visitor, now time.Time) (next []tokenState) {
	s = s.now(now)
	for id, v := range all {
		switch f := s.fates[id]; {
		case f == arriving && s.queue == "" && s.due(0) == 0:
			next = append(next, s.taken(id))
		case f == arriving && !v.waits, f == arriving && !s.inTime(len(s.queue), v.until, now), f == called:
			next = append(next, s.with(id, rejected))
		case f == arriving:
			next = append(next, s.joined(id))
		case f == queued && int(s.queue[0]) == id && s.due(0) == 0:
			// Even if its context has just ended: that may have come after it had looked.
			next = append(next, s.taken(id))
		}
		if f := s.fates[id]; v.cancelled && (f == arriving || f == queued || f == called) {
			next = append(next, s.withdrawn(id, leaving))
		}
	}
	return next
}

func (s tokenState) seen() [visitors]fate { return seenAs(s.fates) }

func (s tokenState) wakes(now time.Time) time.Time {
	if s.queue == "" {
		return time.Time{}
	}
	return now.Add(s.now(now).due(0))
}

// TestLimiterLikeModel plays random visits and numbers to a limiter, many of them at one instant.
// Whoever has a token, waits or was sent away must be so in the model, with as many tokens left.
func TestLimiterLikeModel(t *testing.T) {
	// Powers of two in nanoseconds, so that the numbers of the model are exact.
	const tick = 1 << 20 * time.Nanosecond
	checkInBubble(t, func(r *rapid.T) func() error {
		steps := limitSteps(tick, "come", "come", "come", "come", "cancel", "set", "pass", "pass").Draw(r, "steps")
		return func() error {
			l, start := newLimiter(perSecondOf(2*tick), 2), time.Now()
			p := &play[tokenState]{enter: l.take, states: map[tokenState]bool{{took: 2 * tick, burst: 2, tokens: 2, at: start.UnixNano()}: true},
				like: func(s tokenState) error {
					l.mu.Lock()
					waiting := l.queue.Len()
					l.mu.Unlock()
					want := s.now(time.Now()).tokens
					if tokens := l.tokens(); math.Abs(tokens-want) > 1e-5 || waiting != len(s.queue) {
						return fmt.Errorf("%v tokens, %d wait; want %v and %d", tokens, waiting, want, len(s.queue))
					}
					return nil
				}}
			defer p.end()
			for i, s := range steps {
				if err := playTokens(p, l, s, tick); err != nil {
					return fmt.Errorf("step %d after %s: %w", i, time.Since(start), err)
				}
			}
			return fillUp(p, l)
		}
	})
}

func perSecondOf(took time.Duration) float64 { return float64(time.Second) / float64(took) }

func playTokens(p *play[tokenState], l *limiter, s limitStep, tick time.Duration) error {
	p.stir()
	switch s.what {
	case "come":
		p.come(s.wait, s.end)
	case "cancel":
		p.cancel(s.n)
	case "set":
		took, burst, now := tick<<(s.n%4), 1+s.n/4, time.Now()
		l.set(perSecondOf(took), burst)
		p.each(func(m tokenState) tokenState { return m.set(took, burst, p.visitors, now) })
	case "pass":
		return p.pass(s.wait)
	}
	if s.together {
		return nil
	}
	return p.settle()
}

// fillUp lets everybody go, and looks whether the bucket is full in due time.
func fillUp(p *play[tokenState], l *limiter) error {
	p.stir()
	p.end()
	if err := p.settle(); err != nil {
		return err
	}
	l.set(1, 3)
	time.Sleep(4 * time.Second)
	var err error
	for range 3 {
		if !l.tryTake() {
			err = errors.New("a token was lost")
		}
	}
	if l.tryTake() {
		err = errors.New("a token too many")
	}
	return err
}
