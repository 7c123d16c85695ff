// Gateway shows what retries, backoff and a circuit breaker do to an overloaded service. It takes
// about half a minute:
//
//	go run ./example/gateway
//
// A request_processor with the capacity for 100 requests a second goes through a bad day of eleven
// seconds: normal load, a spike of three times its capacity, normal load, an outage, normal load.
// Its clients come through an api_gateway, over HTTP on this machine's loopback. The day takes
// place three times. What differs is how the gateway calls the processor:
//
//   - at once: failed requests are repeated immediately, as people do;
//   - backoff alone: repeated after 100, 200, 400 ms, by hand with cenkalti/backoff;
//   - resilgen: the generated wrapper, as the annotations in processor.go say.
//
// A table at the end compares what happened. Nothing in it is prepared: change processor.go, run go
// generate, and look again.
//
// What to look for: after the spike the load is normal again, but with the first two ways the
// processor is not. Its queue is so long that callers leave before their turn comes; the workers
// are busy for nobody (a row of the table), and retries fill the queue anew: four attempts for each
// of 50 clients a second are twice the capacity. A failure that outlives its cause like this is
// called metastable (Bronson and others, "Metastable Failures in Distributed Systems", HotOS 2021).
// Waiting between attempts does not end it. Not letting the queue grow does, and that is what a
// bulkhead is for; so does letting it drain, which is what an open breaker is for.
//
// The files, in reading order: processor.go (the annotated interface), gateway.go, ways.go (the
// three ways), backend.go (the request_processor), load.go (the clients), network.go, scenario.go
// (one run), progress.go, samples.go and report.go (what is shown).
package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
)

// seed makes the clients come at the same moments in each run, and the processor fail by the same
// dice.
const seed = 1

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second Ctrl-C does not wait for the services to stop
	if err := run(ctx, os.Stdout, loopback, script); err != nil {
		fmt.Fprintln(os.Stderr, "gateway:", err)
		os.Exit(1)
	}
}

// run plays the script in each of the ways and reports.
func run(ctx context.Context, out io.Writer, n network, script []phase) error {
	show := newProgress(out)
	var outcomes []outcome
	for i, w := range ways {
		fmt.Fprintf(out, "%d/%d %s\n", i+1, len(ways), w.name)
		o, err := play(ctx, n, script, seed, w, show)
		if err != nil {
			return err
		}
		outcomes = append(outcomes, o)
	}
	report(out, script, outcomes)
	return nil
}
