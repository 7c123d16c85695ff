package resil_test

import (
	"context"
	"fmt"
	"os"
	"sync"
	"testing"

	resil "github.com/resilgen/resilgen/runtime"
)

// TestReloadBesideCallsAndNewClients: while calls run, several goroutines reload a file that
// changes all the time, ask what of it is in force, and make clients. No call fails, none is
// repeated that must not be, a client never has half of a file, and in the end all have the last
// one.
func TestReloadBesideCallsAndNewClients(t *testing.T) {
	right := func(n int) string {
		return fmt.Sprintf("clients: { store.Store: { retry: { attempts: %d }, bulkhead: { max: %d }, timeout: { attempt: %dm, call: %dm } }, pay.Payments: { breaker: { open: %ds } } }", n, n*100, n, 10*n, n)
	}
	texts := []string{"", right(2), right(3), right(5),
		"clients: { store.Store: { retry: { attempts: 7 }, Charge: { retry: } } }", // wrong for one
		"clients: { store.Store: { retry: { attempts: x } } }",                     // for all
		"clients: { nobody: { retry: off } }",
	}
	path := overridesFile(t, "o.yaml", "")
	write := func(text string) {
		if err := os.WriteFile(path+".new", []byte(text), 0o644); err != nil {
			t.Error(err)
		}
		if err := os.Rename(path+".new", path); err != nil {
			t.Error(err)
		}
	}
	o := load(t, path)
	clients := []*resil.Client{store(o), store(o), payments(t, o)}
	// whole fails unless a client has all that a file says, or nothing. A reload may come while it
	// looks.
	whole := func(c *resil.Client) {
		p := c.Method("Get").Policy()
		switch {
		case p.Bulkhead == nil && p.Retry.Attempts == 4 && p.Timeout.Call.Seconds() == 20:
		case p.Bulkhead != nil && p.Bulkhead.Max == 100*p.Retry.Attempts && p.Timeout.Call == 10*p.Timeout.Attempt && int(p.Timeout.Attempt.Minutes()) == p.Retry.Attempts:
		default:
			t.Errorf("half a file is in force: %s", p)
		}
	}
	ctx, stop := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	forAll := func(n int, do func()) {
		for range n {
			wg.Go(func() {
				for ctx.Err() == nil {
					do()
				}
			})
		}
	}
	forAll(3, func() {
		for _, c := range clients[:2] {
			for _, m := range []string{"Get", "Upload", "Query", "Plain"} {
				if err := c.Method(m).Do(ctx, outcome("S")); err != nil && ctx.Err() == nil {
					t.Errorf("%s: %v", m, err)
				}
			}
			b := backend{next: always(errBackend, 0)}
			if c.Method("Charge").Do(ctx, b.call); b.calls > 1 {
				t.Errorf("what must not be repeated made %d attempts", b.calls)
			}
			whole(c)
		}
		clients[2].Method("Charge").Do(ctx, outcome("S"))
	})
	forAll(3, func() { o.Reload() })
	forAll(1, func() { o.Check(resil.Pending) })
	forAll(2, func() {
		c := store(o)
		whole(c)
		c.Method("Get").Do(ctx, outcome("S"))
	})
	for i := range 100 {
		write(texts[i%len(texts)])
		o.Reload()
	}
	write(right(6))
	if err := o.Reload(); err != nil {
		t.Error(err)
	}
	stop()
	wg.Wait()
	for _, c := range append(clients[:2], store(o)) {
		if got := c.Method("Get").Policy(); got.Retry.Attempts != 6 || got.Bulkhead.Max != 600 {
			t.Errorf("in the end %s is in force", got)
		}
		whole(c)
	}
}
