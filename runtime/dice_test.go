package resil_test

import (
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	resil "github.com/resilgen/resilgen/runtime"
)

// TestRandSource: with the same source a client draws the same waits, whatever happens beside it;
// with another one, others.
func TestRandSource(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		play := func(opts ...resil.Option) (waits []time.Duration) {
			var seen record
			c := resil.NewClient("test.Client", t, append(opts, resil.WithObserver(&seen))...)
			beside := guard(t, "retry attempts=3 initial=1s")
			for _, policy := range []string{"full", "equal", "30%"} {
				g := c.Guard(policy, parse(t, "retry attempts=4 initial=1s budget=off jitter="+policy))
				g.Do(t.Context(), outcome("F"))
				beside.Do(t.Context(), outcome("F"))
			}
			flush(t, c)
			for _, e := range seen.events {
				if e.Kind == resil.Retrying {
					waits = append(waits, e.Wait)
				}
			}
			return waits
		}
		seeded := func(seed uint64) resil.Option { return resil.WithRandSource(rand.NewPCG(seed, 0)) }
		first := play(seeded(1))
		if again := play(seeded(1)); len(first) != 9 || !slices.Equal(first, again) {
			t.Errorf("by the same numbers\n%v and\n%v", first, again)
		}
		if other := play(seeded(2)); slices.Equal(first, other) {
			t.Errorf("by other numbers the same %v", other)
		}
		if a, b := play(), play(); slices.Equal(a, b) {
			t.Errorf("two clients that are not seeded draw the same %v", a)
		}
	})
}

// A countedSource counts how often it is asked.
type countedSource struct {
	rand.Source
	asked int
}

func (s *countedSource) Uint64() uint64 {
	s.asked++
	return s.Source.Uint64()
}

// TestRandSourceIsAskedOnceAWait: only where a wait is left to chance, and once for each. Clients
// that share the option take turns.
func TestRandSourceIsAskedOnceAWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		src := &countedSource{Source: rand.NewPCG(1, 2)}
		shared := resil.WithRandSource(src)
		var calls sync.WaitGroup
		for range 4 {
			c := resil.NewClient("test.Client", t, shared)
			for _, policy := range []string{"retry attempts=3", "retry attempts=3 jitter=none", "retry attempts=3 initial=0"} {
				g := c.Guard(policy, parse(t, policy+" budget=off"))
				for range 5 {
					calls.Go(func() { g.Do(t.Context(), outcome("F")) })
				}
			}
		}
		calls.Wait()
		if want := 4 * 5 * 2; src.asked != want {
			t.Errorf("asked %d times, want %d", src.asked, want)
		}
	})
}
