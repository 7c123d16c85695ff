package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	resil "github.com/resilgen/resilgen/runtime"
)

// The phases of the script.
const (
	normal = iota
	spike
	afterSpike
	outage
	afterOutage
)

// TestGeneratedIsAhead plays the whole script, HTTP and all, in virtual time, for several sets of
// dice: what the example is there to show does not hang on a lucky run or a fast machine.
func TestGeneratedIsAhead(t *testing.T) {
	for seed := range uint64(2) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			var outcomes []outcome
			for _, w := range ways {
				outcomes = append(outcomes, playVirtually(t, script, seed, w))
			}
			generated := outcomes[2]
			for _, other := range outcomes[:2] {
				more := func(what string, a, b float64) {
					if a <= b {
						t.Errorf("%s: %.3f with the generated wrapper, %.3f with %s", what, a, b, other.way)
					}
				}
				served := func(s samples) float64 { return float64(s.served()) / float64(len(s)) }
				received := func(s samples) float64 { return float64(s.received()) / float64(len(s)) }
				more("served", served(generated.samples), 2*served(other.samples))
				more("served after the spike", served(generated.samples.of(afterSpike)), served(other.samples.of(afterSpike)))
				more("served after the outage", served(generated.samples.of(afterOutage)), served(other.samples.of(afterOutage)))
				more("requests saved in the spike", received(other.samples.of(spike)), 3*received(generated.samples.of(spike)))
				more("requests saved in the outage", received(other.samples.of(outage)), 3*received(generated.samples.of(outage)))
			}
			for _, i := range []int{afterSpike, afterOutage} {
				if _, ok := normalAgain(generated.samples, script, i); !ok {
					t.Errorf("the generated wrapper is not normal again in %s", script[i].name)
				}
			}
		})
	}
}

// TestNormalLoadIsServed: without a bad day all three ways serve nearly everyone, and the breaker
// has no part in it.
func TestNormalLoadIsServed(t *testing.T) {
	quiet := []phase{{name: "normal", length: 10 * time.Second, rate: capacity / 2}}
	for _, w := range ways {
		o := playVirtually(t, quiet, seed, w)
		if served, all := o.samples.served(), len(o.samples); served < all*97/100 {
			t.Errorf("%s: %d of %d clients served", w.name, served, all)
		}
		if len(o.transitions) > 0 {
			t.Errorf("%s: the breaker opened without need: %v", w.name, o.transitions)
		}
	}
}

// playVirtually plays the script once in virtual time. The bubble also holds that no goroutine is
// left.
func playVirtually(t *testing.T, script []phase, seed uint64, w way) (o outcome) {
	synctest.Test(t, func(t *testing.T) {
		var err error
		if o, err = play(t.Context(), newPipes(), script, seed, w, newProgress(io.Discard)); err != nil {
			t.Fatal(err)
		}
	})
	return o
}

// short is the script in a tenth of the time.
func short() []phase {
	short := append([]phase(nil), script...)
	for i := range short {
		short[i].length /= 10
	}
	return short
}

// TestPlayAddsUp plays a short script over real HTTP and holds what is true on any machine, however
// busy.
func TestPlayAddsUp(t *testing.T) {
	defer goleak.VerifyNone(t)
	t.Run("ways", func(t *testing.T) {
		for _, w := range ways {
			t.Run(w.name, func(t *testing.T) {
				t.Parallel()
				var out bytes.Buffer
				o, err := play(t.Context(), loopback, short(), seed, w, newProgress(&out))
				if err != nil {
					t.Fatal(err)
				}
				checkSums(t, o)
				if lines := strings.Count(out.String(), "\n"); lines != len(script) {
					t.Errorf("%d lines of progress for %d phases:\n%s", lines, len(script), out.String())
				}
			})
		}
	})
}

// checkSums compares what the clients, the gateway and the processor counted.
func checkSums(t *testing.T, o outcome) {
	if clients := len(schedule(short(), seed)); len(o.samples) != clients {
		t.Errorf("%d samples of %d clients", len(o.samples), clients)
	}
	for id, s := range o.samples {
		switch s.status {
		case 200, 502, 503, 0:
		default:
			t.Errorf("client %d got %d", id, s.status)
		}
		if s.received > attempts {
			t.Errorf("the processor received %d requests for client %d, who has %d attempts", s.received, id, attempts)
		}
		if s.served() && s.received == 0 {
			t.Errorf("client %d was served, but not by the processor", id)
		}
	}
	if o.done > o.samples.received() {
		t.Errorf("the processor worked off %d of %d requests", o.done, o.samples.received())
	}
	if served := o.samples.served(); served > o.done-o.wasted {
		t.Errorf("%d clients served by %d requests, of which %d were for nobody", served, o.done, o.wasted)
	}
}

// TestTransitionsAreNoted: only changes of state, with their times since the script began.
func TestTransitionsAreNoted(t *testing.T) {
	start := time.Now()
	sys := &system{start: start, backend: &backend{}}
	sys.Observe(resil.Event{Kind: resil.StateChanged, Time: start.Add(time.Second), From: resil.Closed, To: resil.Open})
	sys.Observe(resil.Event{Time: start.Add(time.Second)})
	got := sys.outcome(nil).transitions
	if want := (transition{at: time.Second, to: resil.Open}); len(got) != 1 || got[0] != want {
		t.Errorf("got %v, want %v alone", got, want)
	}
}

// TestRunStops interrupts the program in the middle, as Ctrl-C does, and expects nothing of it to
// be left.
func TestRunStops(t *testing.T) {
	defer goleak.VerifyNone(t)
	interrupted := errors.New("interrupt")
	for _, at := range []time.Duration{0, 50 * time.Millisecond, 500 * time.Millisecond} {
		ctx, cancel := context.WithCancelCause(t.Context())
		time.AfterFunc(at, func() { cancel(interrupted) })
		if err := run(ctx, io.Discard, loopback, script); !errors.Is(err, interrupted) {
			t.Errorf("interrupted at %v: %v", at, err)
		}
	}
}

// TestRunStopsDuringAnOutage: workers that stand still stop as well. In virtual time, a goroutine
// left is a failure too.
func TestRunStopsDuringAnOutage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), begins(script, outage)+time.Second)
		defer cancel()
		begin := time.Now()
		if err := run(ctx, io.Discard, newPipes(), script); !errors.Is(err, context.DeadlineExceeded) {
			t.Error(err)
		}
		if late := time.Since(begin) - begins(script, outage) - time.Second; late > 2*time.Second {
			t.Errorf("it took %v to stop", late)
		}
	})
}

// TestNoNetwork: without a port to listen on there is an error, and nothing is left either.
func TestNoNetwork(t *testing.T) {
	for allowed := range 2 {
		synctest.Test(t, func(t *testing.T) {
			n := newPipes()
			listen, refused := n.listen, errors.New("refused")
			n.listen = func() (net.Listener, error) {
				if allowed == 0 {
					return nil, refused
				}
				allowed--
				return listen()
			}
			if err := run(t.Context(), io.Discard, n, script); !errors.Is(err, refused) {
				t.Errorf("got %v", err)
			}
		})
	}
}

// TestRunReports plays a short script three times, to the end.
func TestRunReports(t *testing.T) {
	var out bytes.Buffer
	synctest.Test(t, func(t *testing.T) {
		if err := run(t.Context(), &out, newPipes(), short()); err != nil {
			t.Fatal(err)
		}
	})
	for _, want := range []string{"1/3 at once\n", "3/3 resilgen\n", "clients served", "processor requests per client", "normal again"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("no %q in:\n%s", want, out.String())
		}
	}
}

// TestProgressOnATerminal keeps one line up to date, and ends it when the phase ends.
func TestProgressOnATerminal(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var out bytes.Buffer
		n := 0
		line := func() string { n++; return fmt.Sprint("line ", n) }
		(&progress{out: &out, terminal: true}).during(t.Context(), 3*refresh, line)
		if want := "\rline 1\r\rline 2\r\rline 3\rline 4\n"; out.String() != want {
			t.Errorf("got %q, want %q", out.String(), want)
		}
	})
	if newProgress(os.Stdout).out != os.Stdout {
		t.Error("progress goes elsewhere")
	}
}
