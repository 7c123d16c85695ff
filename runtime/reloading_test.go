package resil_test

// This file makes clients whose policies change while they run.

import (
	"fmt"
	"os"
	"testing"

	resil "github.com/resilgen/resilgen/runtime"
)

// A reloading client goes by a file of overrides, which tests write anew.
type reloading struct {
	*resil.Client
	overrides *resil.Overrides
	seen      *record
}

// newReloading makes a client with the guards that setUp makes, under a file that says nothing yet.
func newReloading(t *testing.T, setUp func(*resil.Client), opts ...resil.Option) *reloading {
	t.Helper()
	r := &reloading{overrides: load(t, overridesFile(t, "overrides.json", "{}")), seen: new(record)}
	r.Client = resil.New("test.Client", t, append(opts, resil.WithObserver(r.seen), resil.WithOverrides(r.overrides))...)
	setUp(r.Client)
	r.Client.Ready()
	return r
}

// methods sets up guards by their names and policies, in turn.
func methods(t *testing.T, namesAndPolicies ...string) func(*resil.Client) {
	t.Helper()
	return func(c *resil.Client) {
		for i := 0; i < len(namesAndPolicies); i += 2 {
			c.Guard(namesAndPolicies[i], parse(t, namesAndPolicies[i+1]))
		}
	}
}

// reload puts in force what a file says of the client: directives for all methods, and methods, as
// the fields of an object in JSON. Nothing is what was generated.
func (r *reloading) reload(t *testing.T, fields string) {
	t.Helper()
	text := fmt.Sprintf(`{"clients": {"test.Client": {%s}}}`, fields)
	if err := os.WriteFile(r.overrides.Path(), []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := r.overrides.Reload(); err != nil {
		t.Fatal(err)
	}
}

// changes returns what was told of breakers so far: whose, and to which state.
func (r *reloading) changes(t *testing.T) (list []string) {
	t.Helper()
	flush(t, r.Client)
	for _, e := range r.seen.events {
		if e.Kind == resil.StateChanged {
			list = append(list, e.Method+" "+e.To.String())
		}
	}
	return list
}
