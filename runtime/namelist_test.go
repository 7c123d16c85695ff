package resil_test

import (
	"fmt"
	"strings"
	"testing"

	resil "github.com/resilgen/resilgen/runtime"
)

// TestOfManyNamesTheLikeliestAreTold: of many names those are told that are likely to be meant.
func TestOfManyNamesTheLikeliestAreTold(t *testing.T) {
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
