package main

// What a person sees while the script runs.

import (
	"context"
	"fmt"
	"io"
	"os"
	"time"
)

// refresh is how often the line on a terminal is brought up to date.
const refresh = 100 * time.Millisecond

// A progress shows one line per phase: on a terminal it is kept up to date in place, elsewhere it
// is printed when the phase ends.
type progress struct {
	out      io.Writer
	terminal bool
}

func newProgress(out io.Writer) *progress {
	file, ok := out.(*os.File)
	if !ok {
		return &progress{out: out}
	}
	info, err := file.Stat()
	return &progress{out: out, terminal: err == nil && info.Mode()&os.ModeCharDevice != 0}
}

// during shows the line for the length of a phase and reports whether the context lasted that long.
func (p *progress) during(ctx context.Context, length time.Duration, line func() string) bool {
	step := length
	if p.terminal {
		step = refresh
	}
	end := time.Now().Add(length)
	for left := length; left > 0 && sleep(ctx, min(left, step)); left = time.Until(end) {
		if p.terminal {
			fmt.Fprintf(p.out, "\r%s\r", line())
		}
	}
	fmt.Fprintln(p.out, line())
	return ctx.Err() == nil
}

// line is how things are in a phase: how many clients came, and what became of them so far.
func (t *tally) line(phase string, queue int) string {
	came, served, failed := t.came.Load(), t.served.Load(), t.failed.Load()
	return fmt.Sprintf("  %-12s  came %3d  served %3d  failed %3d  waiting %3d  queue %2d/%d",
		phase, came, served, failed, came-served-failed, queue, queueLength)
}
