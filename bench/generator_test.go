package main

import (
	"testing"
	"time"
)

// TestGeneratorGoals: each goal looks at the right jobs, and sees when it is missed.
func TestGeneratorGoals(t *testing.T) {
	seconds := map[job]float64{
		{first, large}: 1, {again, large}: 0.2, {edited, large}: 0.5, {cold, large}: 3, {check, large}: 1, {explain, large}: 0.9,
		{first, small}: 0.2, {oneFirst, small}: 0.1, {oneFirst, large}: 0.1, {oneEdited, small}: 0.11, {oneAgain, small}: 0.1, {goList, large}: 0.1, {goListOne, small}: 0.09,
		{goBuild, large}: 5, {goBuildCold, large}: 12, {"mockery", large}: 4, {"goverter", large}: 1.5,
	}
	r := &generatorRun{costs: map[job][]cost{}, noticed: true}
	for j, s := range seconds {
		took := time.Duration(s * float64(time.Second))
		r.costs[j] = []cost{{took, took, 150 << 20}, {2 * took, took, 300 << 20}}
	}
	missed := map[string]bool{}
	for _, g := range r.goals() {
		if !g.met {
			missed[g.what+" "+g.wanted] = true
		}
	}
	if len(missed) != 1 || !missed["whole module, 1000 interfaces ≤ 0.6 × goverter"] {
		t.Errorf("missed: %v", missed)
	}
	r.noticed = false
	r.costs[job{again, large}] = []cost{{time: time.Second}}
	r.costs[job{first, large}] = []cost{{time: 5 * time.Second, peak: 201 << 20}}
	met := map[string]bool{}
	for _, g := range r.goals() {
		if g.met {
			met[g.what] = true
		}
	}
	for _, what := range []string{"whole module, 1000 interfaces", "a changed dependency is noticed", "growth, beyond the start-up"} {
		if met[what] {
			t.Errorf("%s: met", what)
		}
	}
}
