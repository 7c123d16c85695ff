package generator

// This file checks what the methods of one client have in common: a retry budget, and breakers,
// bulkheads and rate limits with a common scope. The runtime refuses clients whose methods do not
// agree, and so would panic in every constructor.

import (
	"fmt"
	"go/token"
	"reflect"
	"slices"

	resil "github.com/resilgen/resilgen/runtime"
	"github.com/resilgen/resilgen/templates"
)

// checkBudgets reports methods that want another retry budget than the rest of the client. One
// without any budget is fine.
func checkBudgets(decisions []*decision, found *findings) {
	var budgeted []*decision
	for _, d := range decisions {
		if r := d.plan.Policy.Retry; r != nil && !r.Unbudgeted {
			budgeted = append(budgeted, d)
		}
	}
	counts := func(key string) bool { return key == "budget" || key == "floor" }
	checkAgreement(budgeted, "retry", counts, "the retry budget is one for the whole client", found)
}

// scope returns by which scope= the method shares the state of a policy with others; empty if it
// has none, or its own.
func (d *decision) scope(directive string) (scope string) {
	p := &d.plan.Policy
	switch {
	case directive == "breaker" && p.Breaker != nil:
		scope = p.Breaker.Scope
	case directive == "bulkhead" && p.Bulkhead != nil:
		scope = p.Bulkhead.Scope
	case directive == "ratelimit" && p.RateLimit != nil:
		scope = p.RateLimit.Scope
	}
	if scope == resil.ScopeMethod {
		return ""
	}
	return scope
}

// checkScopes reports methods that share something and want different things of it. It returns, for
// each method, what it shares.
func checkScopes(decisions []*decision, found *findings) [][]templates.Shared {
	shared := make([][]templates.Shared, len(decisions))
	for _, directive := range []string{"breaker", "bulkhead", "ratelimit"} {
		byScope := map[string][]*decision{}
		for _, d := range decisions {
			if scope := d.scope(directive); scope != "" {
				byScope[scope] = append(byScope[scope], d)
			}
		}
		counts, aside := func(key string) bool { return key != "wait" }, ", wait= aside"
		if directive == "breaker" { // which nobody waits for
			aside = ""
		}
		for scope, sharing := range byScope {
			checkAgreement(sharing, directive, counts, fmt.Sprintf("methods that share the %s scope=%s must agree on it%s", directive, scope, aside), found)
		}
		for i, d := range decisions {
			if scope := d.scope(directive); scope != "" {
				shared[i] = append(shared[i], templates.Shared{Policy: directive, How: d.sayShared(scope, byScope[scope])})
			}
		}
	}
	return shared
}

// sayShared says by whom a method's policy is shared, and by what name. Only a few others are
// named, and many are not counted either: a method more or less must not change what is said of
// all.
func (d *decision) sayShared(scope string, sharing []*decision) string {
	const few = 3
	if scope == resil.ScopeClient {
		return "shared by the client"
	}
	var others []string
	for _, other := range sharing {
		if other == d {
			continue
		}
		if others = append(others, other.method.Name()); len(others) > few {
			return "shared as " + scope
		}
	}
	if len(others) == 0 {
		return "shared as " + scope + " with no other method"
	}
	return "shared as " + scope + " with " + enumerate(others)
}

// checkAgreement reports which methods differ from the first one in keys of a directive that count.
func checkAgreement(decisions []*decision, directive string, counts func(key string) bool, rule string, found *findings) {
	blamed := map[token.Pos]bool{}
	for _, d := range decisions {
		first := decisions[0]
		if reflect.DeepEqual(&d.plan.Policy, &first.plan.Policy) {
			continue // as most do, and their text would tell it more slowly
		}
		for _, key := range differing(first.valuesOf(directive), d.valuesOf(directive), counts) {
			s, ok := moreSpecific(d, first, directive, key)
			if !ok || blamed[s.Pos()] {
				continue
			}
			blamed[s.Pos()] = true
			found.reportSetting(s, problemf("%s: %s for %s, %s for %s", rule,
				sayValue(key, first.valuesOf(directive)), first.method.Name(), sayValue(key, d.valuesOf(directive)), d.method.Name()))
		}
	}
}

// valuesOf returns what is in effect for a directive, key by key, in the order of the language.
func (d *decision) valuesOf(directive string) (values []resil.Setting) {
	for _, s := range d.plan.Policy.Settings() {
		if s.Directive == directive && s.Key != "" {
			values = append(values, s)
		}
	}
	return values
}

// sayValue returns key=value, or that there is none.
func sayValue(key string, values []resil.Setting) string {
	for _, v := range values {
		if v.Key == key {
			return key + "=" + v.Value
		}
	}
	return "no " + key + "="
}

// differing returns the keys whose values differ, of those that count.
func differing(a, b []resil.Setting, counts func(key string) bool) (keys []string) {
	for _, v := range slices.Concat(a, b) {
		if counts(v.Key) && !slices.Contains(keys, v.Key) && sayValue(v.Key, a) != sayValue(v.Key, b) {
			keys = append(keys, v.Key)
		}
	}
	return keys
}

// moreSpecific returns the setting of a key that was said for fewer methods: it is to blame; that
// of d if both are alike. It reports false if neither was said, and the difference follows from
// that of another key.
func moreSpecific(d, other *decision, directive, key string) (s appliedSetting, ok bool) {
	own, hasOwn := d.effective.last(directive, key)
	others, hasOthers := other.effective.last(directive, key)
	if hasOwn && (!hasOthers || own.level >= others.level) {
		return own, true
	}
	return others, hasOthers
}
