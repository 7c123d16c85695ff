package resil

import (
	"bytes"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"
	"weak"
)

// Overrides are numbers that operators change without a rebuild: a file that says, by policy name, client and method, what differs from what
// was generated.
//
//	policies:
//	  critical: { retry: { attempts: 2 } }
//	clients:
//	  payments.Processor:                    # or the name given with WithName
//	    timeout: { call: 3s }                # all its methods
//	    Process: { breaker: { open: 30s } }  # one of them
//	    Charge: { retry: off }
//
// Keys and values are those of the directives. Later wins: generated, by policy, by client, by method. A policy changes only what
// its methods have: one that says "retry off" stays without. What names Go (on=, never=, key=) cannot be changed, and
// a hedge cannot be added. Its methods may be called by any number of goroutines at once.
type Overrides struct {
	path string

	mu      sync.Mutex
	read    []byte // the file as last applied
	file    *overridesFile
	clients []weak.Pointer[Client]
}

// LoadOverrides reads a file of overrides, for [WithOverrides]. JSON files (.json) always work; for YAML (.yaml, .yml) a program imports
// github.com/resilgen/resilgen/runtime/overrides, so that others need not link a YAML library. The error lists everything wrong with the
// file by itself, with line and column; what it says of clients, [Overrides.Check] judges once these exist.
func LoadOverrides(path string) (*Overrides, error) {
	o := &Overrides{path: path}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	o.read = text
	if o.file, err = parseOverrides(path, text); err != nil {
		return nil, err
	}
	return o, nil
}

// WithOverrides lets the overrides change the client's policies, when it is made and whenever they are reloaded. If what they say of this client
// is wrong, none of it applies, an event says so, and [Overrides.Check] returns it.
func WithOverrides(o *Overrides) Option {
	return func(c *Client) { c.overrides = o }
}

// Path returns the path of the file.
func (o *Overrides) Path() string { return o.path }

// Check returns what is wrong with the overrides for the clients that have been made so far: clients and methods that do not exist, policies that
// would contradict themselves; joined, each with line and column. Call it when all clients have been made.
func (o *Overrides) Check() error {
	o.mu.Lock()
	defer o.mu.Unlock()
	_, err := o.plan(o.file)
	return err
}

// Reload reads the file again. If anything is wrong with it, nothing changes: the error lists it, and an event tells the clients. Else
// the new policies are in force for the calls that begin from now on, and an event for each method says what changed; calls under way end under the old ones.
// A breaker keeps its state unless its window changed.
func (o *Overrides) Reload() error {
	news, err := o.reload()
	for _, tell := range news {
		tell()
	}
	return err
}

// reload does what Reload does, but for telling: that is done outside the lock.
func (o *Overrides) reload() (news []func(), err error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	text, err := os.ReadFile(o.path)
	if err == nil && bytes.Equal(text, o.read) {
		return nil, nil
	}
	var file *overridesFile
	if err == nil {
		file, err = parseOverrides(o.path, text)
	}
	var changes []change
	if err == nil {
		changes, err = o.plan(file)
	}
	if err != nil {
		for _, c := range o.living() {
			news = append(news, func() { c.refuse(err) })
		}
		return news, err
	}
	o.read, o.file = text, file
	return applyAll(changes), nil
}

// attach makes the overrides those of a client that is complete.
func (o *Overrides) attach(c *Client) {
	for _, tell := range o.join(c) {
		tell()
	}
}

func (o *Overrides) join(c *Client) (news []func()) {
	o.mu.Lock()
	defer o.mu.Unlock()
	changes, wrong := o.file.changes(c)
	if wrong != nil {
		news = append(news, func() { c.refuse(inOrder(wrong)) })
	}
	o.clients = append(slices.DeleteFunc(o.clients, func(w weak.Pointer[Client]) bool { return w.Value() == nil }), weak.Make(c))
	return append(news, applyAll(changes)...)
}

// living returns the clients that are still in use somewhere.
func (o *Overrides) living() (list []*Client) {
	for _, w := range o.clients {
		if c := w.Value(); c != nil {
			list = append(list, c)
		}
	}
	return list
}

// plan returns what a file would change, and everything that is wrong with it.
func (o *Overrides) plan(file *overridesFile) ([]change, error) {
	var all []change
	var errs []*placedError
	known := map[string]bool{}
	for _, c := range o.living() {
		known[c.name] = true
		changes, wrong := file.changes(c)
		all = append(all, changes...)
		errs = append(errs, wrong...)
	}
	for _, name := range slices.Sorted(maps.Keys(file.clients)) {
		if s := file.clients[name]; !known[name] {
			errs = append(errs, file.wrong(s.at, "no client is called %s: %s", name, oneOf(known)))
		}
	}
	return all, inOrder(errs)
}

func oneOf(names map[string]bool) string {
	if len(names) == 0 {
		return "no client uses these overrides"
	}
	return "there is " + strings.Join(slices.Sorted(maps.Keys(names)), ", ")
}

// refuse tells that overrides change nothing.
func (c *Client) refuse(err error) {
	c.tell(Event{Kind: OverridesRefused, Time: time.Now(), Client: c.name, Err: err})
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

// difference says what differs between two policies, as directives: "retry attempts: 4 → 2, timeout: off → call=3s"; empty for nothing.
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

// formatOf returns the format of a file, by its extension.
func formatOf(path string) (func([]byte) (*OverridesNode, error), error) {
	extension := strings.ToLower(filepath.Ext(path))
	formats.Lock()
	defer formats.Unlock()
	if decode := formats.byExtension[extension]; decode != nil {
		return decode, nil
	}
	if extension == ".yaml" || extension == ".yml" {
		return nil, fmt.Errorf(`%s: to read YAML, import _ "github.com/resilgen/resilgen/runtime/overrides"`, path)
	}
	return nil, fmt.Errorf("%s: overrides are .yaml, .yml or .json files", path)
}
