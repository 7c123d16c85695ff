package resil

// This file makes the client of a wrapper, and the guards of its methods.

import (
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"sync"
)

// The eras of generated files. A file names its own, so that one which needs more than this package
// has does not compile. Files of an earlier era compile and behave as they did, but that overrides
// cannot give a timeout to a method of era 1 that has none: its file does not tell whether a result
// outlives the call.
const (
	Era1 = 1
	Era2 = 2 // files tell the traits of their methods
)

// A Client is what the guarded methods of one wrapper share: a name, a retry budget, breakers with
// a common scope, observers. Generated constructors make it; a wrapper's field Resil is its client.
type Client struct {
	name      string
	era       int               // of the file that makes it
	events    *events           // nil if nobody observes
	discards  panics            // of what discards results
	dice      *dice             // for what is left to chance
	overrides *Overrides        // nil for none
	policies  map[string]Policy // WithPolicy, by method; those that no guard has asked for yet
	agreed    agreement[struct{}]
	guards    []*Guard

	mu        sync.Mutex // for what follows, and for changes of regimes
	budget    *budget
	breakers  map[scopeGroup]*breaker
	limiters  map[scopeGroup]*limiter
	bulkheads map[scopeGroup]*bulkhead
}

// New sets up the client of one wrapper, whose file tells the traits of its methods. Mistakes that
// generating cannot see are in the program text, and so panic, as with [regexp.MustCompile]: here
// if next, the wrapped value, is nil; in [Client.GuardWith] if a policy is invalid or does not fit
// the generated code; in [Client.Ready] if an option is for a method that is not guarded. The
// message names the client, and the method if it is about one.
func New(name string, next any, opts ...Option) *Client {
	c := &Client{name: name, era: Era2, policies: map[string]Policy{}, agreed: agreement[struct{}]{},
		breakers: map[scopeGroup]*breaker{}, limiters: map[scopeGroup]*limiter{}, bulkheads: map[scopeGroup]*bulkhead{}}
	for _, opt := range opts {
		opt(c)
	}
	if c.dice == nil {
		c.dice = newDice(rand.NewPCG(rand.Uint64(), rand.Uint64()))
	}
	if isNil(next) {
		panic(fmt.Sprintf("resil: %s: the value to wrap is nil", c.name))
	}
	return c
}

// NewClient sets up a client as [New] does, for files of era 1, which do not tell the traits of
// their methods.
func NewClient(name string, next any, opts ...Option) *Client {
	c := New(name, next, opts...)
	c.era = Era1
	return c
}

// isNil reports whether a value is nil, be it a nil pointer in an interface, whose methods would
// panic one by one.
func isNil(next any) bool {
	v := reflect.ValueOf(next)
	switch v.Kind() {
	case reflect.Invalid:
		return true
	case reflect.Pointer, reflect.Map, reflect.Slice, reflect.Func, reflect.Chan:
		return v.IsNil()
	}
	return false
}

// Guard makes the guard of an ordinary method: one without traits. It panics if the policy, or the
// one that an option gives instead, is invalid or contradicts those of the client's other methods.
func (c *Client) Guard(method string, p Policy) *Guard {
	return c.GuardWith(method, Traits{}, p)
}

// GuardWith makes the guard of a method with traits. It panics as [Client.Guard] does, and if an
// option switches on what the traits refuse.
func (c *Client) GuardWith(method string, t Traits, p Policy) *Guard {
	g := &Guard{
		client:       c,
		methodNature: &methodNature{method: method, era: c.era, traits: t, annotated: p.clone()},
		successes:    newCounter(),
		latency:      &latency{},
	}
	g.stats = newStats(g)
	if other, ok := c.policies[method]; ok {
		delete(c.policies, method)
		g.checkReplacement(other)
		p = other
	}
	if err := errors.Join(p.Validate(), p.checkMatches(), c.agrees(&p)); err != nil {
		g.fail(err)
	}
	g.inCode = p.clone()
	g.putOwn(g.inCode)
	c.guards = append(c.guards, g)
	return g
}

// Ready ends the construction of a client. It panics if an option names a method that is not
// guarded.
func (c *Client) Ready() *Client {
	if len(c.policies) == 0 {
		if c.overrides != nil {
			c.overrides.attach(c)
		}
		return c
	}
	panic(fmt.Sprintf("resil: %s: WithPolicy names %s, which is not a guarded method: one of %s", c.name,
		strings.Join(slices.Sorted(maps.Keys(c.policies)), ", "), strings.Join(c.methods(), ", ")))
}

// methods returns the names of the guarded methods.
func (c *Client) methods() (names []string) {
	for _, g := range c.guards {
		names = append(names, g.method)
	}
	return names
}

// agrees returns what in the policy of a further method contradicts those of the other methods.
func (c *Client) agrees(p *Policy) error {
	_, err := c.agreed.join(p, struct{}{})
	return err
}

// fail panics because of a mistake in the program text.
func (g *Guard) fail(why any) {
	panic(fmt.Sprintf("resil: %s.%s: %v", g.client.name, g.method, why))
}

// Method returns the guard of a method, or nil if it has none.
func (c *Client) Method(name string) *Guard {
	for _, g := range c.guards {
		if g.method == name {
			return g
		}
	}
	return nil
}
