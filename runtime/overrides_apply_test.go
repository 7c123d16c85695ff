package resil_test

import (
	"context"
	"errors"
	"os"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	resil "github.com/resilgen/resilgen/runtime"
	_ "github.com/resilgen/resilgen/runtime/overrides"
)

// TestReloadChangesRunningClients: a running client changes at once and as a whole; a call under
// way ends under the old policy, the breaker keeps its state, and a wrong file changes nothing. No
// call fails because of it.
func TestReloadChangesRunningClients(t *testing.T) {
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

// TestReloadFailsNoCall: changing everything all the time fails no call.
func TestReloadFailsNoCall(t *testing.T) {
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

// TestWhoJoinsARefusedFileGetsWhatIsInForce: who joins while the last content is refused gets what
// is in force for others.
func TestWhoJoinsARefusedFileGetsWhatIsInForce(t *testing.T) {
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
