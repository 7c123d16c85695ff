package main

// This file measures what one outcome costs a breaker that looks at many calls, against one that
// looks at few.

import (
	"context"

	"github.com/resilgen/resilgen/bench/calls"
)

const (
	successesBefore = 1_000_000 // each failure: as many as the larger window holds
	failingClients  = 32        // in one turn: one failure is too short to be timed
)

// outcomes measures the failures of a small and of a large window. The rounds are fewer than those
// of other measurements: nearly all of each goes into successes.
func outcomes(rounds int) (few, many *bout) {
	few = afterSuccesses(calls.OurLastTen, failingClients, successesBefore)
	many = afterSuccesses(calls.OurLastMillion, failingClients, successesBefore)
	takeTurns([]*bout{few, many}, max(rounds/5, 3))
	return few, many
}

// afterSuccesses returns a bout whose turn is one failure of each of some clients. Each comes after
// successes, which are not measured: they pass a closed breaker by, and it may be the next failure
// that counts them. On average over all calls that would hardly show, and it is the one call that
// waits.
func afterSuccesses(w calls.Way, clients, successes int) *bout {
	ctx, key := context.Background(), "key"
	next := &calls.Breakable{}
	all := make([]calls.Client, clients)
	for i := range all {
		all[i] = w.Wrap(next, 0)
	}
	each := func(clients []calls.Client, n int) {
		for _, c := range clients {
			call(c, ctx, key, n)
		}
	}
	return &bout{
		situation: "a failure after many successes",
		name:      w.Name,
		before: func() {
			next.Broken = false
			each(all, successes)
			next.Broken = true
		},
		run: func(n int) { each(all[:n], 1) },
		n:   clients,
	}
}
