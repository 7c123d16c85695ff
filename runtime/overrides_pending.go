package resil

// This file finds what a file of overrides says of clients, methods and policies that do not exist,
// or not yet.

import (
	"maps"
	"slices"
)

// pending returns what the file says of clients and policies that are not known.
func (f *overridesFile) pending(known map[string][]clientNature) (list []*OverridesError) {
	clients, policies := slices.Sorted(maps.Keys(known)), policiesOf(known)
	for name, s := range f.clients {
		switch {
		case known[name] != nil:
			list = append(list, f.pendingMethods(name, known[name])...)
		case len(known) == 0:
			list = append(list, f.problem(Pending, s.at, "no client is called %s: no client uses these overrides", name))
		default:
			list = append(list, f.problem(Pending, s.at, "no client is called %s: there is %s", name, listLikeliest(name, clients)))
		}
	}
	for name, s := range f.policies {
		switch {
		case slices.Contains(policies, name):
		case len(policies) == 0:
			list = append(list, f.problem(Pending, s.at, "no method uses a policy called %s: none uses any", name))
		default:
			list = append(list, f.problem(Pending, s.at, "no method uses a policy called %s: there is %s", name, listLikeliest(name, policies)))
		}
	}
	return list
}

// pendingMethods returns what the file says of methods that no client of a name has.
func (f *overridesFile) pendingMethods(client string, known []clientNature) (list []*OverridesError) {
	var methods []string
	for _, c := range known {
		for _, m := range c {
			if !slices.Contains(methods, m.method) {
				methods = append(methods, m.method)
			}
		}
	}
	for name, s := range f.clients[client].methods {
		if slices.Contains(methods, name) {
			continue
		}
		there := ", nor any other"
		if len(methods) > 0 {
			there = ": one of " + listLikeliest(name, methods)
		}
		e := f.problem(Pending, s.at, "%s has no guarded method %s%s", client, name, there)
		e.Client, e.Methods = client, []string{name}
		list = append(list, e)
	}
	return list
}

// policiesOf returns the named policies that methods use.
func policiesOf(known map[string][]clientNature) []string {
	used := map[string]bool{}
	for _, natures := range known {
		for _, c := range natures {
			for _, m := range c {
				for _, name := range m.inCode.Names {
					used[name] = true
				}
			}
		}
	}
	return slices.Sorted(maps.Keys(used))
}
