package generator

// This file checks what the methods of one client have in common: a retry budget, and breakers with a common scope. The runtime
// refuses clients whose methods do not agree, and so would panic in every constructor.

import (
	"go/token"
	"reflect"
	"slices"
	"strings"

	resil "github.com/resilgen/resilgen/runtime"
)

// checkBudgets reports methods that want another retry budget than the rest of the client. One without any budget is fine.
func checkBudgets(decisions []*decision, found *findings) {
	var budgeted []*decision
	for _, d := range decisions {
		if r := d.plan.Policy.Retry; r != nil && !r.Unbudgeted {
			budgeted = append(budgeted, d)
		}
	}
	agree(budgeted, "retry", []string{"budget", "floor"}, "the retry budget is one for the whole client", found)
}

// checkScopes reports methods that share a breaker and want different things of it.
func checkScopes(decisions []*decision, found *findings) {
	byScope := map[string][]*decision{}
	for _, d := range decisions {
		if b := d.plan.Policy.Breaker; b != nil && b.Scope != resil.ScopeMethod {
			byScope[b.Scope] = append(byScope[b.Scope], d)
		}
	}
	for scope, sharing := range byScope {
		agree(sharing, "breaker", nil, "methods that share the breaker scope="+scope+" must agree on it", found)
	}
}

// agree reports which methods differ from the first one in keys of a directive; nil for all keys.
func agree(decisions []*decision, directive string, keys []string, rule string, found *findings) {
	blamed := map[token.Pos]bool{}
	for _, d := range decisions {
		first := decisions[0]
		if reflect.DeepEqual(&d.plan.Policy, &first.plan.Policy) {
			continue // as most do, and their text would tell it more slowly
		}
		for _, key := range differing(first.valuesOf(directive), d.valuesOf(directive), keys) {
			s, ok := moreSpecific(d, first, directive, key)
			if !ok || blamed[s.Pos()] {
				continue
			}
			blamed[s.Pos()] = true
			found.reportSetting(s, "", "%s: %s for %s, %s for %s", rule,
				said(key, first.valuesOf(directive)), first.m.Name(), said(key, d.valuesOf(directive)), d.m.Name())
		}
	}
}

// valuesOf returns what is in effect for a directive, key by key, in the order of the language.
func (d *decision) valuesOf(directive string) (values []resil.Setting) {
	for line := range strings.Lines(d.plan.Policy.String()) {
		words := strings.Fields(line)
		if words[0] != directive {
			continue
		}
		for _, word := range words[1:] {
			key, value, _ := strings.Cut(word, "=")
			values = append(values, resil.Setting{Directive: directive, Key: key, Value: value})
		}
	}
	return values
}

// said returns key=value, or that there is none.
func said(key string, values []resil.Setting) string {
	for _, v := range values {
		if v.Key == key {
			return key + "=" + v.Value
		}
	}
	return "no " + key + "="
}

// differing returns the keys whose values differ, of those that count; nil counts all.
func differing(a, b []resil.Setting, counting []string) (keys []string) {
	for _, v := range slices.Concat(a, b) {
		counts := counting == nil || slices.Contains(counting, v.Key)
		if counts && !slices.Contains(keys, v.Key) && said(v.Key, a) != said(v.Key, b) {
			keys = append(keys, v.Key)
		}
	}
	return keys
}

// moreSpecific returns the setting of a key that was said for fewer methods: it is to blame; that of d if both are alike. It reports
// false if neither was said, and the difference follows from that of another key.
func moreSpecific(d, other *decision, directive, key string) (s setting, ok bool) {
	own, hasOwn := d.applied.last(directive, key)
	others, hasOthers := other.applied.last(directive, key)
	if hasOwn && (!hasOthers || own.level >= others.level) {
		return own, true
	}
	return others, hasOthers
}
