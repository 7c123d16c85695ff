package resil

import (
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"golang.org/x/sync/semaphore"
	"golang.org/x/time/rate"
)

// Era1 is named by generated code, so that code which needs more than this package has does not compile.
const Era1 = 1

// A Client is what the guarded methods of one wrapper share: a name, a retry budget, breakers with a common scope, observers.
// Generated constructors make it; a wrapper's field Resil is its client.
type Client struct {
	name      string
	observers []Observer
	policies  map[string]Policy // WithPolicy, by method; those that no guard has asked for yet
	guards    []*Guard
	budget    *budget
	breakers  map[string]*breaker // those that methods share, by scope
}

// NewClient sets up the client of one wrapper. It panics if next, the wrapped value, is nil: the mistake is in the program
// text, as with [regexp.MustCompile].
func NewClient(name string, next any, opts ...Option) *Client {
	c := &Client{name: name, policies: map[string]Policy{}, breakers: map[string]*breaker{}}
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

// Guard makes the guard of one method. It panics if the policy, or the one that an option gives instead, is invalid or does not fit
// the other methods'.
func (c *Client) Guard(method string, p Policy) *Guard {
	g := &Guard{client: c, method: method}
	if other, ok := c.policies[method]; ok {
		delete(c.policies, method)
		g.mayReplace(p, other)
		p = other
	}
	if err := errors.Join(p.Validate(), p.checkMatches()); err != nil {
		g.fail(err)
	}
	g.apply(p.clone())
	c.guards = append(c.guards, g)
	return g
}

// Ready ends the construction of a client. It panics if an option names a method that is not guarded.
func (c *Client) Ready() *Client {
	if len(c.policies) == 0 {
		return c
	}
	var guarded []string
	for _, g := range c.guards {
		guarded = append(guarded, g.method)
	}
	panic(fmt.Sprintf("resil: %s: WithPolicy names %s, which is not a guarded method: one of %s", c.name,
		strings.Join(slices.Sorted(maps.Keys(c.policies)), ", "), strings.Join(guarded, ", ")))
}

// mayReplace panics if a policy given at run time needs what only generating for it can bring.
func (g *Guard) mayReplace(p, other Policy) {
	if other.Hedge != nil && p.Hedge == nil {
		g.fail("a hedge cannot be added when the program runs: its attempts' results are kept apart only where the annotation asks for it")
	}
	if key := other.key(); key != "" && key != p.key() {
		g.fail(fmt.Sprintf("key=%s cannot be added when the program runs: the parameter is looked at only where the annotation asks for it", key))
	}
}

func (g *Guard) fail(why any) {
	panic(fmt.Sprintf("resil: %s.%s: %v", g.client.name, g.method, why))
}

// apply sets up what the policy says.
func (g *Guard) apply(p Policy) {
	g.policy = p
	g.successes = newCounter()
	g.passed = g.successes
	g.stats = newStats(g)
	g.retry, g.hedge = p.Retry, p.Hedge
	if p.Timeout != nil {
		g.timeout = *p.Timeout
	}
	if l := p.RateLimit; l != nil {
		g.limiter = rate.NewLimiter(rate.Limit(l.Rate), l.Burst)
	}
	if p.Bulkhead != nil {
		g.bulkhead = semaphore.NewWeighted(int64(p.Bulkhead.Max))
	}
	if p.Hedge != nil && p.Hedge.Quantile > 0 {
		g.latency = &latency{}
	}
	if p.Breaker != nil {
		g.perCall = p.Breaker.PerCall
		g.setBreaker(p.Breaker)
	}
	g.setBudget(p)
	g.setWord()
}

// setBreaker gives the guard its own breaker, the one of its scope, or one for each key.
func (g *Guard) setBreaker(settings *Breaker) {
	if settings.PerCall || settings.Key != "" {
		g.passed = newCounter()
	}
	switch c := g.client; {
	case settings.Key != "":
		g.keys = newKeys(g)
	case settings.Scope == ScopeMethod:
		g.breaker = newBreaker(c, g.method, settings)
	case c.breakers[settings.Scope] == nil:
		g.breaker = newBreaker(c, settings.Scope, settings)
		c.breakers[settings.Scope] = g.breaker
	default:
		g.breaker = c.breakers[settings.Scope]
		if got, want := (Policy{Breaker: settings}).String(), (Policy{Breaker: g.breaker.settings}).String(); got != want {
			g.fail(fmt.Sprintf("scope=%s: methods that share a breaker must agree on it: %q here, %q before", settings.Scope, got, want))
		}
	}
	if g.breaker != nil {
		g.breaker.join(g.passed)
	}
}

// setBudget makes the guard's retries and hedges count against the client's budget.
func (g *Guard) setBudget(p Policy) {
	c := g.client
	share, floor := defaultBudget, float64(defaultFloor)
	switch {
	case p.Retry != nil && p.Retry.Unbudgeted, p.Retry == nil && p.Hedge == nil:
		return
	case p.Retry != nil:
		share, floor = p.Retry.Budget, p.Retry.Floor
	case c.budget != nil:
		share, floor = c.budget.share, c.budget.floor
	}
	if c.budget == nil {
		c.budget = newBudget(share, floor)
	}
	if !c.saysBudget() { // so far there were hedges alone, which take what the retries of other methods bring
		c.budget.share, c.budget.floor = share, floor
	}
	if c.budget.share != share || c.budget.floor != floor {
		g.fail(fmt.Sprintf("the retry budget is one for the whole client: budget=%s floor=%s here, budget=%s floor=%s before",
			printPercent(share), printRate(floor), printPercent(c.budget.share), printRate(c.budget.floor)))
	}
	g.budget = c.budget
	g.budget.join(func() int64 { return g.stats.begun(g.successes) })
}

// saysBudget reports whether the policy of any guard so far says what the budget is.
func (c *Client) saysBudget() bool {
	return slices.ContainsFunc(c.guards, func(g *Guard) bool { return g.policy.Retry != nil && !g.policy.Retry.Unbudgeted })
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
