package resil

import (
	"bytes"
	"fmt"
	"iter"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"
	"weak"
)

// Overrides are numbers that operators change without a rebuild: a file that says, by policy name,
// client and method, what differs from what was generated.
//
//	policies:
//	  critical: { retry: { attempts: 2 } }
//	clients:
//	  payments.Processor:                    # or the name given with WithName
//	    timeout: { call: 3s }                # all its methods
//	    Process: { breaker: { open: 30s } }  # one of them
//	    Charge: { retry: off }
//
// Keys and values are those of the directives. Later wins: generated, by policy, by client, by
// method. What names Go (on=, never=, key=) cannot be changed.
//
// # What may be switched on
//
// Off is always possible, and so are other numbers for what the annotation has. Breaker, bulkhead
// and rate limit can be added to any method; a timeout only where nothing of a result outlives the
// call; a retry or a hedge never, because nobody has thought about repeating the method. Where the
// section of a client sweeps in a method that may not have what it says, that is left out for this
// method. Where the section of the method says so itself, it is an error. The section of a policy
// changes only what its methods have, and is left out for those that have not.
//
// # What is wrong, left out or pending
//
// A file is judged the same whenever it is, whatever clients there are, in whatever order they were
// made. What cannot be read, no directive, no key, no value, refuses the file as a whole: all
// clients go on as before. What can be read is applied for each client wholly or not at all: if
// it contradicts itself for one, that one goes on as before, and the others get their numbers.
// Clients, methods and policies that do not exist, or do not exist yet, are pending: what is said
// of them applies when they do. Events tell all three, and [Overrides.Check] lists them.
//
// The methods of Overrides may be called by any number of goroutines at once. Clients are not kept
// from being collected; what is kept, for each name, is what decides what a file means for it.
type Overrides struct {
	path string
	file string // path, wherever the program changes its directory to

	looking sync.Mutex // held from a look to its judgement: of two at once, none brings back what the other replaced

	mu      sync.Mutex
	read    []byte         // what was last judged, refused or not
	latest  *overridesFile // what it says
	inForce *overridesFile // what was last not refused as a whole
	lost    string         // why the file cannot be read, as was told; empty if it can
	clients []weak.Pointer[Client]
	known   map[string][]likeness // of all clients that ever were, by name
}

// LoadOverrides reads a file of overrides, for [WithOverrides]. JSON files (.json) always work; for
// YAML (.yaml, .yml) a program imports github.com/resilgen/resilgen/runtime/overrides, so that
// others need not link a YAML library. A file has at most 1 MiB, and values 32 deep.
//
// The error lists everything that is wrong with the file by itself, each an [*OverridesError]; what
// it says of clients, [Overrides.Check] judges once these exist.
func LoadOverrides(path string) (*Overrides, error) {
	o := &Overrides{path: path, file: path, known: map[string][]likeness{}}
	if absolute, err := filepath.Abs(path); err == nil {
		o.file = absolute
	}
	l := o.look()
	if l.err != nil {
		return nil, l.err
	}
	file, err := parseOverrides(path, l.text)
	if err == nil {
		err = inOrder(file.wrong)
	}
	if err != nil {
		return nil, err
	}
	o.read, o.latest, o.inForce = l.text, file, file
	return o, nil
}

// WithOverrides lets the overrides change the client's policies, when it is made and whenever they
// are reloaded. If what they say of this client is wrong, none of it applies, an event says so, and
// [Overrides.Check] returns it.
func WithOverrides(o *Overrides) Option {
	return func(c *Client) { c.overrides = o }
}

// Path returns the path of the file.
func (o *Overrides) Path() string { return o.path }

// Check returns everything in the file that is not in force, joined, in the order of the file, each
// an [*OverridesError]: what is wrong, what is left out for some methods, and what is pending. Call
// it when all clients have been made.
//
// Kinds that the program accepts are not returned. Where several programs share a file, each finds
// the clients of the others pending:
//
//	err := o.Check(resil.Pending)
func (o *Overrides) Check(accepted ...OverridesErrorKind) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	return inOrder(slices.DeleteFunc(o.findings(), func(e *OverridesError) bool { return slices.Contains(accepted, e.Kind) }))
}

// findings returns what of the file last judged is not in force.
func (o *Overrides) findings() []*OverridesError {
	all := slices.Concat(o.latest.wrong, o.latest.pending(o.known))
	for name, likenesses := range o.known {
		for _, l := range likenesses {
			v := o.latest.judge(name, l)
			all = slices.Concat(all, v.wrong, v.leftOut)
		}
	}
	return all
}

// Reload reads the file again, and judges it if its content is another than last time. The new
// policies are in force for the calls that begin from now on, and events say what changed; calls
// under way end under the old ones, and a breaker keeps its state.
//
// If anything is wrong, be it with the file or only for some of the clients, the error lists that
// and everything else that is not in force, as Check does, each time that it is asked; events tell
// it once. A file that cannot be read changes nothing: the error says why.
func (o *Overrides) Reload() error {
	_, err := o.see(func(look) bool { return true })
	if err != nil {
		return err
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.wrong()
}

// see looks at the file, judges what it sees if that is settled, and tells what comes of it,
// outside all locks. The error is that of a file that cannot be read.
func (o *Overrides) see(settled func(look) bool) (look, error) {
	l, news, err := o.seen(settled)
	for _, tell := range news {
		tell()
	}
	return l, err
}

func (o *Overrides) seen(settled func(look) bool) (l look, news []func(), err error) {
	o.looking.Lock()
	defer o.looking.Unlock()
	if l = o.look(); settled(l) {
		o.mu.Lock()
		defer o.mu.Unlock()
		news, err = o.judge(l)
	}
	return l, news, err
}

func (o *Overrides) judge(l look) (news []func(), err error) {
	if l.err != nil {
		if o.lost != l.err.Error() {
			o.lost = l.err.Error()
			news = o.refuse(l.err)
		}
		return news, l.err
	}
	o.lost = ""
	if bytes.Equal(l.text, o.read) {
		return nil, nil
	}
	file, err := parseOverrides(o.path, l.text)
	if err != nil { // but the format was known when the file was loaded
		return nil, err
	}
	o.read, o.latest = l.text, file
	if len(file.wrong) > 0 {
		return o.refuse(o.wrong()), nil
	}
	o.inForce = file
	pending := file.pending(o.known)
	for c := range o.living() {
		news = append(news, o.apply(c, pending)...)
	}
	return news, nil
}

// wrong returns all findings if there is something wrong among them.
func (o *Overrides) wrong() error {
	all := o.findings()
	if !slices.ContainsFunc(all, func(e *OverridesError) bool { return e.Kind == Wrong }) {
		return nil
	}
	return inOrder(all)
}

// refuse tells all clients that nothing changes.
func (o *Overrides) refuse(err error) (news []func()) {
	for c := range o.living() {
		news = append(news, func() { c.tellOverrides(OverridesRefused, "", err) })
	}
	return news
}

// attach makes the overrides those of a client that is complete.
func (o *Overrides) attach(c *Client) {
	o.mu.Lock()
	o.know(c)
	o.clients = slices.DeleteFunc(o.clients, func(w weak.Pointer[Client]) bool { return w.Value() == nil })
	o.clients = append(o.clients, weak.Make(c))
	news := o.apply(c, o.inForce.pendingMethods(c.name, o.known[c.name]))
	o.mu.Unlock()
	for _, tell := range news {
		tell()
	}
}

// know remembers what the client is like. A name has as many likenesses as there are different
// clients of that name, and clients that are alike share the memory of it.
func (o *Overrides) know(c *Client) {
	l := likenessOf(c).kept()
	if slices.ContainsFunc(o.known[c.name], l.same) {
		return
	}
	for _, others := range o.known {
		if i := slices.IndexFunc(others, l.same); i >= 0 {
			l = others[i]
			break
		}
	}
	o.known[c.name] = append(o.known[c.name], l)
}

// apply puts in force what the file in force means for a client, and returns what there is to tell
// it: of that, and of what is pending.
func (o *Overrides) apply(c *Client, pending []*OverridesError) (news []func()) {
	v := o.inForce.judge(c.name, likenessOf(c))
	if len(v.wrong) > 0 {
		return append(news, func() { c.tellOverrides(OverridesRefused, "", inOrder(v.wrong)) })
	}
	changes := make([]change, len(c.guards))
	for i, g := range c.guards {
		changes[i] = change{g, v.policies[i]}
	}
	news = applyAll(changes)
	for _, e := range v.leftOut {
		method := ""
		if len(e.Methods) == 1 {
			method = e.Methods[0]
		}
		news = append(news, func() { c.tellOverrides(OverridesLeftOut, method, e) })
	}
	if len(pending) > 0 {
		news = append(news, func() { c.tellOverrides(OverridesPending, "", inOrder(pending)) })
	}
	return news
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

// tellOverrides tells what of overrides is not in force.
func (c *Client) tellOverrides(kind EventKind, method string, err error) {
	c.tell(Event{Kind: kind, Time: time.Now(), Client: c.name, Method: method, Err: err})
}

// A change is another policy for one guard.
type change struct {
	guard *Guard
	to    Policy
}

// applyAll puts the policies in force that differ, and returns what there is to tell.
func applyAll(changes []change) (news []func()) {
	for _, c := range changes {
		difference := c.guard.now.Load().policy.difference(c.to)
		if difference == "" {
			continue
		}
		c.guard.put(c.to)
		news = append(news, func() { c.guard.tell(Event{Kind: PolicyChanged, Change: difference}) })
	}
	return news
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
