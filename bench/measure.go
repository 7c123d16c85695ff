package main

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
	run             func(n int) // does it n times in a row

	n         int       // times in one turn
	nanos     []float64 // what one time took, of each turn
	processor []float64 // and of processors' time, all of them together
	allocs    float64   // allocations each time
}

// turn is how long one turn takes about: long enough for the clock, short enough that some turns are undisturbed.
const turn = 5 * time.Millisecond

// measure runs all bouts by turns, in another order each round.
func measure(bouts []*bout, rounds int) {
	for _, b := range bouts {
		b.calibrate()
	}
	for range rounds {
		for _, i := range rand.Perm(len(bouts)) {
			b := bouts[i]
			nanos, processor := b.time()
			b.nanos, b.processor = append(b.nanos, nanos), append(b.processor, processor)
		}
	}
	for _, b := range bouts { // at the end, when all that is set up on the way has been
		b.allocs = testing.AllocsPerRun(1000, func() { b.run(1) })
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

// time runs one turn and returns what one time took, in nanoseconds by the clock and of processors' time.
func (b *bout) time() (nanos, processor float64) {
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

// cost is the median of what one time took of processors' time: what else runs on the machine disturbs it least.
func (b *bout) cost() float64 { return median(b.processor) }

// least is the shortest that one time took by the clock.
func (b *bout) least() float64 { return slices.Min(b.nanos) }

func median(of []float64) float64 {
	sorted := slices.Sorted(slices.Values(of))
	return sorted[len(sorted)/2]
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
