package resil_test

// This file shows that TestChangesLikeModel notices something: for each thing that a client could
// get wrong, its scripts tell the right reference from one that gets just that wrong.

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// What a reference can get wrong. Most of these are what clients once got wrong.
const (
	flawOldOpen        = "a breaker is open for as long as open= said when it opened"
	flawSameOpen       = "maxopen= doubles nothing"
	flawLate           = "in the moment when the open time is over a breaker is still open"
	flawLateCounts     = "what began before the breaker opened or closed counts"
	flawKeptSlot       = "a probe that is cancelled keeps its slot"
	flawNoLease        = "a probe that hangs keeps its slot"
	flawOldCounts      = "what was counted by other rules is kept"
	flawCloses         = "an open breaker closes when it is to count something else"
	flawForgets        = "a breaker that is to count something else forgets what an operator wants"
	flawLeftCounts     = "who has left a breaker counts"
	flawOtherRoom      = "a bulkhead of another size does not know who is inside"
	flawLostToken      = "who leaves the line for a token takes one along"
	flawSlowWait       = "waiting for a limit is slow"
	flawRejectionFails = "who finds no room or no token is a failure"
	flawSweptIn        = "a file brings what a method may not have"
	flawAbsent         = "a file is wrong that names a client who is not there"
)

var flaws = []string{flawOldOpen, flawSameOpen, flawLate, flawLateCounts, flawKeptSlot, flawNoLease, flawOldCounts, flawCloses, flawForgets, flawLeftCounts,
	flawOtherRoom, flawLostToken, flawSlowWait, flawRejectionFails, flawSweptIn, flawAbsent}

// TestChangeModelTellsFlaws looks for a script that tells each flaw.
func TestChangeModelTellsFlaws(t *testing.T) {
	left := slices.Clone(flaws)
	scripts := rapid.Custom(drawScript)
	for n := 1; len(left) > 0; n++ {
		if n > 5000 {
			t.Fatalf("nobody notices that\n%s", strings.Join(left, "\n"))
		}
		s := scripts.Example(n)
		left = slices.DeleteFunc(left, func(flaw string) bool {
			tells := s.tells(flaw)
			if tells {
				t.Logf("script %d: not that %s", n, flaw)
			}
			return tells
		})
	}
}

// tells reports whether the script shows that a reference has a flaw.
func (s *script) tells(flaw string) bool {
	right, wrong := s.newWorld(), s.newWorld()
	wrong.flaw = flaw
	for _, step := range s.steps {
		right.step(step)
		if !wrong.follows(step) || right.seen() != wrong.seen() {
			return true
		}
	}
	return false
}

// follows does a step, and reports whether it makes sense: a world that has gone wrong may have no
// call for it to end.
func (w *world) follows(s scriptStep) bool {
	if s.do == doEnd && w.calls[s.call].doing != running {
		return false
	}
	w.step(s)
	return true
}

// seen returns all that can be seen of the world.
func (w *world) seen() string {
	var b strings.Builder
	for _, c := range w.calls {
		fmt.Fprintln(&b, c.attempts, c.doing == over, c.sees)
	}
	for _, c := range w.clients {
		if c == nil {
			continue
		}
		fmt.Fprintln(&b, c.refusals, c.events)
		for _, m := range c.methods {
			fmt.Fprintln(&b, m.policy, m.changes, m.ends)
		}
		for _, name := range slices.Sorted(maps.Keys(c.breakers)) {
			fmt.Fprintln(&b, name, c.breakers[name].shown(), c.breakers[name].left())
		}
	}
	return b.String()
}
