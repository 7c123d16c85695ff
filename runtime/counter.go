package resil

// This file counts, cheaply.

import (
	"math/bits"
	"runtime"
	"sync/atomic"
	"unsafe"
)

// A counter counts up, mostly by many goroutines at once: each adds to one of several cells, a
// cache line apart, so that cores do not fight over one line.
type counter struct {
	cells []cell
}

type cell struct {
	n atomic.Int64
	_ [56]byte
}

// newCounter makes a counter of four cells a processor, but from 32 to 64: enough that two running
// goroutines seldom meet. With eight cells on two processors they met so often that 16 goroutines
// paid half as much again for a call as one.
func newCounter() *counter { return counterOf(max(32, min(4*runtime.GOMAXPROCS(0), 64))) }

// newSmallCounter makes a counter for one of many keys, which has less traffic and should need less
// memory.
func newSmallCounter() *counter { return counterOf(4) }

func counterOf(cells int) *counter {
	return &counter{cells: make([]cell, 1<<bits.Len(uint(cells-1)))}
}

// add counts one. The cell is picked by where the goroutine's stack is, which costs nothing to find
// out; the multiplication is Fibonacci hashing (Knuth, volume 3, 6.4), which spreads the aligned
// addresses.
func (c *counter) add() {
	var here byte
	hash := uint32(uintptr(unsafe.Pointer(&here))>>10) * 2654435769
	c.cells[int(hash>>16)&(len(c.cells)-1)].n.Add(1)
}

// sum returns the count so far. While others add, it is some count of the time that it took.
func (c *counter) sum() (n int64) {
	for i := range c.cells {
		n += c.cells[i].n.Load()
	}
	return n
}
