package resil_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"

	resil "github.com/resilgen/resilgen/runtime"
)

// store is a client with methods of every nature.
func store(o *resil.Overrides, opts ...resil.Option) *resil.Client {
	policy := func(text string, names ...string) resil.Policy {
		p, err := resil.ParsePolicy(text)
		if err != nil {
			panic(err)
		}
		p.Names = names
		return p
	}
	c := resil.New("store.Store", struct{}{}, append(opts, resil.WithOverrides(o))...)
	c.Guard("Get", policy("retry initial=0 budget=off\ntimeout attempt=1s call=20s", "usual"))
	c.GuardWith("Charge", resil.Traits{NoRetry: "its annotation says retry off", NoHedge: "its annotation says retry off"}, policy("breaker", "usual"))
	c.GuardWith("Upload", resil.Traits{NoRetry: "an attempt reads body", NoHedge: "attempts that overlap would share body"}, policy("breaker", "usual"))
	c.GuardWith("Query", resil.Traits{NoTimeout: "*sql.Rows outlives the call, and the timeout would end it"}, policy("retry initial=0 budget=off"))
	c.Guard("Plain", policy("breaker"))
	return c.Ready()
}

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

// TestSwitchingOn: what a section of a client or a policy sweeps methods into is left out for those
// that may not have it, and told; a method's own section that says it is wrong, with the reason
// that generating gave. Off can always be said, and what only holds calls back always be added.
func TestSwitchingOn(t *testing.T) {
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

// wantBesideChanges is want, in any order, and without changes of policy.
func (n *news) wantBesideChanges(t *testing.T, want ...string) {
	t.Helper()
	synctest.Wait()
	n.mu.Lock()
	defer n.mu.Unlock()
	got := map[string]int{}
	for _, told := range n.list {
		if !strings.HasPrefix(told, "policy changed") {
			got[told]++
		}
	}
	for _, told := range want {
		if got[told] != 1 {
			t.Errorf("told %d times: %s", got[told], told)
		}
		delete(got, told)
	}
	for told := range got {
		t.Errorf("told: %s", told)
	}
	n.list = nil
}

// TestNeverRepeated: no override makes a method repeat that must not, whatever section says it:
// what moves money is sent once, and what reads a body is not sent again without it.
func TestNeverRepeated(t *testing.T) {
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

// TestNatureOfOptions: an option that brings a retry where nothing makes it impossible is code;
// what overrides then change are its numbers.
func TestNatureOfOptions(t *testing.T) {
	o := load(t, overridesFile(t, "o.yaml", "clients: { store.Store: { Plain: { retry: { attempts: 7 } } } }"))
	c := store(o, resil.WithPolicy("Plain", parse(t, "retry attempts=2 budget=off")))
	if got := c.Method("Plain").Policy().Retry; got == nil || got.Attempts != 7 {
		t.Errorf("%+v: %v", got, o.Check())
	}
}

// TestTakenAwayByOptions: what an option takes away, overrides do not bring back where repeating is
// concerned; a timeout they may.
func TestTakenAwayByOptions(t *testing.T) {
	o := load(t, overridesFile(t, "o.yaml", "clients:\n  store.Store:\n    retry: { attempts: 7 }\n    timeout: { call: 1m }\n"))
	c := store(o, resil.WithPolicy("Get", resil.Policy{}))
	if p := c.Method("Get").Policy(); p.Retry != nil || p.Timeout == nil {
		t.Errorf("%s", p)
	}
	if got, want := placed(o.Check()), "retry is left out for Get: the program has switched it off by WithPolicy"; !strings.Contains(got, want) {
		t.Errorf("no %q in\n%s", want, got)
	}
}

// TestAllOrNothingPerClient: what contradicts itself for one client is refused for that one. The
// others get their numbers, and it gets the next ones that are right.
func TestAllOrNothingPerClient(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		write, o := rewritten(t, "clients: { north: { Get: { retry: { attempts: 5 } } } }")
		var heard, heardSouth news
		north := store(o, resil.WithName("north"), resil.WithObserver(&heard))
		south := store(o, resil.WithName("south"), resil.WithObserver(&heardSouth))
		heard.want(t, "policy changed north.Get: retry attempts: 4 → 5")
		attempts := func(c *resil.Client) int { return c.Method("Get").Policy().Retry.Attempts }
		const wrong = "o.yaml:3:32: north.Get: timeout: call=20s is below attempt=30s: no attempt could take its time\n" +
			"o.yaml:4:15: retry cannot act on north.Charge: its annotation says retry off"

		write("clients:\n  north:\n    Get: { timeout: { attempt: 30s }, retry: { attempts: 6 } }\n    Charge: { retry: }\n  south: { Get: { retry: { attempts: 6 } } }\n")
		if got := placed(o.Reload()); got != wrong {
			t.Errorf("reloading returns\n%s", got)
		}
		if attempts(north) != 5 || attempts(south) != 6 {
			t.Errorf("north makes %d attempts, south %d; want 5 and 6", attempts(north), attempts(south))
		}
		heard.want(t, "overrides refused north.: "+wrong)
		heardSouth.want(t, "policy changed south.Get: retry attempts: 4 → 6")
		// Asked again it says so again, but tells nobody.
		if got := placed(o.Reload()); got != wrong {
			t.Errorf("reloading again returns\n%s", got)
		}
		heard.want(t)
		// Who joins now starts with what was generated.
		late := store(o, resil.WithName("north"))
		if attempts(late) != 4 {
			t.Errorf("a client that joins makes %d attempts", attempts(late))
		}
		write("clients: { north: { Get: { retry: { attempts: 3 } } } }")
		if err := o.Reload(); err != nil {
			t.Error(err)
		}
		if attempts(north) != 3 || attempts(late) != 3 || attempts(south) != 4 {
			t.Errorf("%d, %d and %d attempts", attempts(north), attempts(late), attempts(south))
		}
		heard.want(t, "policy changed north.Get: retry attempts: 5 → 3")
	})
}

// rewritten is a file of overrides, and how to write it anew.
func rewritten(t *testing.T, text string) (write func(string), o *resil.Overrides) {
	t.Helper()
	path := overridesFile(t, "o.yaml", text)
	return func(text string) {
		t.Helper()
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}, load(t, path)
}

// TestMethodsAgree: what methods share, they must agree on; the setting by which they do not is the
// place, be it said for one method or for a policy that some of them use.
func TestMethodsAgree(t *testing.T) {
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

// TestWhenJudged: what a file means does not depend on when it is judged: before or after its
// clients are made, in which order, and whether they are still there or the garbage collector has
// come.
func TestWhenJudged(t *testing.T) {
	const text = "policies: { usual: { timeout: { attempt: 30s } }, usul: { retry: off } }\n" +
		"clients:\n  north: { retry: { attempts: 3 }, Gett: { retry: off } }\n  south: { Plain: { hedge: { after: 1s } } }\n  west: { retry: off }\n"
	const want = `o.yaml:1:22: north: timeout is left out for each of Charge, Upload: its annotation has no timeout, and of a policy only what a method has can be changed
o.yaml:1:22: south: timeout is left out for each of Charge, Upload: its annotation has no timeout, and of a policy only what a method has can be changed
o.yaml:1:42: north.Get: timeout: call=20s is below attempt=30s: no attempt could take its time
o.yaml:1:42: south.Get: timeout: call=20s is below attempt=30s: no attempt could take its time
o.yaml:1:51: no method uses a policy called usul: there is usual
o.yaml:3:12: north: retry is left out for Charge: its annotation says retry off
o.yaml:3:12: north: retry is left out for Plain: its annotation has no retry, and overrides do not decide that a method may be repeated
o.yaml:3:12: north: retry is left out for Upload: an attempt reads body
o.yaml:3:36: north has no guarded method Gett: one of Get, Charge, Upload, Query, Plain
o.yaml:4:21: hedge cannot act on south.Plain: its annotation has no hedge, and only generated code can keep the results of attempts that overlap apart
o.yaml:5:3: no client is called west: there is north, south`
	collect := func() { runtime.GC(); runtime.GC() }
	for name, judged := range map[string]func(write func(string), o *resil.Overrides){
		"before its clients": func(write func(string), o *resil.Overrides) {
			write(text)
			o.Reload()
			store(o, resil.WithName("north"))
			store(o, resil.WithName("south"))
		},
		"after its clients": func(write func(string), o *resil.Overrides) {
			north, south := store(o, resil.WithName("north")), store(o, resil.WithName("south"))
			write(text)
			o.Reload()
			runtime.KeepAlive(north)
			runtime.KeepAlive(south)
		},
		"in between, the other way round": func(write func(string), o *resil.Overrides) {
			store(o, resil.WithName("south"))
			write(text)
			o.Reload()
			store(o, resil.WithName("north"))
		},
		"when they are gone": func(write func(string), o *resil.Overrides) {
			store(o, resil.WithName("north"))
			store(o, resil.WithName("south"))
			collect()
			write(text)
			o.Reload()
		},
		"when they are gone and come again": func(write func(string), o *resil.Overrides) {
			store(o, resil.WithName("north"))
			collect()
			write(text)
			o.Reload()
			store(o, resil.WithName("north"))
			store(o, resil.WithName("south"))
			collect()
		},
	} {
		t.Run(name, func(t *testing.T) {
			write, o := rewritten(t, "")
			judged(write, o)
			if got := placed(o.Check()); got != want {
				t.Errorf("Check returns\n%s\nwant\n%s", got, want)
			}
			if got := placed(o.Reload()); got != want {
				t.Errorf("Reload returns\n%s\nwant\n%s", got, want)
			}
		})
	}
}

// TestAliveOrDead: whether a file is right does not depend on the garbage collector.
func TestAliveOrDead(t *testing.T) {
	write, o := rewritten(t, "")
	store(o)
	runtime.GC()
	write("clients: { store.Store: { Get: { retry: { attempts: 2 } } } }")
	if err := errors.Join(o.Reload(), o.Check()); err != nil {
		t.Errorf("a client that is gone: %v", err)
	}
}

// TestPending: what is said of clients, methods and policies that do not exist is not wrong. It
// waits, and applies when they do.
func TestPending(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var heard news
		write, o := rewritten(t, "clients: { later: { Get: { retry: { attempts: 9 } } } }")
		if got, want := placed(o.Check()), "o.yaml:1:12: no client is called later: no client uses these overrides"; got != want {
			t.Error(got)
		}
		c := store(o, resil.WithObserver(&heard))
		heard.want(t) // who joins is told of itself
		write("policies: { unusual: { retry: off } }\nclients:\n  later: { Get: { retry: { attempts: 8 } } }\n  store.Store: { Gett: { retry: off }, Get: { retry: { attempts: 3 } } }\n")
		if err := o.Reload(); err != nil {
			t.Error(err)
		}
		const pending = `o.yaml:1:13: no method uses a policy called unusual: there is usual
o.yaml:3:3: no client is called later: there is store.Store
o.yaml:4:18: store.Store has no guarded method Gett: one of Get, Charge, Upload, Query, Plain`
		heard.want(t, "policy changed store.Store.Get: retry attempts: 4 → 3", "overrides pending store.Store.: "+pending)
		if got := placed(o.Check()); got != pending {
			t.Errorf("Check returns\n%s", got)
		}
		if err := o.Check(resil.Pending); err != nil {
			t.Errorf("accepted: %v", err)
		}
		for _, err := range o.Check().(interface{ Unwrap() []error }).Unwrap() {
			if e, ok := errors.AsType[*resil.OverridesError](err); !ok || e.Kind != resil.Pending || e.Path != o.Path() || e.Line == 0 || e.Column == 0 {
				t.Errorf("%#v", err)
			}
		}
		if c.Method("Get").Policy().Retry.Attempts != 3 {
			t.Error("what is not pending is not in force")
		}
		later := store(o, resil.WithName("later"))
		if got := later.Method("Get").Policy().Retry.Attempts; got != 8 {
			t.Errorf("a client that joins makes %d attempts", got)
		}
	})
}

// TestSmallLetters: what begins with a small letter beside the directives of a client is a method,
// if directives stand under it.
func TestSmallLetters(t *testing.T) {
	o := load(t, overridesFile(t, "o.yaml", "clients: { c: { get: { retry: { attempts: 2 } }, put: { retry: off } } }"))
	c := resil.New("c", t, resil.WithOverrides(o))
	c.Guard("get", parse(t, "retry"))
	c.Ready()
	if got, want := placed(o.Check()), "o.yaml:1:50: c has no guarded method put: one of get"; got != want || c.Method("get").Policy().Retry.Attempts != 2 {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// TestManyNames: of many names those are told that are likely to be meant.
func TestManyNames(t *testing.T) {
	o := load(t, overridesFile(t, "o.yaml", "clients: { c: { Methd42: { retry: off } } }"))
	c := resil.New("c", t, resil.WithOverrides(o))
	for i := range 600 {
		c.Guard(fmt.Sprint("Method", i), parse(t, "retry"))
	}
	c.Ready()
	got := placed(o.Check())
	if !strings.HasPrefix(got, "o.yaml:1:17: c has no guarded method Methd42: one of Method42, ") || !strings.HasSuffix(got, " and 592 more") {
		t.Error(got)
	}
}

// TestTwoOfOneName: two wrappers of one interface are two clients of one name. What the file says
// is for both, also where they differ.
func TestTwoOfOneName(t *testing.T) {
	write, o := rewritten(t, "clients: { c: { Get: { retry: { attempts: 2 } }, Put: { retry: { attempts: 2 } } } }")
	client := func(methods ...string) *resil.Client {
		c := resil.New("c", t, resil.WithOverrides(o))
		for _, m := range methods {
			c.Guard(m, parse(t, "retry"))
		}
		return c.Ready()
	}
	one, two, other := client("Get"), client("Get"), client("Get", "Put")
	if err := o.Check(); err != nil {
		t.Error(err)
	}
	write("clients: { c: { Get: { retry: { attempts: 3 } }, Put: { retry: { attempts: 3 } } } }")
	if err := o.Reload(); err != nil {
		t.Error(err)
	}
	for _, g := range []*resil.Guard{one.Method("Get"), two.Method("Get"), other.Method("Get"), other.Method("Put")} {
		if g.Policy().Retry.Attempts != 3 {
			t.Error(g.Policy())
		}
	}
}

// TestAllAtOnce: a value that is wrong hides nothing else, neither unknown names nor what methods
// may not have; only how numbers agree with one that cannot be read nobody can say.
func TestAllAtOnce(t *testing.T) {
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

// TestRefusedAsAWhole: who joins while the last content is refused gets what is in force for
// others.
func TestRefusedAsAWhole(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var heard news
		write, o := rewritten(t, "clients: { store.Store: { Get: { retry: { attempts: 2 } } } }")
		one := store(o, resil.WithObserver(&heard))
		heard.want(t, "policy changed store.Store.Get: retry attempts: 4 → 2")
		write("clients: { store.Store: { Get: { retry: { attempts: 1 } } } }")
		const wrong = `o.yaml:1:53: retry attempts=1: want a number of at least 2, the first attempt included; "retry off" is for none`
		for range 3 {
			if got := placed(o.Reload()); got != wrong {
				t.Errorf("got %s", got)
			}
		}
		heard.want(t, "overrides refused store.Store.: "+wrong) // once
		two := store(o)
		if one.Method("Get").Policy().Retry.Attempts != 2 || two.Method("Get").Policy().Retry.Attempts != 2 {
			t.Error(one.Method("Get").Policy(), two.Method("Get").Policy())
		}
		if got := placed(o.Check()); got != wrong {
			t.Errorf("Check returns %s", got)
		}
	})
}

// TestGone: a file that cannot be read changes nothing, which is told once, and is judged when it
// is back.
func TestGone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var heard news
		write, o := rewritten(t, "clients: { store.Store: { Get: { retry: { attempts: 2 } } } }")
		c := store(o)
		store(o, resil.WithName("other"), resil.WithObserver(&heard))
		if err := os.Remove(o.Path()); err != nil {
			t.Fatal(err)
		}
		for range 3 {
			if err := o.Reload(); !errors.Is(err, os.ErrNotExist) {
				t.Error(err)
			}
		}
		heard.want(t, "overrides refused other.: stat o.yaml: no such file or directory")
		if err := os.Mkdir(o.Path(), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := o.Reload(); err == nil || !strings.HasSuffix(err.Error(), "it is not a regular file") {
			t.Error(err)
		}
		os.Remove(o.Path())
		write("clients: { store.Store: { Get: { retry: { attempts: 3 } } } }")
		if err := o.Reload(); err != nil || c.Method("Get").Policy().Retry.Attempts != 3 {
			t.Error(err, c.Method("Get").Policy())
		}
	})
}

// TestForgottenClients: what is remembered of clients that are gone is what they were like, once.
func TestForgottenClients(t *testing.T) {
	o := load(t, overridesFile(t, "o.yaml", ""))
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	for i := range 10_000 {
		c := resil.New("tenant", t, resil.WithOverrides(o))
		p := parse(t, "retry")
		p.Retry.Never = []resil.Match{resil.MatchFunc("f", func(error) bool { return i == 0 })}
		c.Guard("Get", p)
		c.Ready()
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	if grown := int64(after.HeapAlloc) - int64(before.HeapAlloc); grown > 1<<20 {
		t.Errorf("grown by %d bytes", grown)
	}
}
