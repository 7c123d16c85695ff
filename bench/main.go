// Command bench holds resilgen against its peers, and against what it promises: what a guarded call
// costs while all is well and when it is not, and what generating costs. It prints Markdown:
//
//	go run .                   # everything; about ten minutes
//	go run . -run healthy      # the calls
//	go run . -run generator    # the generator
//	go run . -count 100        # more rounds: steadier figures on a noisy machine
//
// Machines differ and are noisy, so no time is a result: what is compared runs by turns, in one
// process or right after each other, and every figure is a ratio within the run. Of calls it is
// that of medians of processor time, and beside it that of quiet turns, which nine in ten exceed,
// and both by the clock; of generators that of the shortest times by the clock, and beside it of
// their medians and of processor time.
package main

import (
	"flag"
	"fmt"
	"io"
	"os"
	"time"
)

func main() {
	which := flag.String("run", "", "measure `healthy|generator` only")
	count := flag.Int("count", 0, "measure in `n` rounds (default 50 of calls, 3 of the generator)")
	flag.Parse()
	if err := run(os.Stdout, *which, *count); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// run measures and prints the tables.
func run(out io.Writer, which string, count int) error {
	tables := map[string]func(count int) (*report, error){"healthy": healthyTable, "generator": generatorTable}
	if tables[which] == nil && which != "" {
		return fmt.Errorf("-run %s: there is healthy and there is generator", which)
	}
	fmt.Fprintf(out, "%s, on %s.\n", time.Now().Format(time.DateOnly), machine())
	reports := map[string]*report{}
	for _, name := range []string{"generator", "healthy"} { // the generator while this process is small: see spend
		if which != "" && which != name {
			continue
		}
		var err error
		if reports[name], err = tables[name](count); err != nil {
			return err
		}
	}
	for _, name := range []string{"healthy", "generator"} {
		if reports[name] != nil {
			reports[name].print(out)
		}
	}
	return nil
}

// progress says on standard error what is being measured.
func progress(format string, args ...any) {
	fmt.Fprintf(os.Stderr, time.Now().Format("15:04:05")+" "+format+"\n", args...)
}
