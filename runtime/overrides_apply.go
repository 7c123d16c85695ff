package resil

// This file puts in force what a file of overrides means for a client, and says what changes.

import (
	"fmt"
	"strings"
)

// notices are what observers are to be told when no lock is held any more.
type notices []func()

func (n notices) tell() {
	for _, tell := range n {
		tell()
	}
}

// apply puts a verdict in force for the client, or refuses it. It returns what there is to tell: of
// that, and of what is pending.
func (c *Client) apply(v verdict, pending []*OverridesError) (toTell notices) {
	if len(v.wrong) > 0 {
		return notices{func() { c.tellOverrides(OverridesRefused, "", joinInOrder(v.wrong)) }}
	}
	for i, g := range c.guards {
		toTell = append(toTell, g.change(v.policies[i])...)
	}
	for _, e := range v.leftOut {
		method := ""
		if len(e.Methods) == 1 {
			method = e.Methods[0]
		}
		toTell = append(toTell, func() { c.tellOverrides(OverridesLeftOut, method, e) })
	}
	if len(pending) > 0 {
		toTell = append(toTell, func() { c.tellOverrides(OverridesPending, "", joinInOrder(pending)) })
	}
	return toTell
}

// tellOverrides tells what of overrides is not in force.
func (c *Client) tellOverrides(kind EventKind, method string, err error) {
	c.tell(Event{Kind: kind, Method: method, Err: err})
}

// change puts another policy in force, if it differs, and returns what there is to tell.
func (g *Guard) change(to Policy) notices {
	difference := g.inForce.Load().policy.difference(to)
	if difference == "" {
		return nil
	}
	g.put(to)
	return notices{func() { g.tell(Event{Kind: PolicyChanged, Change: difference}) }}
}

// difference says what differs between two policies, as directives: "retry attempts: 4 → 2,
// timeout: off → call=3s"; empty for nothing.
func (p Policy) difference(to Policy) string {
	var list []string
	for i := range directives {
		d := &directives[i]
		switch was, is := d.isOn(&p), d.isOn(&to); {
		case was && is:
			for _, k := range d.keys {
				if a, b := k.print(&p), k.print(&to); a != b {
					list = append(list, fmt.Sprintf("%s %s: %s → %s", d.name, k.Name, orNone(a), orNone(b)))
				}
			}
		case was:
			list = append(list, fmt.Sprintf("%s → off", d.print(&p)))
		case is:
			list = append(list, fmt.Sprintf("%s: off → %s", d.name, strings.TrimPrefix(d.print(&to), d.name+" ")))
		}
	}
	return strings.Join(list, ", ")
}

func orNone(value string) string {
	if value == "" {
		return "none"
	}
	return value
}
