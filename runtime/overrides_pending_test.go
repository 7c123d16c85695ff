package resil_test

import (
	"errors"
	"testing"
	"testing/synctest"

	resil "github.com/resilgen/resilgen/runtime"
)

// TestPendingAppliesWhenItsClientExists: what is said of clients, methods and policies that do not
// exist is not wrong. It waits, and applies when they do.
func TestPendingAppliesWhenItsClientExists(t *testing.T) {
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

// TestMethodsWithSmallLetters: what begins with a small letter beside the directives of a client is
// a method, if directives stand under it.
func TestMethodsWithSmallLetters(t *testing.T) {
	o := load(t, overridesFile(t, "o.yaml", "clients: { c: { get: { retry: { attempts: 2 } }, put: { retry: off } } }"))
	c := resil.New("c", t, resil.WithOverrides(o))
	c.Guard("get", parse(t, "retry"))
	c.Ready()
	if got, want := placed(o.Check()), "o.yaml:1:50: c has no guarded method put: one of get"; got != want || c.Method("get").Policy().Retry.Attempts != 2 {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}
