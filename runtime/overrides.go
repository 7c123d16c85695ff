package resil

// This file is the way of an override from the file to its effect. Each stage of it is a file:
//
//	overrides_look.go     the file is looked at
//	internal/tree         its text becomes values with places, whatever the format
//	overrides_parse.go    the values become what is said of policies, clients and methods
//	overrides_judge.go    what is said becomes the policies of a client, or is refused;
//	overrides_culprit.go  for a contradiction, by the setting that brings it
//	overrides_pending.go  what is said of nobody waits
//	overrides_apply.go    the policies of a client are put in force, by regime.go
//	overrides_watch.go    all that begins anew when the file changes
//
// Each takes what those before it have made; only the last begins again with the first. The errors
// of all are in overrides_error.go, and what is known of clients, for which a file is judged, is in
// overrides_clients.go.

import (
	"bytes"
	"path/filepath"
	"slices"
	"sync"
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
// method. What names Go (on=, never=, ignore=, key=) cannot be changed.
//
// # What may be switched on
//
// Off is always possible, and so are other numbers for what the annotation has. Breaker, bulkhead
// and rate limit can be added to any guarded method; a timeout only where nothing of a result
// outlives the call; a retry or a hedge never, because nobody has thought about repeating it. Nor
// is anything switched on that generating refused: see [Traits]. Where the section of a client
// sweeps in a method that may not have what it says, that is left out for this method. Where the
// section of the method says so itself, it is an error. The section of a policy changes only what
// its methods have, and is left out for those that have not.
//
// # What is wrong, left out or pending
//
// A file is judged the same whenever it is, whatever clients there are, in whatever order they were
// made. If anything in it is no directive, no key or no value, the file as a whole is refused: all
// clients go on as before. A file that can be read is applied for each client wholly or not at all:
// if it contradicts itself for one, that one goes on as before, and the others get their numbers.
// Clients, methods and policies that do not exist, or do not exist yet, are pending: what is said
// of them applies when they do. Events tell all three, and [Overrides.Check] lists them.
//
// # What becomes of calls and counts
//
// Overrides put other policies in force for the calls that begin from then on; a call goes by one
// policy from its beginning to its end. What policies count by, a breaker, a budget, a rate limit,
// a bulkhead, is kept and goes on with the new numbers. A breaker keeps what it has decided: its
// state, when it opened, what an operator forced. It is open until the time at which it opened,
// plus the open time in force now. Only what is counted under other settings, another window or
// kind of failures=, begins with empty counts. Calls that wait at a bulkhead or a rate limit wait
// on, by the new numbers. A method that comes to share a breaker, a budget or a limit, or gets one
// of its own, counts there from then on; one that leaves does not count there any more.
//
// The methods of Overrides may be called by any number of goroutines at once. Clients are not kept
// from being collected; what is kept, for each name, is what decides what a file means for it.
type Overrides struct {
	path string
	file string // path, wherever the program changes its directory to

	// looking is held from a look to its judgement: of two looks at once, none brings back what the
	// other has replaced.
	looking sync.Mutex

	mu      sync.Mutex
	text    []byte         // what was last judged, refused or not
	latest  *overridesFile // what that text says
	inForce *overridesFile // what was last not refused as a whole
	lost    string         // why the file cannot be read, as was told; empty if it can
	clients []weak.Pointer[Client]
	known   map[string][]clientNature // of all clients that ever were, by name
}

// LoadOverrides reads a file of overrides, for [WithOverrides]. JSON files (.json) always work; for
// YAML (.yaml, .yml) a program imports github.com/resilgen/resilgen/runtime/overrides, so that
// others need not link a YAML library. A file has at most 1 MiB, and values 32 deep.
//
// The error lists everything that is wrong with the file by itself, each an [*OverridesError]; if
// the file cannot be read, it says why. What the file says of clients, [Overrides.Check] judges
// once these exist.
func LoadOverrides(path string) (*Overrides, error) {
	o := &Overrides{path: path, file: path, known: map[string][]clientNature{}}
	if absolute, err := filepath.Abs(path); err == nil {
		o.file = absolute
	}
	l := lookAt(o.file)
	if l.err != nil {
		return nil, l.err
	}
	file, err := parseOverrides(path, l.text)
	if err == nil {
		err = joinInOrder(file.wrong)
	}
	if err != nil {
		return nil, err
	}
	o.text, o.latest, o.inForce = l.text, file, file
	return o, nil
}

// WithOverrides lets the overrides change the client's policies, when it is made and whenever they
// are reloaded; nil is for none. If what they say of this client is wrong, none of it applies, an
// event says so, and [Overrides.Check] returns it.
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
	return joinInOrder(slices.DeleteFunc(o.notInForce(), func(e *OverridesError) bool { return slices.Contains(accepted, e.Kind) }))
}

// Reload reads the file again, and judges it if its content is another than last time. The new
// policies are in force for the calls that begin from now on, and events say what changed; calls
// under way end under the old ones, and a breaker keeps its state.
//
// If anything is wrong, be it with the file or only for some of the clients, the error lists that
// and everything else that is not in force, as Check does, each time that it is asked; events tell
// it once. A file that cannot be read changes nothing: the error says why.
func (o *Overrides) Reload() error {
	_, err := o.reload(func(look) bool { return true })
	if err != nil {
		return err
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.notInForceIfWrong()
}

// reload looks at the file, puts in force what it sees if that is settled, and tells what comes of
// it, outside all locks. The error is that of a file that cannot be read.
func (o *Overrides) reload(settled func(look) bool) (look, error) {
	l, toTell, err := o.lookAndAccept(settled)
	toTell.tell()
	return l, err
}

func (o *Overrides) lookAndAccept(settled func(look) bool) (l look, toTell notices, err error) {
	o.looking.Lock()
	defer o.looking.Unlock()
	if l = lookAt(o.file); settled(l) {
		o.mu.Lock()
		defer o.mu.Unlock()
		toTell, err = o.accept(l)
	}
	return l, toTell, err
}

// accept puts in force what was seen of the file, for all clients, if it is new and is not refused
// as a whole.
func (o *Overrides) accept(l look) (toTell notices, err error) {
	if l.err != nil {
		if o.lost != l.err.Error() {
			o.lost = l.err.Error()
			toTell = o.refuse(l.err)
		}
		return toTell, l.err
	}
	o.lost = ""
	if bytes.Equal(l.text, o.text) {
		return nil, nil
	}
	file, err := parseOverrides(o.path, l.text)
	if err != nil { // but the format was known when the file was loaded
		return nil, err
	}
	o.text, o.latest = l.text, file
	if len(file.wrong) > 0 {
		return o.refuse(o.notInForceIfWrong()), nil
	}
	o.inForce = file
	pending := file.pending(o.known)
	for c := range o.living() {
		toTell = append(toTell, c.apply(file.judge(c.name, natureOf(c)), pending)...)
	}
	return toTell, nil
}

// attach makes the overrides those of a client that is complete, and puts in force what they mean
// for it.
func (o *Overrides) attach(c *Client) {
	o.mu.Lock()
	o.remember(c)
	toTell := c.apply(o.inForce.judge(c.name, natureOf(c)), o.inForce.pendingMethods(c.name, o.known[c.name]))
	o.mu.Unlock()
	toTell.tell()
}

// refuse tells all clients that nothing changes.
func (o *Overrides) refuse(err error) (toTell notices) {
	for c := range o.living() {
		toTell = append(toTell, func() { c.tellOverrides(OverridesRefused, "", err) })
	}
	return toTell
}

// notInForce returns what of the file last judged is not in force.
func (o *Overrides) notInForce() []*OverridesError {
	all := slices.Concat(o.latest.wrong, o.latest.pending(o.known))
	for name, natures := range o.known {
		for _, n := range natures {
			v := o.latest.judge(name, n)
			all = slices.Concat(all, v.wrong, v.leftOut)
		}
	}
	return all
}

// notInForceIfWrong returns everything that is not in force, if something of it is wrong.
func (o *Overrides) notInForceIfWrong() error {
	all := o.notInForce()
	if !slices.ContainsFunc(all, func(e *OverridesError) bool { return e.Kind == Wrong }) {
		return nil
	}
	return joinInOrder(all)
}
