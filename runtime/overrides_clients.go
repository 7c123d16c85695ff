package resil

// This file knows for which clients a file of overrides is judged: those that are alive, and what
// all were like that ever were.

import (
	"iter"
	"reflect"
	"slices"
	"weak"
)

// A clientNature is what of a client decides what a file means for it: the natures of its methods.
type clientNature []methodNature

func natureOf(c *Client) (n clientNature) {
	for _, g := range c.guards {
		n = append(n, *g.methodNature)
	}
	return n
}

// detached returns a copy that outlives the client and holds nothing of it. Verdicts on such copies
// do not depend on when the garbage collector comes; policies to be put in force do not come from
// them.
func (n clientNature) detached() clientNature {
	n = slices.Clone(n)
	for i := range n {
		n[i].annotated, n[i].inCode = n[i].annotated.withNamesOnly(), n[i].inCode.withNamesOnly()
	}
	return n
}

// same reports whether files mean the same for both, which are detached.
func (n clientNature) same(o clientNature) bool {
	return slices.EqualFunc(n, o, func(a, b methodNature) bool { return reflect.DeepEqual(a, b) })
}

// withNamesOnly returns a copy whose Matches select nothing: they are their names, and whether they
// are what an open breaker returns.
func (p Policy) withNamesOnly() Policy {
	p = p.clone()
	var lists [][]Match
	if p.Retry != nil {
		lists = append(lists, p.Retry.On, p.Retry.Never)
	}
	if p.Breaker != nil {
		lists = append(lists, p.Breaker.Never, p.Breaker.Ignore)
	}
	for _, list := range lists {
		for i, m := range list {
			list[i] = Match{Name: m.Name}
			if m.target == ErrOpen {
				list[i].target = ErrOpen
			}
		}
	}
	return p
}

// remember makes a client one of those for which the file is judged, and keeps what it is like. A
// name has as many natures as there are different clients of that name, and clients that are
// alike share the memory of it.
func (o *Overrides) remember(c *Client) {
	o.clients = slices.DeleteFunc(o.clients, func(w weak.Pointer[Client]) bool { return w.Value() == nil })
	o.clients = append(o.clients, weak.Make(c))
	n := natureOf(c).detached()
	if slices.ContainsFunc(o.known[c.name], n.same) {
		return
	}
	for _, others := range o.known {
		if i := slices.IndexFunc(others, n.same); i >= 0 {
			n = others[i]
			break
		}
	}
	o.known[c.name] = append(o.known[c.name], n)
}

// living returns the clients that are still in use somewhere.
func (o *Overrides) living() iter.Seq[*Client] {
	return func(yield func(*Client) bool) {
		for _, w := range o.clients {
			if c := w.Value(); c != nil && !yield(c) {
				return
			}
		}
	}
}
