package resil_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
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

// news is the observer of what is told of overrides.
type news struct {
	mu   sync.Mutex
	list []string
}

func (n *news) Observe(e resil.Event) {
	n.mu.Lock()
	defer n.mu.Unlock()
	switch e.Kind {
	case resil.PolicyChanged:
		n.list = append(n.list, fmt.Sprintf("%v %s.%s: %s", e.Kind, e.Client, e.Method, e.Change))
	case resil.OverridesRefused, resil.OverridesLeftOut, resil.OverridesPending:
		n.list = append(n.list, fmt.Sprintf("%v %s.%s: %s", e.Kind, e.Client, e.Method, placed(e.Err)))
	}
}

// want fails unless this is what was told since the last time that it was asked, in a bubble.
func (n *news) want(t *testing.T, want ...string) {
	t.Helper()
	synctest.Wait()
	n.mu.Lock()
	defer n.mu.Unlock()
	if got, want := strings.Join(n.list, "\n"), strings.Join(want, "\n"); got != want {
		t.Errorf("told\n%s\nwant\n%s", got, want)
	}
	n.list = nil
}

// placed is an error without the directories of its places.
func placed(err error) string {
	if err == nil {
		return ""
	}
	return directories.ReplaceAllString(err.Error(), "")
}

var directories = regexp.MustCompile(`(?m)/\S*/`)

// TestOverridesPrecedence: generated, by policy in the order of use, by client, by method; and off
// works for every policy.
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
breaker failures=4 open=30s jitter=none probes=7 per=attempt scope=method`; got != want {
			t.Errorf("%s:\ngot  %s\nwant %s", name, got, want)
		}
		if got, want := c.Method("Refund").Policy().String(), `breaker failures=50% min=10 window=10s open=30s jitter=10% probes=3 per=attempt scope=method
bulkhead max=3 wait=0 scope=method`; got != want {
			t.Errorf("%s:\ngot  %s\nwant %s", name, got, want)
		}
	}
}

// TestOverridesErrors: everything that is wrong with a file by itself, with line and column.
func TestOverridesErrors(t *testing.T) {
	for _, test := range []struct{ name, text, want string }{
		{"o.yaml", "polices: {}\nclients:\n  pay.Payments:\n    retry: { attempts: 1, atempts: 3 }\n    Charge: { rety: off, retry: { on: io.EOF } }\n",
			`o.yaml:1:1: polices is neither policies nor clients
o.yaml:4:24: retry attempts=1: want a number of at least 2, the first attempt included; "retry off" is for none
o.yaml:4:27: retry has no key atempts: one of attempts, initial, multiplier, max, jitter, hint, budget, floor, on, never
o.yaml:5:15: unknown directive rety: one of retry, breaker, timeout, bulkhead, ratelimit, hedge
o.yaml:5:39: retry on= names Go: it cannot be changed when the program runs`},
		{"o.yaml", "clients:\n  a: { retry: { attempts: 2 } }\n  a: {}\n", "o.yaml:3:3: a is given twice"},
		{"o.yaml", "clients:\n  a: { retry: maybe }\n", "o.yaml:2:15: retry: maybe is neither key=value nor off"},
		{"o.yaml", "clients:\n  a: { retry: no }\n  b: { retry: false }\n  c: { retry: 3 }\n", `o.yaml:2:15: retry: no is neither key=value nor off
o.yaml:3:15: retry: false is neither key=value nor off
o.yaml:4:15: retry: 3 is neither key=value nor off`},
		{"o.json", `{"clients": {"a": {"retry": false, "breaker": true, "timeout": 3}}}`, `o.json:1:29: retry: false is neither key=value nor off
o.json:1:47: breaker: true is neither key=value nor off
o.json:1:64: timeout: 3 is neither key=value nor off`},
		{"o.yaml", "clients:\n  a: { rety: off }\n  B: { Charge: off, rety: { attempts: 3 } }\n", `o.yaml:2:8: unknown directive rety: one of retry, breaker, timeout, bulkhead, ratelimit, hedge
o.yaml:3:16: off is no map of directives
o.yaml:3:21: unknown directive rety: one of retry, breaker, timeout, bulkhead, ratelimit, hedge`},
		{"o.yaml", "clients:\n  a: { breaker: { failures: 5, min: 3, window: 5s } }\n", `o.yaml:2:8: failures=5 counts failures in a row and looks at no window: min=3 has no effect (write failures as a ratio such as 50%, or leave min out)
o.yaml:2:8: failures=5 counts failures in a row and looks at no window: window=5s has no effect (write failures as a ratio such as 50%, or leave window out)`},
		// A list hides nothing of what is wrong beside it.
		{"o.yaml", "clients: [a]\npolicies: [ { retry: off } ]\npolices: 3\n", `o.yaml:1:10: a list is not expected here
o.yaml:2:11: a list is not expected here
o.yaml:3:1: polices is neither policies nor clients`},
		{"o.yaml", "clients:\n  a:\n    retry: [off]\n    timeout: { call: [1s], attempt: { is: 1s } }\n", `o.yaml:3:12: a list is not expected here
o.yaml:4:22: timeout call: one value is expected here
o.yaml:4:37: timeout attempt: one value is expected here`},
		{"o.json", `{"clients": [1], "policies": [], "x": 1}`, `o.json:1:13: a list is not expected here
o.json:1:30: a list is not expected here
o.json:1:34: x is neither policies nor clients`},
		{"o.yaml", "? { a: b }\n: c\n? [a]\n: c\n~: c\n", `o.yaml:1:3: a name is expected here
o.yaml:3:3: a name is expected here
o.yaml:5:1: a name is expected here`},
		{"o.yaml", "just words\n", "o.yaml:1:1: just words is no map of policies and clients"},
		{"o.yaml", "- a\n", "o.yaml:1:1: a list is not expected here"},
		{"o.yaml", "clients: 5\npolicies: x\n", `o.yaml:1:10: 5 is no map of names of clients
o.yaml:2:11: x is no map of names of policies`},
		{"o.json", "{\n  \"clients\": {\"a\": {\"retry\": {\"attempts\": 0}}}\n}", `o.json:2:43: retry attempts=0: want a number of at least 2, the first attempt included; "retry off" is for none`},
		{"o.json", "[]", "o.json:1:1: a list is not expected here"},
		{"o.toml", "", "o.toml: overrides are .yaml, .yml or .json files"},
	} {
		path := overridesFile(t, test.name, test.text)
		_, err := resil.LoadOverrides(path)
		if got := strings.ReplaceAll(fmt.Sprint(err), path, test.name); got != test.want {
			t.Errorf("%s\ngot  %v\nwant %s", test.text, got, test.want)
		}
	}
}

// TestOverridesSayNothing: what is empty, and what marks an encoding, is right.
func TestOverridesSayNothing(t *testing.T) {
	for _, test := range []struct{ name, text string }{
		{"o.yaml", ""},
		{"o.yaml", "# nothing\n"},
		{"o.yaml", "---\n...\n"},
		{"o.yaml", "null\n"},
		{"o.yaml", "policies:\nclients: ~\n"},
		{"o.yaml", "clients: { a: }\npolicies: { b: null, c: {} }\n"},
		{"o.yaml", "\ufeffclients: {}\r\npolicies: {}\r\n"},
		{"o.json", "null"},
		{"o.json", "{}\n"},
		{"o.json", "\ufeff{}"},
		{"o.JSON", `{"clients": null, "policies": {"b": null}}`},
	} {
		if _, err := resil.LoadOverrides(overridesFile(t, test.name, test.text)); err != nil {
			t.Errorf("%q: %v", test.text, err)
		}
	}
}

// TestOverridesDefaults: a directive with nothing behind it stands alone, and brings its defaults.
func TestOverridesDefaults(t *testing.T) {
	for name, text := range map[string]string{
		"o.yaml": "clients: { pay.Payments: { breaker: , Refund: { breaker: } } }",
		"o.json": `{"clients": {"pay.Payments": {"breaker": null, "Refund": {"breaker": {}}}}}`,
	} {
		c := payments(t, load(t, overridesFile(t, name, text)))
		if got := c.Method("Refund").Policy(); got.Breaker == nil || got.Breaker.Open != 10*time.Second {
			t.Errorf("%s: %v", name, got)
		}
	}
}

// TestOverridesReload: a running client changes at once and as a whole; a call under way ends under
// the old policy, the breaker keeps its state, and a wrong file changes nothing. No call fails
// because of it.
func TestOverridesReload(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		path := overridesFile(t, "o.json", "{}")
		write := func(text string) {
			if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		var heard news
		o := load(t, path)
		c := payments(t, o, resil.WithObserver(&heard), resil.WithObserver(resil.ObserverFunc(func(e resil.Event) {
			if e.Kind == resil.PolicyChanged {
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
		heard.want(t, "policy changed pay.Payments.Charge: breaker open: 1s → 1m", "policy changed pay.Payments.Refund: retry attempts: 4 → 2")
		play(t, g, "open 59s R 1s half-open S S S closed F open 59s R 1s half-open")
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
