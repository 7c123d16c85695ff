package resil_test

import (
	"strings"
	"testing"

	resil "github.com/resilgen/resilgen/runtime"
)

// TestMethodsMustAgreeOnWhatTheyShare: what methods share, they must agree on; the setting by which
// they do not is the place, be it said for one method or for a policy that some of them use.
func TestMethodsMustAgreeOnWhatTheyShare(t *testing.T) {
	for text, want := range map[string]string{
		"clients:\n  pay.Payments:\n    Refund: { retry: { attempts: 3, budget: 10%, initial: 1ms }, timeout: off }\n    Charge: { retry: { budget: 20% } }\n": "o.yaml:3:45: pay.Payments.Refund: the retry budget is one for the whole client: budget=10% floor=10/s here, budget=20% floor=10/s before",
		"policies:\n  base: { retry: { budget: 10% } }\n  critical: { retry: { budget: 20% } }\n":                                                              "o.yaml:2:28: pay.Payments.Refund: the retry budget is one for the whole client: budget=10% floor=10/s here, budget=20% floor=10/s before",
		"clients:\n  pay.Payments:\n    breaker: { scope: client }\n    Refund: { breaker: { open: 3s } }\n":                                                   `o.yaml:3:23: pay.Payments.Refund: scope=client: methods that share a breaker must agree on it:`,
		"clients:\n  pay.Payments:\n    retry: { budget: 10% }\n    breaker: { failures: 3, scope: client, open: 1s, jitter: none }\n":                         "",
	} {
		o := load(t, overridesFile(t, "o.yaml", text))
		payments(t, o)
		if got := placed(o.Check()); !strings.HasPrefix(got, want) || (want == "") != (got == "") {
			t.Errorf("%s\ngot  %s\nwant %s", text, got, want)
		}
	}
}

// TestContradictionsOfOverrides: what generating refuses between policies of one method, a file
// cannot bring about. What is in the program's own policy is not the file's mistake.
func TestContradictionsOfOverrides(t *testing.T) {
	for _, test := range []struct{ text, want string }{
		{"Get: { timeout: { attempt: 5s, call: 5s } }", "3:32: c.Get: timeout: call=5s is not above attempt=5s: an attempt that takes its time leaves none for a retry"},
		{"Once: { timeout: { attempt: 5s, call: 5s } }", ""}, // the one is as good as the other
		{"timeout: { attempt: 6s, call: 6s }\n    Wait: { timeout: off }\n    Hedged: { timeout: off }", "3:25: c.Get: timeout: call=6s is not above attempt=6s: an attempt that takes its time leaves none for a retry"},
		{"Get: { breaker: { slow: 2s }, timeout: { attempt: 1s } }", "3:55: c.Get: breaker: attempt=1s < slow=2s: nothing could be slow, and slowcalls= never open the breaker"},
		{"Get: { breaker: { slow: 6s } }", "3:29: c.Get: breaker: call=5s < slow=6s: nothing could be slow, and slowcalls= never open the breaker"},
		{"Get: { breaker: , ratelimit: { rate: 0.5/s }, bulkhead: { max: 3 } }", "3:23: c.Get: breaker: burst=1 + 0.5/s × window=10s = 6 < min=10: the breaker could never open"},
		{"Wait: { breaker: { open: 5s } }", "3:30: c.Wait: retry: on=resil.ErrOpen waits until the breaker lets a probe through, and call=5s <= open=5s: the wait could not outlive the open time"},
		{"Wait: { timeout: { call: 500ms } }", "3:30: c.Wait: retry: on=resil.ErrOpen waits until the breaker lets a probe through, and call=500ms <= open=1s: the wait could not outlive the open time"},
		{"Hedged: { timeout: { attempt: 1s } }", "3:15: c.Hedged: hedge: after=2s is not below the timeout attempt=1s: the attempt would be over"},
		{"Get: { retry: { attempts: 10, initial: 1s }, timeout: { attempt: 4s } }", ""}, // as often as fits
		{"Vain: { bulkhead: { max: 3 } }", ""},
		{"Vain: { breaker: { slow: 3s } }", ""},
	} {
		o := load(t, overridesFile(t, "o.yaml", "clients:\n  c:\n    "+test.text+"\n"))
		c := resil.New("c", t, resil.WithOverrides(o), resil.WithPolicy("Vain", parse(t, "breaker slow=2s\ntimeout attempt=1s")))
		c.Guard("Get", parse(t, "retry\ntimeout call=5s"))
		waits := parse(t, "retry\nbreaker open=1s\ntimeout call=5s")
		waits.Retry.On = []resil.Match{resil.MatchError("resil.ErrOpen", resil.ErrOpen)}
		c.Guard("Wait", waits)
		c.Guard("Hedged", parse(t, "hedge after=2s"))
		c.Guard("Vain", parse(t, "breaker"))
		c.Guard("Once", parse(t, "timeout call=1s"))
		c.Ready()
		want := test.want
		if want != "" {
			want = "o.yaml:" + want
		}
		if got := placed(o.Check()); got != want {
			t.Errorf("%s\ngot  %s\nwant %s", test.text, got, want)
		}
	}
}

// TestOneMistakeHidesNoOther: a value that is wrong hides nothing else, neither unknown names nor
// what methods may not have; only how numbers agree with one that cannot be read nobody can say.
func TestOneMistakeHidesNoOther(t *testing.T) {
	write, o := rewritten(t, "")
	store(o)
	write(`policies:
  usul: { retry: off }
clients:
  store.Store:
    timeout: { attempt: 30, call: 500ms }
    Gett: { retry: off }
    Upload: { retry: { atempts: 3 } }
    Query: { breaker: { slow: 2s }, timeout: off }
    Plain: { breaker: { slow: 2s }, timeout: { attempt: 1s } }
  stre.Store: { retry: of }
`)
	want := `o.yaml:2:3: no method uses a policy called usul: there is usual
o.yaml:5:5: store.Store: timeout is left out for Query: *sql.Rows outlives the call, and the timeout would end it
o.yaml:5:25: timeout attempt=30: want a time with its unit, such as 100ms, 2s or 1m30s
o.yaml:6:5: store.Store has no guarded method Gett: one of Get, Charge, Upload, Query, Plain
o.yaml:7:15: retry cannot act on store.Store.Upload: an attempt reads body
o.yaml:7:24: retry has no key atempts: one of attempts, initial, multiplier, max, jitter, hint, budget, floor, on, never
o.yaml:10:3: no client is called stre.Store: there is store.Store
o.yaml:10:24: retry: of is neither key=value nor off`
	if got := placed(o.Reload()); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if got := placed(o.Check()); got != want {
		t.Errorf("Check returns\n%s", got)
	}
}
