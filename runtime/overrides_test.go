package resil_test

// This file is what the tests of overrides share: files, clients that go by them, and what was
// told.

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"testing/synctest"

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

// wantBesideChanges fails unless this is what was told since the last time that it was asked, in
// any order, changes of policy aside.
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
