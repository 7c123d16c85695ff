package main

// This file shows on a terminal how far a long run is.

import (
	"fmt"
	"io"
	"os"
	"sync/atomic"
	"time"
)

const (
	progressAfter = 2 * time.Second // who waits longer wants to know for what
	progressEvery = 100 * time.Millisecond
)

// A progress is one line, which is gone when the run ends.
type progress struct {
	out   io.Writer
	step  atomic.Pointer[step]
	stop  chan struct{}
	ended chan struct{}
}

// A step is what a run does, and how much of it is done; all is 0 where that cannot be told.
type step struct {
	doing     string
	done, all int
}

// startProgress starts to show progress on a terminal, and nothing elsewhere.
func startProgress(out io.Writer, isTerminal bool) *progress {
	p := &progress{out: out, stop: make(chan struct{}), ended: make(chan struct{})}
	if !isTerminal {
		close(p.ended)
		return p
	}
	go p.show()
	return p
}

// tell notes what the run does. It may be called by several goroutines at once.
func (p *progress) tell(doing string, done, all int) { p.step.Store(&step{doing, done, all}) }

// end takes the line away, and returns when it is.
func (p *progress) end() {
	close(p.stop)
	<-p.ended
}

// show draws the line anew until the run ends.
func (p *progress) show() {
	defer close(p.ended)
	wait := time.NewTimer(progressAfter)
	defer wait.Stop()
	const erase = "\r\x1b[K"
	for shown := false; ; shown = true {
		select {
		case <-wait.C:
			fmt.Fprint(p.out, erase, p.step.Load())
			wait.Reset(progressEvery)
		case <-p.stop:
			if shown {
				fmt.Fprint(p.out, erase)
			}
			return
		}
	}
}

// String returns the step as the line says it.
func (s *step) String() string {
	switch {
	case s == nil:
		return "resilgen"
	case s.all == 0:
		return "resilgen: " + s.doing
	}
	return fmt.Sprintf("resilgen: %s: %d of %d", s.doing, s.done, s.all)
}

// isTerminal reports whether somebody watches what is written.
func isTerminal(out io.Writer, getenv func(string) string) bool {
	f, ok := out.(*os.File)
	if !ok || getenv("TERM") == "dumb" {
		return false
	}
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}
