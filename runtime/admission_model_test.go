package resil

// This file plays visitors to a limit, and to a model of it. Visitors are goroutines, and what
// happens at one instant happens in any order. So the model goes all ways: it is every state that
// there may be by now, and what is then seen of the visitors tells which of them there was.

import (
	"context"
	"fmt"
	"maps"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"
)

const visitors = 24

// A visitor comes to a limit once.
type visitor struct {
	until     time.Time // when it loses patience
	why       fate      // by which it then ends
	waits     bool      // it has any patience at all
	cancelled bool
	cancel    context.CancelFunc
}

// A fate is where a visitor is, or how that ended.
type fate uint8

const (
	away     fate = iota // has not come yet
	arriving             // has come, and was told nothing
	queued               // waits, and is seen as arriving
	called               // was let in or sent away, but does not know yet
	inside               // was let in; at a limiter: has its token
	gone                 // was inside, and has left
	rejected             // would wait for longer than it will
	late                 // its end came before that
	leaving              // its context ended
)

var fates = map[error]fate{nil: inside, errNoRoom: rejected, errNoToken: rejected, errTimeOver: late, context.Canceled: leaving}

// A world is a model in one of the ways that things may have gone.
type world[S any] interface {
	comparable
	// steps returns what may follow now, by one thing that one visitor does.
	steps(visitors []visitor, now time.Time) []S
	// with returns the state with another fate of one visitor.
	with(id int, f fate) S
	// seen returns the fates of all visitors, as they are seen from outside.
	seen() [visitors]fate
	// wakes returns when something happens next, beside that visitors lose patience; zero if
	// nothing.
	wakes(now time.Time) time.Time
}

// A play is a limit, its visitors, and all that the model says it may be.
type play[S world[S]] struct {
	// enter is how visitors come to the limit.
	enter func(ctx context.Context, wait time.Duration, end time.Time) error
	// like returns what the limit has in another way than a state, its visitors aside.
	like func(S) error

	states   map[S]bool
	visitors []visitor
	mu       sync.Mutex
	seen     [visitors]fate
}

// come lets another visitor come, if there is one left. Its end is at no time if end is zero.
func (p *play[S]) come(wait, end time.Duration) {
	id, now := len(p.visitors), time.Now()
	if id == visitors {
		return
	}
	v := visitor{until: now.Add(wait), why: rejected, waits: wait > 0}
	var over time.Time
	if end != 0 {
		over = now.Add(end)
		if end < wait {
			v.until, v.why, v.waits = over, late, end > 0
		}
	}
	var ctx context.Context
	ctx, v.cancel = context.WithCancel(context.Background())
	p.visitors = append(p.visitors, v)
	p.set(id, arriving)
	go func() { p.see(id, fates[p.enter(ctx, wait, over)]) }()
}

// cancel lets one of those who are waiting, if there are any, lose its context.
func (p *play[S]) cancel(n int) {
	if id, ok := p.one(n, arriving); ok {
		p.visitors[id].cancelled = true
		p.visitors[id].cancel()
	}
}

// one returns one of those of whom so much is seen; false if there is none.
func (p *play[S]) one(n int, as fate) (int, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	var all []int
	for id, f := range p.seen {
		if f == as {
			all = append(all, id)
		}
	}
	if len(all) == 0 {
		return 0, false
	}
	return all[n%len(all)], true
}

func (p *play[S]) see(id int, f fate) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.seen[id] = f
}

// set gives a visitor another fate, in the model too.
func (p *play[S]) set(id int, f fate) {
	p.see(id, f)
	p.each(func(s S) S { return s.with(id, f) })
}

// each changes every state.
func (p *play[S]) each(f func(S) S) {
	before := p.states
	p.states = make(map[S]bool, len(before))
	for s := range before {
		p.states[f(s)] = true
	}
}

// stir adds the states that the visitors may have got to by what they do.
func (p *play[S]) stir() {
	now := time.Now()
	var follow func(S)
	follow = func(s S) {
		for _, next := range s.steps(p.visitors, now) {
			if !p.states[next] {
				p.states[next] = true
				follow(next)
			}
		}
	}
	for s := range maps.Clone(p.states) {
		follow(s)
	}
}

// settle waits until nothing happens at this instant any more, and keeps the states that look like
// what is seen.
func (p *play[S]) settle() error {
	synctest.Wait()
	p.stir()
	p.mu.Lock()
	defer p.mu.Unlock()
	var unlike []string
	before := p.states
	p.states = map[S]bool{}
	for s := range before {
		if len(s.steps(p.visitors, time.Now())) > 0 {
			continue
		}
		err := p.like(s)
		if seen := s.seen(); err == nil && seen != p.seen {
			err = fmt.Errorf("fates %v, want %v", p.seen, seen)
		}
		if err != nil {
			unlike = append(unlike, err.Error())
			continue
		}
		p.states[s] = true
	}
	if len(p.states) == 0 {
		return fmt.Errorf("none of what may be: %q", unlike)
	}
	return nil
}

// pass lets time pass, and looks at every instant at which something happens. What happens at the
// last instant happens together with what comes next.
func (p *play[S]) pass(d time.Duration) error {
	until := time.Now().Add(d)
	for {
		if err := p.settle(); err != nil {
			return err
		}
		now, next := time.Now(), until
		sooner := func(t time.Time) {
			if t.After(now) && t.Before(next) {
				next = t
			}
		}
		for _, v := range p.visitors {
			sooner(v.until)
		}
		for s := range p.states {
			sooner(s.wakes(now))
		}
		time.Sleep(next.Sub(now))
		if next.Equal(until) {
			return nil
		}
	}
}

// end cancels everybody.
func (p *play[S]) end() {
	for id := range p.visitors {
		p.visitors[id].cancelled = true
		p.visitors[id].cancel()
	}
}

// without returns the queue, an id a byte, without one of those in it.
func without(queue string, id int) string {
	rest := []byte{}
	for _, other := range []byte(queue) {
		if int(other) != id {
			rest = append(rest, other)
		}
	}
	return string(rest)
}

// seenAs returns the fates as they are seen from outside.
func seenAs(all [visitors]fate) [visitors]fate {
	for id, f := range all {
		if f == queued {
			all[id] = arriving
		}
	}
	return all
}

// A limitStep is one thing that happens to a limit.
type limitStep struct {
	what      string
	n         int // which visitor, or how many
	wait, end time.Duration
	together  bool // with the next, at one instant and in any order
}

// limitSteps draws steps of these kinds, with times that are multiples of the unit.
func limitSteps(unit time.Duration, kinds ...string) *rapid.Generator[[]limitStep] {
	times := rapid.Map(rapid.IntRange(0, 12), func(n int) time.Duration { return time.Duration(n) * unit })
	return rapid.SliceOfN(rapid.Custom(func(r *rapid.T) limitStep {
		s := limitStep{what: rapid.SampledFrom(kinds).Draw(r, "what"), n: rapid.IntRange(0, 15).Draw(r, "n")}
		s.together = s.what != "pass" && rapid.Bool().Draw(r, "together")
		if s.what == "come" {
			s.end = times.Draw(r, "end") - unit
		}
		if s.what == "come" || s.what == "pass" {
			s.wait = times.Draw(r, "wait")
		}
		return s
	}), 20, 100)
}

// checkInBubble checks a property in virtual time: draw draws everything first, since a bubble is
// no place for rapid, and returns what to do in the bubble.
func checkInBubble(t *testing.T, draw func(*rapid.T) func() error) {
	rapid.Check(t, func(r *rapid.T) {
		play := draw(r)
		var err error
		synctest.Test(t, func(*testing.T) { err = play() })
		if err != nil {
			r.Fatal(err)
		}
	})
}
