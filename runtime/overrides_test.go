package resil_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	resil "github.com/resilgen/resilgen/runtime"
	_ "github.com/resilgen/resilgen/runtime/overrides"
)

func overridesFile(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

func load(t *testing.T, path string) *resil.Overrides {
	t.Helper()
	o, err := resil.LoadOverrides(path)
	if err != nil {
		t.Fatal(err)
	}
	return o
}

// payments is a client with two methods.
func payments(t *testing.T, o *resil.Overrides, opts ...resil.Option) *resil.Client {
	t.Helper()
	c := resil.NewClient("pay.Payments", t, append(opts, resil.WithOverrides(o))...)
	p := parse(t, "retry initial=0 budget=off\nbreaker failures=4 open=1s\ntimeout call=5s")
	p.Names = []string{"base", "critical"}
	c.Guard("Charge", p)
	refund := parse(t, "retry initial=0 budget=off")
	refund.Names = []string{"base"}
	c.Guard("Refund", refund)
	return c.Ready()
}

// TestOverridesPrecedence: generated, by policy in the order of use, by client, by method; and off works for every policy.
func TestOverridesPrecedence(t *testing.T) {
	for name, text := range map[string]string{
		"o.yaml": `
policies:
  critical: { retry: { attempts: 7 }, breaker: { open: 7s, probes: 7 } }
  base: { retry: { attempts: 6 }, hedge: { after: 1s }, ratelimit: { rate: 1/s } }
clients:
  pay.Payments:
    breaker: { open: 30s }
    timeout: off
    bulkhead: { max: 3 }
    Charge: { retry: { multiplier: 3 }, bulkhead: off }
    Refund: { retry: off }
`,
		"o.json": `{"policies": {"critical": {"retry": {"attempts": 7}, "breaker": {"open": "7s", "probes": 7}}, "base": {"retry": {"attempts": 6}}},
"clients": {"pay.Payments": {"breaker": {"open": "30s"}, "timeout": "off", "bulkhead": {"max": 3},
	"Charge": {"retry": {"multiplier": 3}, "bulkhead": "off"}, "Refund": {"retry": "off"}}}}`,
	} {
		c := payments(t, load(t, overridesFile(t, name, text)))
		if got, want := c.Method("Charge").Policy().String(), `retry attempts=7 initial=0 multiplier=3 max=5s jitter=full hint=30s budget=off
breaker failures=4 open=30s probes=7 per=attempt scope=method`; got != want {
			t.Errorf("%s:\ngot  %s\nwant %s", name, got, want)
		}
		if got, want := c.Method("Refund").Policy().String(), `breaker failures=50% min=10 window=10s open=30s probes=3 per=attempt scope=method
bulkhead max=3 wait=0`; got != want {
			t.Errorf("%s:\ngot  %s\nwant %s", name, got, want)
		}
	}
}

// TestOverridesErrors: everything wrong with a file, with line and column.
func TestOverridesErrors(t *testing.T) {
	for _, test := range []struct{ name, text, want string }{
		{"o.yaml", "polices: {}\nclients:\n  pay.Payments:\n    retry: { attempts: 1, atempts: 3 }\n    Charge: { rety: off, retry: { on: io.EOF } }\n",
			`o.yaml:1:1: polices is neither policies nor clients
o.yaml:4:24: retry attempts=1: want a number of at least 2, the first attempt included; "retry off" is for none
o.yaml:4:27: retry has no key atempts: one of attempts, initial, multiplier, max, jitter, hint, budget, floor, on, never
o.yaml:5:15: unknown directive rety: one of retry, breaker, timeout, bulkhead, ratelimit, hedge
o.yaml:5:39: retry on= names Go: it cannot be changed when the program runs`},
		{"o.yaml", "clients:\n  a: { retry: { attempts: 2 } }\n  a: {}\n", "o.yaml:3:3: a is given twice"},
		{"o.yaml", "clients: [a]\n", "o.yaml:1:10: a list is not expected here"},
		{"o.yaml", "clients: {a: \n", "o.yaml:"},
		{"o.yaml", "clients:\n  a: { retry: maybe }\n", "o.yaml:2:15: retry: maybe is neither key=value nor off"},
		{"o.yaml", "clients:\n  a: { breaker: { failures: 5, min: 3 } }\n", "o.yaml:2:8: failures=5 counts failures in a row and looks at no window: min=3 has no effect"},
		{"o.json", "{\n  \"clients\": {\"a\": {\"retry\": {\"attempts\": 0}}}\n}", "o.json:2:43: retry attempts=0"},
		{"o.json", "{\"clients\": [1]}", "o.json:1:14: a list is not expected here"},
		{"o.json", "{\"clients\": {}", "o.json:1:15: "},
		{"o.toml", "", "o.toml: overrides are .yaml, .yml or .json files"},
	} {
		path := overridesFile(t, test.name, test.text)
		_, err := resil.LoadOverrides(path)
		if err == nil || !strings.HasPrefix(strings.ReplaceAll(err.Error(), path, test.name), test.want) && !strings.HasSuffix(err.Error(), test.want) {
			t.Errorf("%s\ngot  %v\nwant %s", test.text, err, test.want)
		}
	}
}

// TestOverridesCheck: what is wrong with a file for the clients that there are. Of what is wrong for a client nothing applies to it.
func TestOverridesCheck(t *testing.T) {
	path := overridesFile(t, "o.yaml", `clients:
  pay.Payment: { retry: off }
  pay.Payments:
    Chrge: { retry: off }
    timeout: { attempt: 10s }
    Refund: { hedge: { after: 1s } }
`)
	var refused error
	o := load(t, path)
	c := payments(t, o, resil.WithObserver(resil.ObserverFunc(func(e resil.Event) {
		if e.Kind == resil.OverridesRefused {
			refused = e.Err
		}
	})))
	flush(t, c)
	err := o.Check()
	want := `o.yaml:2:3: no client is called pay.Payment: there is pay.Payments
o.yaml:4:5: pay.Payments has no guarded method Chrge: one of Charge, Refund
o.yaml:5:25: pay.Payments.Charge: timeout: call=5s is below attempt=10s: no attempt could take its time
o.yaml:6:15: pay.Payments.Refund: a hedge cannot be added when the program runs: its attempts' results are kept apart only where the annotation asks for it`
	if err == nil || strings.ReplaceAll(err.Error(), path, "o.yaml") != want {
		t.Errorf("got\n%v\nwant\n%s", err, want)
	}
	if refused == nil || c.Method("Charge").Policy().Timeout.Attempt != 0 {
		t.Errorf("refused: %v, but it applied", refused)
	}
}

// TestOverridesReload: a running client changes at once and as a whole; a call under way ends under the old policy, the breaker keeps its
// state, and a wrong file changes nothing. No call fails because of it.
func TestOverridesReload(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		path := overridesFile(t, "o.json", "{}")
		write := func(text string) {
			if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		var changes []string
		o := load(t, path)
		c := payments(t, o, resil.WithObserver(resil.ObserverFunc(func(e resil.Event) {
			if e.Kind == resil.PolicyChanged {
				changes = append(changes, e.Method+": "+e.Change)
				o.Check() // an observer may ask back
			}
		})))
		g := c.Method("Charge")
		for range 3 {
			g.Do(t.Context(), outcome("F")) // each of its attempts counts
		}
		if g.State() != resil.Open {
			t.Fatal(g.State())
		}
		b := backend{next: always(errBackend, time.Second)}
		var underWay error
		var wg sync.WaitGroup
		wg.Go(func() { underWay = c.Method("Refund").Do(t.Context(), b.call) })
		synctest.Wait()
		write(`{"clients": {"pay.Payments": {"Charge": {"breaker": {"open": "1m"}}, "Refund": {"retry": {"attempts": 2}}}}}`)
		if err := o.Reload(); err != nil {
			t.Fatal(err)
		}
		flush(t, c)
		if want := []string{"Charge: breaker open: 1s → 1m", "Refund: retry attempts: 4 → 2"}; strings.Join(changes, "\n") != strings.Join(want, "\n") {
			t.Errorf("%q", changes)
		}
		play(t, g, "open 1s half-open S S S closed F open 59s R 1s half-open")
		wg.Wait()
		if b.calls != 4 || !errors.Is(underWay, resil.ErrAttempts) {
			t.Errorf("the call under way made %d attempts: %v", b.calls, underWay)
		}
		write(`{"clients": {"pay.Payments": {"Refund": {"retry": {"attempts": 0}}}}}`)
		if err := o.Reload(); err == nil || c.Method("Refund").Policy().Retry.Attempts != 2 {
			t.Errorf("a wrong file: %v, %s", err, c.Method("Refund").Policy())
		}
		write(`{}`)
		if err := o.Reload(); err != nil || c.Method("Refund").Policy().Retry.Attempts != 4 {
			t.Errorf("what was generated: %v, %s", err, c.Method("Refund").Policy())
		}
	})
}

// TestOverridesUnderLoad: changing everything all the time fails no call.
func TestOverridesUnderLoad(t *testing.T) {
	path := overridesFile(t, "o.json", "{}")
	o := load(t, path)
	c := payments(t, o)
	ctx, stop := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for ctx.Err() == nil {
				for _, m := range []string{"Charge", "Refund"} {
					if err := c.Method(m).Do(t.Context(), outcome("S")); err != nil {
						t.Errorf("%s: %v", m, err)
					}
				}
				c.Snapshot()
			}
		})
	}
	for i := range 200 {
		text := []string{"{}", `{"clients": {"pay.Payments": {"retry": off}}}`, `{"clients": {"pay.Payments": {"retry": "off", "breaker": {"window": "1s", "failures": "50%"}}}}`,
			`{"clients": {"pay.Payments": {"timeout": {"attempt": "1s"}, "bulkhead": {"max": 100}, "retry": {"budget": "10%"}}}}`}[i%4]
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		o.Reload()
	}
	stop()
	wg.Wait()
}
