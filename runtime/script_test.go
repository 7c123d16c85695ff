package resil_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	resil "github.com/resilgen/resilgen/runtime"
)

var errBackend = errors.New("backend failed")

// A backend answers calls by a script and counts them.
type backend struct {
	calls int
	next  func(ctx context.Context, call int) error // call counts from 1
}

func (b *backend) call(ctx context.Context) error {
	b.calls++
	return b.next(ctx, b.calls)
}

// parse returns the policy that a text says. The open time of a breaker is exact unless the text
// says otherwise.
func parse(t *testing.T, policy string) resil.Policy {
	t.Helper()
	p, err := resil.ParsePolicy(policy)
	if err != nil {
		t.Fatal(err)
	}
	if b := p.Breaker; b != nil && b.Jitter == defaultJitter {
		b.Jitter = 0
	}
	return p
}

// defaultJitter is the jitter of a breaker's open time where a policy says nothing.
const defaultJitter = 0.1

func guard(t *testing.T, policy string, opts ...resil.Option) *resil.Guard {
	t.Helper()
	return resil.NewClient("test.Client", t, opts...).Guard("Method", parse(t, policy))
}

// flush waits until the client's observers have been told of everything.
func flush(t *testing.T, c *resil.Client) {
	t.Helper()
	if err := c.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// TestBreakerScripts plays scripts of outcomes against a breaker. In a script, S and F are calls
// that succeed and fail, s and f the same but taking 4 s, R a call that must be rejected, a
// duration is time that passes, and open, closed and half-open must be the state.
func TestBreakerScripts(t *testing.T) {
	const v4 = "breaker failures=75% window=4 "
	for _, test := range []struct{ name, policy, script string }{
		{"open, it rejects", v4 + "probes=2 open=50s", "F F F F open R R R"},
		{"probes that succeed close it", v4 + "probes=2 open=1ms", "F F F F 500ms S S closed S"},
		{"closed anew, it counts anew", v4 + "probes=1 open=1s", "F F F F open 2s S closed F F F closed F open"},
		{"later settings win", "breaker failures=75% window=4\nbreaker failures=100% window=2", "F F open"},
		{"a success completes the window", "breaker failures=50% window=4", "S F F closed S open"},
		{"closed anew, a success completes the window", v4 + "probes=1 open=1s", "S F F F open 1s S F F F closed S open"},
		{"a ratio counts when the window is full", "breaker failures=80% window=10", "F F S F F F S F F closed F open"},
		{"a ratio counts from min= calls on", "breaker failures=50% window=20s min=5", "F F F S closed S open"},
		{"slow calls open it", "breaker failures=100% slow=4s slowcalls=50% window=20 min=5", "s s F S closed s open"},
		{"a ratio counts from ten calls on by default", "breaker", "F F F F F F F F F closed F open"},
		{"a probe that fails opens it for as long again", v4 + "probes=1 open=1s", "F F F F 1s F open 999ms R 1ms F open R 1s S closed"},
		{"a success ends failures in a row", "breaker failures=3", "F S F F closed F open"},
		{"open until exactly the open time is over", v4 + "open=1s", "F F F F 999999998ns R 2ns half-open"},
		{"old failures are forgotten", "breaker failures=50% window=10s min=4", "F F F 11s F F F closed F open"},
		{"old successes are forgotten", "breaker failures=50% window=10s min=4", "S S S S S 8s F F F closed 3s closed S open"},
		{"an idle window turns again", "breaker failures=50% window=1s min=2", "S 1h S 1h F closed F open"},
		{"a slow probe does not close", "breaker slow=4s window=2 probes=1 open=1s", "s s open 1s s open 1s S closed"},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { play(t, guard(t, test.policy), test.script) })
		})
	}
}

// play plays a script to a guard: see [TestBreakerScripts].
func play(t *testing.T, g *resil.Guard, script string) {
	t.Helper()
	for i, word := range strings.Fields(script) {
		at := fmt.Sprintf("%s, word %d: %s", script, i+1, word)
		if d, err := time.ParseDuration(word); err == nil {
			time.Sleep(d)
			continue
		}
		switch word {
		case "S", "F", "s", "f":
			if err := g.Do(t.Context(), outcome(word)); errors.Is(err, resil.ErrOpen) {
				t.Fatalf("%s: rejected: %v", at, err)
			}
		case "R":
			if err := g.Do(t.Context(), outcome("S")); !errors.Is(err, resil.ErrOpen) {
				t.Fatalf("%s: not rejected: %v", at, err)
			}
		default:
			if got := g.State().String(); got != word {
				t.Fatalf("%s: state %s", at, got)
			}
		}
	}
}

// outcome returns a call that ends as the word of a script says.
func outcome(word string) func(context.Context) error {
	return func(context.Context) error {
		if word == "s" || word == "f" {
			time.Sleep(4 * time.Second)
		}
		if word == "F" || word == "f" {
			return errBackend
		}
		return nil
	}
}
