package resil

import (
	"fmt"
	"reflect"
)

// Era1 is named by generated code, so that code which needs more than this package has does not compile.
const Era1 = 1

// A Client is what the guarded methods of one wrapper share. Generated constructors make it.
type Client struct {
	name      string
	observers []Observer
	breakers  map[string]*breaker // those that methods share, by scope
}

// NewClient sets up the client of one wrapper. It panics if next, the wrapped value, is nil: the mistake is in the program
// text, as with [regexp.MustCompile].
func NewClient(name string, next any, opts ...Option) *Client {
	c := &Client{name: name, breakers: map[string]*breaker{}}
	for _, opt := range opts {
		opt(c)
	}
	if isNil(next) {
		panic(fmt.Sprintf("resil: %s: the value to wrap is nil", c.name))
	}
	return c
}

// isNil also sees a nil pointer in an interface, whose methods would panic one by one.
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

// Guard makes the guard of one method. It panics if the policy is invalid.
func (c *Client) Guard(method string, p Policy) *Guard {
	if err := p.Validate(); err != nil {
		panic(fmt.Sprintf("resil: %s.%s: %v", c.name, method, err))
	}
	g := &Guard{client: c, method: method, retry: p.Retry, successes: newCounter()}
	if p.Timeout != nil {
		g.timeout = *p.Timeout
	}
	if p.Breaker != nil {
		g.breaker = c.breakerFor(method, p.Breaker)
		g.breaker.join(g.successes)
	}
	return g
}

// breakerFor returns the method's own breaker, or the one that it shares.
func (c *Client) breakerFor(method string, settings *Breaker) *breaker {
	if settings.Scope == ScopeMethod {
		return newBreaker(c, method, settings)
	}
	b := c.breakers[settings.Scope]
	if b == nil {
		b = newBreaker(c, settings.Scope, settings)
		c.breakers[settings.Scope] = b
	}
	return b
}

func (c *Client) tell(e Event) {
	for _, o := range c.observers {
		o.Observe(e)
	}
}
