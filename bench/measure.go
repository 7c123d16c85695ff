package main

// This file measures loops against each other, by turns.

import (
	"math/rand/v2"
	"runtime"
	"slices"
	"syscall"
	"testing"
	"time"
)

// A bout is something that is measured against others, by turns with them.
type bout struct {
	situation, name string
	before          func()      // what each turn begins with, not measured; nil if there is nothing
	run             func(n int) // does it n times in a row

	n         int       // times in one turn
	nanos     []float64 // what one time took, of each turn
	processor []float64 // and of processors' time, all of them together
	allocs    float64   // allocations each time
}

// turn is how long one turn takes about: long enough for the clock, short enough that some turns
// are undisturbed.
const turn = 5 * time.Millisecond

// measure runs all bouts by turns, after it has found out how long one is, and counts allocations.
func measure(bouts []*bout, rounds int) {
	for _, b := range bouts {
		b.calibrate()
	}
	takeTurns(bouts, rounds)
	for _, b := range bouts { // at the end, when all that is set up on the way has been
		b.allocs = testing.AllocsPerRun(1000, func() { b.run(1) })
	}
}

// takeTurns runs all bouts by turns, in another order each round.
func takeTurns(bouts []*bout, rounds int) {
	for range rounds {
		for _, i := range rand.Perm(len(bouts)) {
			b := bouts[i]
			nanos, processor := b.time()
			b.nanos, b.processor = append(b.nanos, nanos), append(b.processor, processor)
		}
	}
}

// calibrate finds out how many times make a turn.
func (b *bout) calibrate() {
	for b.n = 64; ; b.n *= 2 {
		if nanos, _ := b.time(); nanos*float64(b.n) > float64(turn/2) {
			b.n = max(1, int(float64(turn)/nanos))
			return
		}
	}
}

// time runs one turn and returns what one time took, in nanoseconds by the clock and of processors'
// time.
func (b *bout) time() (nanos, processor float64) {
	if b.before != nil {
		b.before()
	}
	before, start := processorTime(), time.Now()
	b.run(b.n)
	took, spent := time.Since(start), processorTime()-before
	return float64(took) / float64(b.n), float64(spent) / float64(b.n)
}

// processorTime returns the time of processors that this process has spent.
func processorTime() time.Duration {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		panic(err) // the arguments are right
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

// A ratio is what one bout takes in terms of another, of turns in the same rounds.
type ratio struct {
	processor, processorQuiet float64 // of processors' time: of the medians, and of quiet turns
	clock, clockQuiet         float64 // and by the clock
}

// in returns what b takes in terms of c.
func (b *bout) in(c *bout) ratio {
	return ratio{
		processor:      median(b.processor) / median(c.processor),
		processorQuiet: quiet(b.processor) / quiet(c.processor),
		clock:          median(b.nanos) / median(c.nanos),
		clockQuiet:     quiet(b.nanos) / quiet(c.nanos),
	}
}

func median(of []float64) float64 {
	sorted := slices.Sorted(slices.Values(of))
	return sorted[len(sorted)/2]
}

// quiet is what nine turns in ten exceed: in the others nothing else disturbed. The very least
// varies more: processors' time is booked to running threads only now and then, so that some turn
// gets away with too little, and by the clock there is one in many that is much faster than all
// others.
func quiet(of []float64) float64 {
	sorted := slices.Sorted(slices.Values(of))
	return sorted[len(sorted)/10]
}

// heapOf returns how many bytes one of the things takes that build makes and keeps alive, n in all.
func heapOf(n int, build func() (keep any)) float64 {
	before := heapInUse()
	keep := build()
	after := heapInUse()
	runtime.KeepAlive(keep)
	return (after - before) / float64(n)
}

func heapInUse() float64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.GC() // a second time, for what finalizers and pools held
	runtime.ReadMemStats(&m)
	return float64(m.HeapAlloc)
}
