package resil_test

import (
	"slices"
	"testing"

	resil "github.com/resilgen/resilgen/runtime"
)

// TestDefaults: a directive that stands alone prints each default that is documented. Where only
// another setting gives a key a say, that one stands beside it.
func TestDefaults(t *testing.T) {
	beside := map[string][]resil.Setting{
		"breaker slowcalls": {{Directive: "breaker", Key: "slow", Value: "1s"}},
		"ratelimit burst":   {{Directive: "ratelimit", Key: "rate", Value: "7/s"}},
	}
	tested := 0
	for _, d := range resil.Directives() {
		for _, k := range d.Keys {
			if k.Default == "" {
				continue
			}
			tested++
			want := resil.Setting{Directive: d.Name, Key: k.Name, Value: k.Default}
			if k.Default == "rate" {
				want.Value = "7"
			} else if err := want.Check(); err != nil {
				t.Errorf("the default cannot be written: %v", err)
			}
			p := resil.NewPolicy(append(beside[d.Name+" "+k.Name], resil.Setting{Directive: d.Name})...)
			if !slices.Contains(p.Settings(), want) {
				t.Errorf("%s is documented, and in effect is %s", want, p)
			}
		}
	}
	if tested < 20 {
		t.Errorf("only %d keys have defaults", tested)
	}
}
