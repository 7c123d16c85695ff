package resil

// This file judges what a file of overrides means for a client. A verdict depends on the file and
// on what the client is like, and on nothing else: not on what is in force, nor on other clients.

import (
	"cmp"
	"fmt"
	"maps"
	"reflect"
	"slices"
)

// A likeness is what of a client decides what a file means for it: the natures of its methods.
type likeness []nature

func likenessOf(c *Client) (l likeness) {
	for _, g := range c.guards {
		l = append(l, *g.nature)
	}
	return l
}

// kept returns a copy that outlives the client and holds nothing of it. By what is kept, verdicts
// do not depend on when the garbage collector comes; policies to be put in force do not come from
// it.
func (l likeness) kept() likeness {
	l = slices.Clone(l)
	for i := range l {
		l[i].annotated, l[i].generated = l[i].annotated.named(), l[i].generated.named()
	}
	return l
}

// same reports whether files mean the same for both, which are kept.
func (l likeness) same(o likeness) bool {
	return slices.EqualFunc(l, o, func(a, b nature) bool { return reflect.DeepEqual(a, b) })
}

// named returns a copy whose Matches select nothing: they are their names, and whether they are
// what an open breaker returns.
func (p Policy) named() Policy {
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

// A verdict is what a file means for a client.
type verdict struct {
	policies []Policy          // of its methods, in their order
	wrong    []*OverridesError // if there is any, all of the file is refused for this client
	leftOut  []*OverridesError
}

// A judgement is a verdict in the making.
type judgement struct {
	file   *overridesFile
	client string
	acting []acting // by method
	verdict
	lacks    []lack
	troubles []contradiction
}

// A contradiction is what a setting brings about for methods.
type contradiction struct {
	at      place
	what    string
	methods []string
}

// An acting is what of a file acts on a method, later over earlier.
type acting struct {
	*nature
	said []layered
}

// A layered is what is said of a directive on a level.
type layered struct {
	said
	level level
}

// A level is how specific a section is.
type level int

const (
	ofPolicy level = iota
	ofClient
	ofMethod
)

// A lack is a directive that is left out for methods, and why. Methods for which it is for the same
// reason are told as one: an interface may have hundreds that must not be repeated.
type lack struct {
	*said
	why     string
	methods []string
}

// judge returns what the file means for a client.
func (f *overridesFile) judge(client string, l likeness) verdict {
	j := judgement{file: f, client: client}
	for i := range l {
		a := j.act(&l[i])
		j.acting = append(j.acting, a)
		j.policies = append(j.policies, a.policy(nil))
		j.consistent(a)
	}
	j.agree()
	for _, c := range j.troubles {
		of := c.methods[0]
		if len(c.methods) > 1 {
			of = "each of " + some(c.methods)
		}
		e := j.file.problem(Wrong, c.at, "%s.%s: %s", j.client, of, c.what)
		e.Client, e.Methods = j.client, c.methods
		j.wrong = append(j.wrong, e)
	}
	for _, l := range j.lacks {
		j.leftOut = append(j.leftOut, j.tell(l))
	}
	return j.verdict
}

// act finds what acts on a method, and what may not.
func (j *judgement) act(n *nature) acting {
	a := acting{nature: n}
	take := func(s section, l level) {
		for i := range s.said {
			d := &s.said[i]
			switch why := n.refuses(d, l); {
			case why == "":
				a.said = append(a.said, layered{*d, l})
			case l == ofMethod:
				j.refuse(d.at, n, "%s cannot act on %s.%s: %s", d.directive, j.client, n.method, why)
			default:
				j.leaveOut(d, n, why)
			}
		}
	}
	for _, name := range n.generated.Names {
		take(j.file.policies[name], ofPolicy)
	}
	own := j.file.clients[j.client]
	take(own.section, ofClient)
	take(own.methods[n.method], ofMethod)
	return a
}

// refuses returns why what is said cannot act on the method; empty if it can. What is switched off
// can always be. A policy brings nothing new: its section is for the numbers of what the methods
// have, and one that a method is without, it is without for a reason.
func (n *nature) refuses(d *said, l level) string {
	if d.off {
		return ""
	}
	why := n.refusal(d.directive, byOverride)
	if why == "" && l == ofPolicy && !directiveNamed(d.directive).isOn(&n.generated) {
		return fmt.Sprintf("its annotation has no %s, and of a policy only what a method has can be changed", d.directive)
	}
	return why
}

// refuse notes what is wrong for a method.
func (j *judgement) refuse(at place, n *nature, format string, args ...any) {
	e := j.file.problem(Wrong, at, format, args...)
	e.Client, e.Methods = j.client, []string{n.method}
	j.wrong = append(j.wrong, e)
}

// contradicts notes what a setting brings about for a method. Methods for which it is the same are
// told as one.
func (j *judgement) contradicts(at place, n *nature, trouble error) {
	i := slices.IndexFunc(j.troubles, func(c contradiction) bool { return c.at == at && c.what == trouble.Error() })
	if i < 0 {
		i = len(j.troubles)
		j.troubles = append(j.troubles, contradiction{at: at, what: trouble.Error()})
	}
	j.troubles[i].methods = append(j.troubles[i].methods, n.method)
}

// leaveOut notes that a directive is left out for a method.
func (j *judgement) leaveOut(d *said, n *nature, why string) {
	i := slices.IndexFunc(j.lacks, func(l lack) bool { return l.at == d.at && l.why == why })
	if i < 0 {
		i = len(j.lacks)
		j.lacks = append(j.lacks, lack{said: d, why: why})
	}
	j.lacks[i].methods = append(j.lacks[i].methods, n.method)
}

// tell says what is left out, for which methods, and why.
func (j *judgement) tell(l lack) *OverridesError {
	methods := some(l.methods)
	if len(l.methods) > 1 {
		methods = "each of " + methods // why is about one
	}
	e := j.file.problem(LeftOut, l.at, "%s: %s is left out for %s: %s", j.client, l.directive, methods, l.why)
	e.Client, e.Methods = j.client, l.methods
	return e
}

// policy returns the policy of the method, without the settings in some places.
func (a acting) policy(without func(place) bool) Policy {
	p := a.generated.clone()
	for _, d := range a.said {
		for _, s := range d.settings {
			if without == nil || !without(s.at) {
				_ = s.apply(&p) // has been checked
			}
		}
	}
	p.settle()
	return p
}

// unread reports whether something is said that is wrong by itself, so that the policy is not what
// it is meant to be.
func (a acting) unread() bool {
	return slices.ContainsFunc(a.said, func(d layered) bool { return d.unread })
}

// consistent notes what of the method's policy contradicts itself because of the file.
func (j *judgement) consistent(a acting) {
	if len(a.said) == 0 || a.unread() {
		return
	}
	all := a.troubles(nil)
	for _, trouble := range all {
		at, ok := blame(a.said, func(without func(place) bool) bool {
			return !slices.ContainsFunc(a.troubles(without), func(t *PolicyError) bool {
				return t.alike(trouble) || !slices.ContainsFunc(all, t.alike) // what is new, another lack has brought
			})
		})
		if ok {
			j.contradicts(at, a.nature, trouble)
		}
	}
}

// troubles returns what is wrong with the method's policy: with its parts, or else between them.
func (a acting) troubles(without func(place) bool) (list []*PolicyError) {
	p := a.policy(without)
	errs := unjoined(p.Validate())
	if len(errs) == 0 {
		errs = unjoined(p.Contradictions())
	}
	for _, err := range errs {
		list = append(list, err.(*PolicyError))
	}
	return list
}

// alike reports whether both blame the same.
func (e *PolicyError) alike(o *PolicyError) bool {
	return e.Directive == o.Directive && slices.Equal(e.Keys, o.Keys)
}

// agree notes where the methods of the client contradict each other because of the file.
func (j *judgement) agree() {
	agreed := agreement[acting]{}
	for i, a := range j.acting {
		if a.unread() {
			continue
		}
		b, err := agreed.join(&j.policies[i], a)
		if err == nil {
			continue
		}
		both := slices.Concat(b.said, a.said)
		slices.SortStableFunc(both, func(x, y layered) int { return cmp.Compare(x.level, y.level) })
		if at, ok := blame(both, func(without func(place) bool) bool { return agree(a.policy(without), b.policy(without)) }); ok {
			j.contradicts(at, a.nature, err)
		}
	}
}

// agree reports whether two policies can be those of methods of one client.
func agree(p, o Policy) bool {
	agreed := agreement[int]{}
	_, _ = agreed.join(&p, 0) // by itself it does
	_, err := agreed.join(&o, 1)
	return err == nil
}

// blame returns the place of what brings trouble: the last setting without which all is right, or
// the last directive without which it is, or else the last of several. It reports false if without
// the whole file all would not be right either.
func blame(list []layered, right func(without func(place) bool) bool) (place, bool) {
	if !right(func(place) bool { return true }) {
		return place{}, false
	}
	for _, d := range slices.Backward(list) {
		for _, s := range slices.Backward(d.settings) {
			if right(func(at place) bool { return at == s.at }) {
				return s.at, true
			}
		}
		if right(func(at place) bool {
			return slices.ContainsFunc(d.settings, func(s placedSetting) bool { return s.at == at })
		}) {
			return d.at, true
		}
	}
	return list[len(list)-1].at, true
}

// pending returns what the file says of clients and policies that are not known.
func (f *overridesFile) pending(known map[string][]likeness) (list []*OverridesError) {
	clients, policies := slices.Sorted(maps.Keys(known)), policiesOf(known)
	for name, s := range f.clients {
		switch {
		case known[name] != nil:
			list = append(list, f.pendingMethods(name, known[name])...)
		case len(known) == 0:
			list = append(list, f.problem(Pending, s.at, "no client is called %s: no client uses these overrides", name))
		default:
			list = append(list, f.problem(Pending, s.at, "no client is called %s: there is %s", name, insteadOf(name, clients)))
		}
	}
	for name, s := range f.policies {
		switch {
		case slices.Contains(policies, name):
		case len(policies) == 0:
			list = append(list, f.problem(Pending, s.at, "no method uses a policy called %s: none uses any", name))
		default:
			list = append(list, f.problem(Pending, s.at, "no method uses a policy called %s: there is %s", name, insteadOf(name, policies)))
		}
	}
	return list
}

// pendingMethods returns what the file says of methods that no client of a name has.
func (f *overridesFile) pendingMethods(client string, known []likeness) (list []*OverridesError) {
	var methods []string
	for _, l := range known {
		for _, n := range l {
			if !slices.Contains(methods, n.method) {
				methods = append(methods, n.method)
			}
		}
	}
	for name, s := range f.clients[client].methods {
		if slices.Contains(methods, name) {
			continue
		}
		there := ", nor any other"
		if len(methods) > 0 {
			there = ": one of " + insteadOf(name, methods)
		}
		e := f.problem(Pending, s.at, "%s has no guarded method %s%s", client, name, there)
		e.Client, e.Methods = client, []string{name}
		list = append(list, e)
	}
	return list
}

// policiesOf returns the named policies that methods use.
func policiesOf(known map[string][]likeness) []string {
	used := map[string]bool{}
	for _, likenesses := range known {
		for _, l := range likenesses {
			for _, n := range l {
				for _, name := range n.generated.Names {
					used[name] = true
				}
			}
		}
	}
	return slices.Sorted(maps.Keys(used))
}
