package templates

// A policy becomes the composite literal that the reader of a generated constructor reviews. It is
// printed by walking the struct, so that a field added to the runtime's policies can never be
// forgotten here.

import (
	"go/types"
	"maps"
	"math"
	"reflect"
	"slices"
	"time"

	"github.com/dave/jennifer/jen"
	resil "github.com/resilgen/resilgen/runtime"
)

// runtimeConstants are the values that have a name in the runtime, by field and value.
var runtimeConstants = map[string]map[string]string{
	"Jitter": {string(resil.FullJitter): "FullJitter", string(resil.EqualJitter): "EqualJitter", string(resil.NoJitter): "NoJitter"},
	"Scope":  {resil.ScopeMethod: "ScopeMethod", resil.ScopeClient: "ScopeClient"},
}

// verbs say what methods with a policy do.
var verbs = map[string]string{
	"retry": "retry", "breaker": "break", "timeout": "time out",
	"bulkhead": "limit their concurrency", "ratelimit": "limit their rate",
	"hedge": "hedge", "fallback": "fall back",
}

// policy spells a method's policy; fields that are zero are left away. Named policies are named by
// their constants, so that one that is removed breaks the build; the numbers stand here all the
// same, for who reviews them:
//
//	resil.Policy{
//		Names: []string{policies.Critical},
//		Retry: &resil.Retry{
//			Attempts: 4,
//			Initial:  100 * time.Millisecond,
//			On: []resil.Match{
//				resil.MatchError("io.ErrUnexpectedEOF", io.ErrUnexpectedEOF),
//			},
//		},
//	}
func (s *speller) policy(m *Method) *jen.Statement {
	return s.composite(reflect.ValueOf(m.Policy), m)
}

// composite spells a struct of the runtime: resil.Retry{…}.
func (s *speller) composite(v reflect.Value, m *Method) *jen.Statement {
	var fields []jen.Code
	for field, value := range v.Fields() {
		if !value.IsZero() {
			fields = append(fields, jen.Id(field.Name).Op(":").Add(s.value(field.Name, value, m)))
		}
	}
	return jen.Qual(RuntimePath, v.Type().Name()).Add(lines(fields...))
}

// value spells one field's value.
func (s *speller) value(field string, v reflect.Value, m *Method) *jen.Statement {
	switch x := v.Interface().(type) {
	case time.Duration:
		return duration(x)
	case []resil.Match:
		return s.matches(x, m.Matches)
	case []string:
		return s.constants(m.NameConstants)
	}
	switch v.Kind() {
	case reflect.Pointer:
		return jen.Op("&").Add(s.composite(v.Elem(), m))
	case reflect.Int:
		return jen.Lit(int(v.Int()))
	case reflect.Float64:
		return number(v.Float())
	case reflect.String:
		if name := runtimeConstants[field][v.String()]; name != "" {
			return jen.Qual(RuntimePath, name)
		}
		return jen.Lit(v.String())
	default:
		return jen.Lit(v.Interface())
	}
}

// traits spells the traits of a method, one in a line, several in lines of their own:
//
//	resil.Traits{NoRetry: "its annotation says retry off"}
func (s *speller) traits(t resil.Traits) *jen.Statement {
	var fields []jen.Code
	for field, value := range reflect.ValueOf(t).Fields() {
		if !value.IsZero() {
			fields = append(fields, jen.Id(field.Name).Op(":").Lit(value.Interface()))
		}
	}
	literal := jen.Qual(RuntimePath, "Traits")
	if len(fields) == 1 {
		return literal.Values(fields...)
	}
	return literal.Add(lines(fields...))
}

// duration spells a duration in the largest unit that divides it: 100 * time.Millisecond,
// time.Second.
func duration(d time.Duration) *jen.Statement {
	for _, unit := range []struct {
		name string
		size time.Duration
	}{
		{"Hour", time.Hour}, {"Minute", time.Minute}, {"Second", time.Second},
		{"Millisecond", time.Millisecond}, {"Microsecond", time.Microsecond},
	} {
		switch {
		case d == unit.size:
			return jen.Qual(timePath, unit.name)
		case d%unit.size == 0:
			return jen.Lit(int(d/unit.size)).Op("*").Qual(timePath, unit.name)
		}
	}
	return jen.Lit(int(d)).Op("*").Qual(timePath, "Nanosecond")
}

// number spells a float as a person would: 2 and 0.5, not 2.0.
func number(x float64) *jen.Statement {
	if x == math.Trunc(x) && math.Abs(x) < 1e6 {
		return jen.Lit(int(x))
	}
	return jen.Lit(x)
}

// matches spells a list of errors, each with its name in the annotation:
//
//	[]resil.Match{
//		resil.MatchError("io.ErrUnexpectedEOF", io.ErrUnexpectedEOF),
//		resil.MatchType[*net.OpError]("*net.OpError"),
//		resil.MatchFunc("isBusy", isBusy),
//	}
func (s *speller) matches(list []resil.Match, matches map[string]Match) *jen.Statement {
	var items []jen.Code
	for _, match := range list {
		name, m := jen.Lit(match.Name), matches[match.Name]
		switch {
		case m.Type != nil:
			items = append(items, jen.Qual(RuntimePath, "MatchType").Types(s.spell(m.Type)).Call(name))
		case m.Func:
			items = append(items, jen.Qual(RuntimePath, "MatchFunc").Call(name, s.object(m.Object)))
		default:
			items = append(items, jen.Qual(RuntimePath, "MatchError").Call(name, s.object(m.Object)))
		}
	}
	return jen.Index().Qual(RuntimePath, "Match").Add(lines(items...))
}

// constants spells a list of string constants, which may be of a type of their own:
//
//	[]string{policies.Critical, string(policies.Batch)}
func (s *speller) constants(list []types.Object) *jen.Statement {
	var items []jen.Code
	for _, c := range list {
		item := jen.Code(s.object(c))
		if !types.AssignableTo(c.Type(), types.Typ[types.String]) {
			item = jen.Add(s.spell(types.Typ[types.String])).Call(item)
		}
		items = append(items, item)
	}
	return jen.Index().Add(s.spell(types.Typ[types.String])).Values(items...)
}

// lines spells the braces of a composite literal, with one item a line.
func lines(items ...jen.Code) *jen.Statement {
	return jen.Custom(jen.Options{Open: "{", Close: "}", Separator: ",", Multi: true}, items...)
}

// A policyLiteral is the literal of a policy that one method has, or several.
type policyLiteral struct {
	methods []int // their indices
	code    *jen.Statement
}

// policies spells the policies of guarded methods, each once.
func (s *speller) policies(methods []Method) (list []policyLiteral) {
	for _, group := range policyGroups(methods) {
		list = append(list, policyLiteral{group, s.policy(&methods[group[0]])})
	}
	return list
}

// policyGroups returns the guarded methods by index, grouped by policy, in the order of each
// group's first method.
func policyGroups(methods []Method) [][]int {
	var groups [][]int
	for i := range methods {
		if !methods[i].Guarded() {
			continue
		}
		g := slices.IndexFunc(groups, func(group []int) bool { return samePolicy(&methods[group[0]], &methods[i]) })
		if g < 0 {
			groups = append(groups, []int{i})
		} else {
			groups[g] = append(groups[g], i)
		}
	}
	return groups
}

// samePolicy reports whether two methods have one policy, and mean the same named policies and
// errors by the names in it.
func samePolicy(a, b *Method) bool {
	sameMatch := func(a, b Match) bool {
		return a.Object == b.Object && a.Func == b.Func && types.Identical(a.Type, b.Type)
	}
	return reflect.DeepEqual(&a.Policy, &b.Policy) && slices.Equal(a.NameConstants, b.NameConstants) &&
		maps.EqualFunc(a.Matches, b.Matches, sameMatch)
}
