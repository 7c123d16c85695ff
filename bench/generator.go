package main

// This file is the second table: what generating costs.

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/resilgen/resilgen/bench/synth"
)

// sizes are the numbers of interfaces in the modules.
var sizes = []int{10, 100, 1000}

const (
	small = 100
	large = 1000
)

// What ours and the go command are run for; peers are known by their names.
const (
	first       = "resilgen, first run"
	again       = "resilgen, nothing changed"
	edited      = "resilgen, after an edit in the shared package"
	cold        = "resilgen, cold build cache"
	oneFirst    = "resilgen, one interface, first run"
	oneEdited   = "resilgen, one interface, after an edit of it"
	oneAgain    = "resilgen, one interface, nothing changed"
	check       = "resilgen check"
	explain     = "resilgen explain"
	goList      = "go list ./..."
	goListOne   = "go list of one package"
	goBuild     = "go build ./... after the same edit"
	goBuildCold = "go build ./..., cold build cache"
)

// A generatorRun is all that was measured.
type generatorRun struct {
	*tools
	costs   map[job][]cost
	noticed bool // each edit was, of an interface and in a shared package
}

// A job is something that was run on a module of some size.
type job struct {
	what string
	size int
}

func generatorTable(rounds int) (*report, error) {
	if rounds <= 0 {
		rounds = 3
	}
	scratch, err := os.MkdirTemp("", "resilgen-bench-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(scratch)
	t, err := buildTools(scratch)
	if err != nil {
		return nil, err
	}
	r := &generatorRun{tools: t, costs: map[job][]cost{}, noticed: true}
	for _, size := range sizes {
		if err := r.measure(size, rounds); err != nil {
			return nil, err
		}
	}
	return &report{title: "The generator", goals: r.goals(), figures: []figures{r.figures()}}, nil
}

// measure runs everything on modules of one size, by turns.
func (r *generatorRun) measure(size, rounds int) error {
	ours, err := r.module("resilgen", synth.Services, size)
	if err != nil {
		return err
	}
	if err := r.require(ours); err != nil {
		return err
	}
	peers := map[string]*synth.Module{}
	for _, g := range generators {
		if size > g.most {
			continue
		}
		if peers[g.name], err = r.module(g.name, g.flavour, size); err != nil {
			return err
		}
	}
	for round := range rounds {
		progress("generator: %d interfaces, round %d of %d", size, round+1, rounds)
		if err := r.measureOurs(ours); err != nil {
			return err
		}
		for _, g := range generators {
			if m := peers[g.name]; m != nil {
				if err := r.measurePeer(g, m); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// measurePeer runs a peer without its outputs in place.
func (r *generatorRun) measurePeer(g generator, m *synth.Module) error {
	if err := m.Remove(g.outputs); err != nil {
		return err
	}
	s, err := g.run(r.tools, m)
	r.note(job{g.name, m.Interfaces}, s)
	return err
}

// measureOurs runs ours in all situations, and the go command beside it. A first run remembers
// nothing.
func (r *generatorRun) measureOurs(m *synth.Module) error {
	if err := m.Remove("*_resil.go"); err != nil {
		return err
	}
	resilgen := r.path("resilgen")
	memory := "RESILGEN_CACHE=" + r.emptyDir("memory-")
	run := func(what string, env []string, name string, args ...string) func() error {
		return func() error {
			s, err := spend(m.Dir, append([]string{memory}, env...), name, args...)
			r.note(job{what, m.Interfaces}, s)
			return err
		}
	}
	steps := []func() error{
		run(first, nil, resilgen, "./..."),
		run(again, nil, resilgen, "./..."),
		run(goList, nil, "go", "list", "./..."),
		run(check, nil, resilgen, "check", "./..."),
		run(explain, nil, resilgen, "explain", "./..."),
		run(oneFirst, []string{"RESILGEN_CACHE=off"}, resilgen, "./single"),
		func() error { return warm(m, memory, resilgen) },
		m.EditSingle,
		run(oneEdited, nil, resilgen, "./single"),
		func() error { return r.lookFor(m, m.NewestOfSingle()) },
		run(oneAgain, nil, resilgen, "./single"),
		run(goListOne, nil, "go", "list", "./single"),
		m.Edit,
		run(edited, nil, resilgen, "./..."),
		func() error { return r.lookFor(m, m.Newest()) },
		run(goBuild, nil, "go", "build", "./..."),
	}
	if m.Interfaces == large {
		cache, memory := r.emptyDir("cache-"), r.emptyDir("memory-")
		steps = append(steps,
			run(cold, []string{"GOCACHE=" + cache, "RESILGEN_CACHE=" + memory}, resilgen, "./..."),
			run(goBuildCold, []string{"GOCACHE=" + r.emptyDir("cache-")}, "go", "build", "./..."))
	}
	for _, step := range steps {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

// warm runs ours for one package as somebody has who works on it.
func warm(m *synth.Module, memory, resilgen string) error {
	_, err := spend(m.Dir, []string{memory}, resilgen, "./single")
	return err
}

func (r *generatorRun) note(j job, s cost) { r.costs[j] = append(r.costs[j], s) }

// emptyDir returns a new directory, for a build cache or a memory of its own.
func (r *generatorRun) emptyDir(pattern string) string {
	dir, err := os.MkdirTemp(r.scratch, pattern)
	if err != nil {
		panic(err) // the directory is ours
	}
	return dir
}

// lookFor finds out whether the method that the last edit brought shows in what was generated.
func (r *generatorRun) lookFor(m *synth.Module, method string) error {
	source, err := os.ReadFile(filepath.Join(m.Dir, "single", "single_resil.go"))
	r.noticed = r.noticed && strings.Contains(string(source), method+"(")
	return err
}

// seconds returns the shortest time of a job.
func (r *generatorRun) seconds(what string, size int) float64 {
	return slices.Min(r.each(what, size, elapsed))
}

// each returns a figure of each run of a job.
func (r *generatorRun) each(what string, size int, of func(cost) float64) []float64 {
	var all []float64
	for _, s := range r.costs[job{what, size}] {
		all = append(all, of(s))
	}
	return all
}

func elapsed(c cost) float64    { return c.time.Seconds() }
func processors(c cost) float64 { return c.processor.Seconds() }
func mebibytes(c cost) float64  { return c.peak / (1 << 20) }

// peak returns the least of a job's memory peaks, in MiB.
func (r *generatorRun) peak(what string, size int) float64 {
	return slices.Min(r.each(what, size, mebibytes))
}

// goals holds what was measured against what is promised.
func (r *generatorRun) goals() []goal {
	against := func(title, ours string, limit float64, theirs string, size int) goal {
		g := atMost(title, r.seconds(ours, size)/r.seconds(theirs, size), limit, " × "+theirs)
		g.measured += fmt.Sprintf(" (median %s; processor time %s)",
			number(median(r.each(ours, size, elapsed))/median(r.each(theirs, size, elapsed))),
			number(slices.Min(r.each(ours, size, processors))/slices.Min(r.each(theirs, size, processors))))
		return g
	}
	whole := fmt.Sprintf("whole module, %d interfaces", large)
	notice := goal{"a changed dependency is noticed", "yes", "yes", true}
	if !r.noticed {
		notice.measured, notice.met = "no", false
	}
	return []goal{
		against(whole, first, 0.3, "mockery", large),
		against(whole, first, 0.6, "goverter", large),
		atMost(whole, r.peak(first, large), 200, " MiB"),
		r.againGoal(),
		notice,
		against("after an edit in a shared package", edited, 0.25, goBuild, large),
		against("cold build cache", cold, 0.3, goBuildCold, large),
		against("one interface, edited", oneEdited, 1.3, goListOne, small),
		against("one interface, nothing changed", oneAgain, 1.3, goListOne, small),
		r.growth(),
		against("check", check, 1, first, large),
		against("explain", explain, 1, first, large),
	}
}

// againGoal is met by either of two ratios.
func (r *generatorRun) againGoal() goal {
	ofFirst := r.seconds(again, large) / r.seconds(first, large)
	ofList := r.seconds(again, large) / r.seconds(goList, large)
	return goal{
		what:     "again, nothing changed",
		wanted:   fmt.Sprintf("≤ 0.15 × %s, or ≤ 2 × %s", first, goList),
		measured: fmt.Sprintf("%s and %s ×", number(ofFirst), number(ofList)),
		met:      ofFirst <= 0.15 || ofList <= 2,
	}
}

// growth compares what interfaces cost beyond the start-up, which is the first run for one
// interface.
func (r *generatorRun) growth() goal {
	factor := func(of func(cost) float64) float64 {
		beyond := func(size int) float64 {
			return slices.Min(r.each(first, size, of)) - slices.Min(r.each(oneFirst, size, of))
		}
		return beyond(large) / beyond(small)
	}
	g := atMost("growth, beyond the start-up", factor(elapsed), 11, fmt.Sprintf(" × %d interfaces for %d", small, large))
	g.measured += fmt.Sprintf(" (processor time %s)", number(factor(processors)))
	return g
}

// figures tabulates every job for every size, in terms of go list.
func (r *generatorRun) figures() figures {
	f := figures{title: "Times, × `go list ./...` of the same module (in brackets the memory's peak in MiB):", header: []string{""}}
	for _, size := range sizes {
		f.header = append(f.header, fmt.Sprintf("%d interfaces", size))
	}
	names := []string{first, again, check, explain, edited, goBuild, cold, goBuildCold, oneFirst, oneEdited, oneAgain, goListOne}
	for _, g := range generators {
		names = append(names, g.name)
	}
	for _, name := range names {
		row := []string{name}
		for _, size := range sizes {
			cell := "–"
			if r.costs[job{name, size}] != nil {
				cell = fmt.Sprintf("%s (%s)", number(r.seconds(name, size)/r.seconds(goList, size)), number(r.peak(name, size)))
			}
			row = append(row, cell)
		}
		f.rows = append(f.rows, row)
	}
	return f
}
