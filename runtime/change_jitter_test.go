package resil_test

// This file holds open times that are spread at random, which TestChangesLikeModel has none of:
// there are bounds to them, and whatever they are, they are told.

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"pgregory.net/rapid"

	resil "github.com/resilgen/resilgen/runtime"
)

// TestChangeJitter opens a breaker again and again, mostly while a file changes open=. The open
// time lies between the share that jitter= leaves and the whole, which doubles with each half-open
// state that fails, up to maxopen=. Calls are rejected until TimeLeft is over, and not a moment
// longer.
func TestChangeJitter(t *testing.T) {
	path := filepath.Join(t.TempDir(), "overrides.json")
	checkVirtually(t, func(r *rapid.T) func() error {
		second := func(what string) time.Duration {
			return time.Duration(rapid.IntRange(1, 10).Draw(r, what)) * time.Second
		}
		s := jitterScript{jitter: drawOf(r, "jitter", 0.1, 0.5, 1), open: second("open")}
		if rapid.Bool().Draw(r, "maxopen") {
			s.maxOpen = 10*time.Second + second("and more")
		}
		for range rapid.IntRange(1, 8).Draw(r, "phases") {
			p := jitterPhase{after: rapid.Float64Range(0, 1).Draw(r, "after")}
			if rapid.Bool().Draw(r, "changes") {
				p.open = second("open")
			}
			s.phases = append(s.phases, p)
		}
		return func() error { return s.play(path) }
	})
}

// A jitterScript is a breaker, and its open phases.
type jitterScript struct {
	jitter        float64
	open, maxOpen time.Duration
	phases        []jitterPhase
}

// A jitterPhase is one open phase, in which open= may be changed.
type jitterPhase struct {
	after float64 // this share of the phase
	open  time.Duration
}

func (s jitterScript) play(path string) error {
	if err := os.WriteFile(path, []byte("{}"), 0o600); err != nil {
		return err
	}
	o, err := resil.LoadOverrides(path)
	if err != nil {
		return err
	}
	c := resil.New("test.Client", s, resil.WithOverrides(o))
	g := c.Guard("Get", resil.Policy{Breaker: &resil.Breaker{ConsecutiveFailures: 1, Open: s.open, Jitter: s.jitter, MaxOpen: s.maxOpen, Probes: 1, Scope: resil.ScopeMethod}})
	c.Ready()
	try := func() error { return g.Do(context.Background(), func(context.Context) error { return errBackend }) }
	for n, p := range s.phases {
		opened := time.Now()
		if err := try(); !errors.Is(err, errBackend) {
			return fmt.Errorf("phase %d: %w", n, err)
		}
		if err := s.bounds(n, g, opened); err != nil {
			return err
		}
		if p.open > 0 {
			time.Sleep(time.Duration(p.after * float64(g.TimeLeft())))
			isOpen := g.State() == resil.Open // or it is half-open, and stays so
			s.open = p.open
			if err := os.WriteFile(path, fmt.Appendf(nil, `{"clients": {"test.Client": {"Get": {"breaker": {"open": "%s"}}}}}`, p.open), 0o600); err != nil {
				return err
			}
			if err := o.Reload(); err != nil {
				return err
			}
			time.Sleep(settles)
			if err := s.bounds(n, g, opened); err != nil && isOpen {
				return err
			}
		}
		left := g.TimeLeft()
		if left > time.Microsecond {
			time.Sleep(left - time.Microsecond)
			if err := try(); !errors.Is(err, resil.ErrOpen) {
				return fmt.Errorf("phase %d: let through before its time: %w", n, err)
			}
			time.Sleep(time.Microsecond)
		}
	}
	return nil
}

// bounds holds what is told of the n-th open phase against what it may be.
func (s jitterScript) bounds(n int, g *resil.Guard, opened time.Time) error {
	longest := s.open
	if s.maxOpen > 0 {
		for range n {
			longest = min(2*longest, s.maxOpen)
		}
	}
	shortest := time.Duration((1 - s.jitter) * float64(longest))
	is := time.Since(opened) + g.TimeLeft()
	switch {
	case is > max(longest, time.Since(opened)):
		return fmt.Errorf("phase %d of %+v: open for %s, at most %s", n, s, is, longest)
	case is < shortest-time.Microsecond:
		return fmt.Errorf("phase %d of %+v: open for %s, at least %s", n, s, is, shortest)
	}
	return nil
}

// TestOpenTimesSpread: breakers that open at one instant do not all come back at one.
func TestOpenTimesSpread(t *testing.T) {
	p, err := resil.ParsePolicy("breaker failures=1 open=10m") // and jitter=10%, if nothing is said
	if err != nil {
		t.Fatal(err)
	}
	left := map[time.Duration]bool{}
	for range 20 {
		g := resil.New("test.Client", t).Guard("Get", p)
		_ = g.Do(t.Context(), outcome("F"))
		left[g.TimeLeft().Round(time.Second)] = true
	}
	if len(left) < 5 {
		t.Errorf("20 breakers are open for only %d different times", len(left))
	}
}
