package resil_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"

	resil "github.com/resilgen/resilgen/runtime"
)

// described returns the policies of a client's methods that differ from what was generated for
// them.
func described(c *resil.Client) string {
	generated := store(nil)
	var changed []string
	for _, m := range []string{"Get", "Charge", "Upload", "Query", "Plain"} {
		if p := c.Method(m).Policy().String(); p != generated.Method(m).Policy().String() {
			changed = append(changed, m+": "+strings.ReplaceAll(p, "\n", "; "))
		}
	}
	return strings.Join(changed, "\n")
}

// TestWhatOverridesMaySwitchOn: what a section of a client or a policy sweeps methods into is left
// out for those that may not have it, and told; a method's own section that says it is wrong, with
// the reason that generating gave. Off can always be said, and what only holds calls back always be
// added.
func TestWhatOverridesMaySwitchOn(t *testing.T) {
	for _, test := range []struct {
		name, text string
		changed    string   // of the methods
		told       []string // beside changes
		check      string
	}{
		{
			name:    "a retry is for those that have one",
			text:    "clients:\n  store.Store:\n    retry: { attempts: 2 }\n",
			changed: "Get: retry attempts=2 initial=0 multiplier=2 max=5s jitter=full hint=30s budget=off; timeout attempt=1s call=20s\nQuery: retry attempts=2 initial=0 multiplier=2 max=5s jitter=full hint=30s budget=off",
			told: []string{
				"overrides left out store.Store.Charge: o.yaml:3:5: store.Store: retry is left out for Charge: its annotation says retry off",
				"overrides left out store.Store.Plain: o.yaml:3:5: store.Store: retry is left out for Plain: its annotation has no retry, and overrides do not decide that a method may be repeated",
				"overrides left out store.Store.Upload: o.yaml:3:5: store.Store: retry is left out for Upload: an attempt reads body",
			},
		},
		{
			name:    "a timeout is for those whose results do not outlive the call",
			text:    "clients:\n  store.Store:\n    timeout: { call: 30s }\n",
			changed: "Get: retry attempts=4 initial=0 multiplier=2 max=5s jitter=full hint=30s budget=off; timeout attempt=1s call=30s\n" + both("Charge", "timeout call=30s") + "\n" + both("Upload", "timeout call=30s") + "\n" + both("Plain", "timeout call=30s"),
			told: []string{
				"overrides left out store.Store.Query: o.yaml:3:5: store.Store: timeout is left out for Query: *sql.Rows outlives the call, and the timeout would end it",
			},
		},
		{
			name: "a hedge is for nobody, which is told for several methods at once",
			text: "clients:\n  store.Store:\n    hedge: { after: 10ms }\n",
			told: []string{
				"overrides left out store.Store.Charge: o.yaml:3:5: store.Store: hedge is left out for Charge: its annotation says retry off",
				"overrides left out store.Store.Upload: o.yaml:3:5: store.Store: hedge is left out for Upload: attempts that overlap would share body",
				"overrides left out store.Store.: o.yaml:3:5: store.Store: hedge is left out for each of Get, Query, Plain: its annotation has no hedge, and only generated code can keep the results of attempts that overlap apart",
			},
		},
		{
			name: "what is left out need not agree with anything",
			text: "clients:\n  store.Store:\n    hedge: { after: 1h, max: 100 }\n    Get: { hedge: off }\n",
			told: []string{
				"overrides left out store.Store.Charge: o.yaml:3:5: store.Store: hedge is left out for Charge: its annotation says retry off",
				"overrides left out store.Store.Upload: o.yaml:3:5: store.Store: hedge is left out for Upload: attempts that overlap would share body",
				"overrides left out store.Store.: o.yaml:3:5: store.Store: hedge is left out for each of Get, Query, Plain: its annotation has no hedge, and only generated code can keep the results of attempts that overlap apart",
			},
		},
		{
			name:    "of a policy only what a method has can be changed",
			text:    "policies:\n  usual: { retry: { attempts: 2 }, bulkhead: { max: 3 } }\n",
			changed: "Get: retry attempts=2 initial=0 multiplier=2 max=5s jitter=full hint=30s budget=off; timeout attempt=1s call=20s",
			told: []string{
				"overrides left out store.Store.Charge: o.yaml:2:12: store.Store: retry is left out for Charge: its annotation says retry off",
				"overrides left out store.Store.Upload: o.yaml:2:12: store.Store: retry is left out for Upload: an attempt reads body",
				"overrides left out store.Store.: o.yaml:2:36: store.Store: bulkhead is left out for each of Get, Charge, Upload: its annotation has no bulkhead, and of a policy only what a method has can be changed",
			},
		},
		{
			name:    "off can always be said",
			text:    "policies: { usual: { retry: off } }\nclients:\n  store.Store:\n    timeout: off\n    hedge: off\n    Charge: { retry: off, hedge: off }\n    Upload: { retry: off, timeout: off }\n    Query: { retry: off }\n",
			changed: "Get: \nQuery: ",
		},
		{
			name:    "what holds back can always be added",
			text:    "clients:\n  store.Store:\n    Query: { bulkhead: { max: 3 } }\n    Upload: { ratelimit: { rate: 10/s } }\n    Charge: { breaker: { failures: 3 } }\n",
			changed: "Charge: breaker failures=3 open=10s jitter=10% probes=3 per=attempt scope=method\n" + both("Upload", "ratelimit rate=10/s burst=10 wait=0 scope=method") + "\nQuery: retry attempts=4 initial=0 multiplier=2 max=5s jitter=full hint=30s budget=off; bulkhead max=3 wait=0 scope=method",
		},
		{
			name: "who names a method for what it may not have is wrong",
			text: "clients:\n  store.Store:\n    Charge: { retry: { attempts: 2 } }\n    Upload: { retry: , hedge: { after: 1s } }\n    Query: { timeout: { call: 1s } }\n    Plain: { retry: { attempts: 3 }, bulkhead: { max: 1 } }\n",
			told: []string{`overrides refused store.Store.: o.yaml:3:15: retry cannot act on store.Store.Charge: its annotation says retry off
o.yaml:4:15: retry cannot act on store.Store.Upload: an attempt reads body
o.yaml:4:24: hedge cannot act on store.Store.Upload: attempts that overlap would share body
o.yaml:5:14: timeout cannot act on store.Store.Query: *sql.Rows outlives the call, and the timeout would end it
o.yaml:6:14: retry cannot act on store.Store.Plain: its annotation has no retry, and overrides do not decide that a method may be repeated`},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var heard news
				o := load(t, overridesFile(t, "o.yaml", test.text))
				c := store(o, resil.WithObserver(&heard))
				if got := described(c); got != test.changed {
					t.Errorf("in force\n%s\nwant\n%s", got, test.changed)
				}
				heard.wantBesideChanges(t, test.told...)
				var check []string
				for _, told := range test.told {
					_, what, _ := strings.Cut(told, ": ")
					check = append(check, what)
				}
				if got := placed(o.Check()); got != strings.Join(check, "\n") {
					t.Errorf("Check returns\n%s\nwant\n%s", got, strings.Join(check, "\n"))
				}
			})
		})
	}
}

// both is a method's breaker and another directive.
func both(method, directive string) string {
	return method + ": breaker failures=50% min=10 window=10s open=10s jitter=10% probes=3 per=attempt scope=method; " + directive
}

// TestNoOverrideRepeatsWhatMustNotBe: no override makes a method repeat that must not, whatever
// section says it: what moves money is sent once, and what reads a body is not sent again without
// it.
func TestNoOverrideRepeatsWhatMustNotBe(t *testing.T) {
	for _, text := range []string{
		"clients: { store.Store: { retry: { attempts: 3, initial: 0, budget: off } } }",
		"policies: { usual: { retry: { attempts: 3, initial: 0, budget: off } } }",
		"clients: { store.Store: { Charge: { retry: { attempts: 3, initial: 0, budget: off } }, Upload: { retry: { attempts: 3, initial: 0, budget: off } } } }",
	} {
		c := store(load(t, overridesFile(t, "o.yaml", text)))
		for _, method := range []string{"Charge", "Upload"} {
			b := backend{next: always(errBackend, 0)}
			if err := c.Method(method).Do(t.Context(), b.call); err != errBackend || b.calls != 1 {
				t.Errorf("%s\n%s made %d attempts: %v", text, method, b.calls, err)
			}
		}
		if err := c.Method("Query").Do(t.Context(), func(ctx context.Context) error {
			if _, ends := ctx.Deadline(); ends {
				return errors.New("a deadline")
			}
			return nil
		}); err != nil {
			t.Errorf("%s\nQuery has %v", text, err)
		}
	}
}

// TestOverridesChangeWhatAnOptionBrought: an option that brings a retry where nothing makes it
// impossible is code; what overrides then change are its numbers.
func TestOverridesChangeWhatAnOptionBrought(t *testing.T) {
	o := load(t, overridesFile(t, "o.yaml", "clients: { store.Store: { Plain: { retry: { attempts: 7 } } } }"))
	c := store(o, resil.WithPolicy("Plain", parse(t, "retry attempts=2 budget=off")))
	if got := c.Method("Plain").Policy().Retry; got == nil || got.Attempts != 7 {
		t.Errorf("%+v: %v", got, o.Check())
	}
}

// TestOverridesDoNotBringBackWhatAnOptionTook: what an option takes away, overrides do not bring
// back where repeating is concerned; a timeout they may.
func TestOverridesDoNotBringBackWhatAnOptionTook(t *testing.T) {
	o := load(t, overridesFile(t, "o.yaml", "clients:\n  store.Store:\n    retry: { attempts: 7 }\n    timeout: { call: 1m }\n"))
	c := store(o, resil.WithPolicy("Get", resil.Policy{}))
	if p := c.Method("Get").Policy(); p.Retry != nil || p.Timeout == nil {
		t.Errorf("%s", p)
	}
	if got, want := placed(o.Check()), "retry is left out for Get: the program has switched it off by WithPolicy"; !strings.Contains(got, want) {
		t.Errorf("no %q in\n%s", want, got)
	}
}

// TestLaterLevelsWin: generated, by policy in the order of use, by client, by method; and off
// works for every policy.
func TestLaterLevelsWin(t *testing.T) {
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
