package templates

import (
	"fmt"
	"go/constant"
	"go/types"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	resil "github.com/resilgen/resilgen/runtime"
)

// Whatever the runtime adds to its policies is printed: a policy with every field set, rendered,
// names every field.
func TestPolicyPrintsEveryField(t *testing.T) {
	var policy resil.Policy
	fill(t, reflect.ValueOf(&policy).Elem())
	pkg := types.NewPackage("example.com/p", "p")
	busy := types.NewFunc(0, pkg, "isBusy", types.NewSignatureType(nil, nil, nil, nil, nil, false))
	critical := types.NewConst(0, pkg, "Critical", types.Typ[types.UntypedString], constant.MakeString("critical"))
	s := newSpeller(pkg)
	got := fmt.Sprintf("%#v", s.policy(&Method{
		Policy: policy, NameConstants: []types.Object{critical}, Matches: map[string]Match{"isBusy": {Object: busy, Func: true}},
	}))
	if !strings.Contains(got, "Names: []string{Critical}") {
		t.Errorf("the named policy is missing in:\n%s", got)
	}
	for part := range reflect.TypeFor[resil.Policy]().Fields() {
		if part.Type.Kind() != reflect.Pointer {
			continue // the names of policies: see above
		}
		for field := range part.Type.Elem().Fields() {
			if !strings.Contains(got, field.Name+":") {
				t.Errorf("%s.%s is missing in:\n%s", part.Name, field.Name, got)
			}
		}
	}
}

// fill sets every field to something that is not zero.
func fill(t *testing.T, v reflect.Value) {
	switch v.Kind() {
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(t, v.Elem())
	case reflect.Struct:
		for _, field := range v.Fields() {
			fill(t, field)
		}
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		if matches, ok := v.Addr().Interface().(*[]resil.Match); ok {
			(*matches)[0].Name = "isBusy"
		}
	case reflect.String:
		v.SetString("10%")
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int, reflect.Int64:
		v.SetInt(7)
	case reflect.Float64:
		v.SetFloat(0.5)
	default:
		t.Fatalf("a policy field of type %s cannot be printed", v.Type())
	}
}

// Every policy of the runtime guards a method, in the order of the struct, and is told in the doc
// comment of a wrapper.
func TestEveryPolicyGuards(t *testing.T) {
	var policy resil.Policy
	fill(t, reflect.ValueOf(&policy).Elem())
	var want []string
	for part, value := range reflect.ValueOf(policy).Fields() {
		if value.Kind() != reflect.Pointer {
			continue // the names of policies
		}
		name := strings.ToLower(part.Name)
		want = append(want, name)
		var alone Method
		reflect.ValueOf(&alone.Policy).Elem().FieldByIndex(part.Index).Set(value)
		if got := slices.Collect(alone.directives()); !alone.Guarded() || !slices.Equal(got, []string{name}) {
			t.Errorf("a method with %s alone has the policies %v", name, got)
		}
	}
	want = append(want, "fallback")
	got := slices.Collect((&Method{Policy: policy, Fallback: &Func{}}).directives())
	if !slices.Equal(got, want) {
		t.Errorf("a method with everything has the policies %v, want %v", got, want)
	}
	for _, name := range got {
		if verbs[name] == "" {
			t.Errorf("no verb says what %s does", name)
		}
	}
	if (&Method{}).Guarded() {
		t.Error("a method without any policy is guarded")
	}
}

func TestDuration(t *testing.T) {
	for d, want := range map[time.Duration]string{
		time.Second:                 "time.Second",
		time.Hour:                   "time.Hour",
		90 * time.Second:            "90 * time.Second",
		24 * time.Hour:              "24 * time.Hour",
		2 * time.Minute:             "2 * time.Minute",
		1500 * time.Millisecond:     "1500 * time.Millisecond",
		100*time.Millisecond + 1000: "100001 * time.Microsecond",
		1234567:                     "1234567 * time.Nanosecond",
	} {
		if got := fmt.Sprintf("%#v", duration(d)); got != want {
			t.Errorf("%v is printed as %s, want %s", d, got, want)
		}
	}
}

func TestNumber(t *testing.T) {
	for x, want := range map[float64]string{2: "2", 1.5: "1.5", 0.05: "0.05", 1: "1", 1e9: "1e+09"} {
		if got := fmt.Sprintf("%#v", number(x)); got != want {
			t.Errorf("%v is printed as %s, want %s", x, got, want)
		}
	}
}

// Policies are shared only when their numbers, the errors that they name and the named policies
// that they come from are the same.
func TestPolicyGroups(t *testing.T) {
	pkg := types.NewPackage("example.com/p", "p")
	here := types.NewVar(0, pkg, "ErrBusy", types.Universe.Lookup("error").Type())
	there := types.NewVar(0, types.NewPackage("example.com/q", "q"), "ErrBusy", here.Type())
	critical := types.NewConst(0, pkg, "Critical", types.Typ[types.UntypedString], constant.MakeString("critical"))
	retry := func(attempts int) resil.Policy {
		return resil.Policy{Retry: &resil.Retry{Attempts: attempts, On: []resil.Match{{Name: "ErrBusy"}}}}
	}
	groups := policyGroups([]Method{
		{Policy: retry(3), Matches: map[string]Match{"ErrBusy": {Object: here}}},
		{},
		{Policy: retry(4), Matches: map[string]Match{"ErrBusy": {Object: here}}},
		{Policy: retry(3), Matches: map[string]Match{"ErrBusy": {Object: here}}},
		{Policy: retry(3), Matches: map[string]Match{"ErrBusy": {Object: there}}},
		{Policy: retry(3), Matches: map[string]Match{"ErrBusy": {Object: here}}, NameConstants: []types.Object{critical}},
	})
	if want := [][]int{{0, 3}, {2}, {4}, {5}}; !reflect.DeepEqual(groups, want) {
		t.Errorf("groups %v, want %v", groups, want)
	}
}

// What the runtime has a directive for is spoken of where methods have it.
func TestEveryPolicyIsSpokenOf(t *testing.T) {
	for _, d := range resil.Directives() {
		m := Method{Policy: resil.NewPolicy(resil.Setting{Directive: d.Name})}
		if got := slices.Collect(m.directives()); !slices.Equal(got, []string{d.Name}) || verbs[d.Name] == "" {
			t.Errorf("%s acts: told of are %q, by %q", d.Name, got, verbs[d.Name])
		}
	}
}
