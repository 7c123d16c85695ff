package resil_test

// This file is the reference for files of overrides: whose policies they change, and when they are
// refused.

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	resil "github.com/resilgen/resilgen/runtime"
)

// A refFile is what a file says, or how it is broken.
type refFile struct {
	entries []refEntry
	broken  string // "syntax", "key", "value"; empty if it can be read
}

// A refEntry is what a file says of one directive, for a named policy, a client or one method of
// it.
type refEntry struct {
	policy, client, method string
	directive              string
	args                   string // as in an annotation: "off", or "key=value key=value"
}

// String returns the entry as one would say it.
func (e refEntry) String() string {
	return strings.TrimSpace(fmt.Sprintf("%s%s.%s: %s %s", e.policy, e.client, e.method, e.directive, e.args))
}

// String returns the file as one line.
func (f refFile) String() string {
	var list []string
	for _, e := range f.entries {
		list = append(list, e.String())
	}
	if f.broken != "" {
		list = append(list, "a wrong "+f.broken)
	}
	return "{" + strings.Join(list, "; ") + "}"
}

// json returns the file as it is written.
func (f refFile) json() string {
	root := map[string]any{}
	for _, e := range f.entries {
		path := []string{"policies", e.policy}
		if e.policy == "" {
			path = []string{"clients", e.client}
		}
		if e.method != "" {
			path = append(path, e.method)
		}
		if e.args == "off" {
			within(root, path...)[e.directive] = "off"
			continue
		}
		d := within(root, append(path, e.directive)...)
		for _, arg := range strings.Fields(e.args) {
			key, value, _ := strings.Cut(arg, "=")
			d[key] = value
		}
	}
	switch f.broken {
	case "key":
		within(root, "policies", "wrong", "breaker")["opne"] = "1s"
	case "value":
		within(root, "policies", "wrong", "breaker")["open"] = "soon"
	}
	text, err := json.Marshal(root)
	if err != nil {
		panic(err)
	}
	if f.broken == "syntax" {
		return string(text[:len(text)-1])
	}
	return string(text)
}

func within(m map[string]any, path ...string) map[string]any {
	for _, name := range path {
		if m[name] == nil {
			m[name] = map[string]any{}
		}
		m = m[name].(map[string]any)
	}
	return m
}

// policies returns the policies of a client's methods under the file, or what is wrong with it. A
// later level wins: annotation, named policy, client, method. A named policy changes only what its
// methods have. A client's section changes what its methods may have; for the others it is left
// out. A method's section that wants what that method may not have is refused.
func (f refFile) policies(c *refClient) (list []resil.Policy, err error) {
	for _, e := range f.entries {
		if e.client == "test.Nobody" && c.flaw == flawAbsent {
			return nil, errors.New("no client is called " + e.client)
		}
	}
	for _, m := range c.methods {
		lines := []string{withoutGo(m.annotated).String()}
		level := func(of func(refEntry) bool, apply func(refEntry) bool) {
			for _, e := range f.entries {
				if of(e) && apply(e) {
					lines = append(lines, e.directive+" "+e.args)
				}
			}
		}
		level(func(e refEntry) bool { return slices.Contains(m.annotated.Names, e.policy) }, func(e refEntry) bool { return m.has(e.directive) })
		level(func(e refEntry) bool { return e.client == c.name && e.method == "" }, func(e refEntry) bool { return e.args == "off" || m.mayHave(e.directive) })
		level(func(e refEntry) bool { return e.client == c.name && e.method == m.name }, func(e refEntry) bool {
			if e.args != "off" && !m.mayHave(e.directive) {
				err = fmt.Errorf("%s may not have %s", m.name, e.directive)
			}
			return true
		})
		if err != nil {
			return nil, err
		}
		p, err := resil.ParsePolicy(strings.Join(lines, "\n"))
		if err == nil {
			c.restoreGo(&p, m.annotated, lines[1:])
		}
		if err == nil && inVain(p) {
			err = fmt.Errorf("parts of %q are in vain", p)
		}
		if err != nil {
			return nil, err
		}
		list = append(list, p)
	}
	return list, agree(list)
}

// withoutGo returns a policy without what names Go, which no file can change.
func withoutGo(p resil.Policy) resil.Policy {
	if p.Retry != nil {
		r := *p.Retry
		r.On, r.Never = nil, nil
		p.Retry = &r
	}
	if p.Breaker != nil {
		b := *p.Breaker
		b.Never, b.Ignore = nil, nil
		p.Breaker = &b
	}
	return p
}

// restoreGo gives what names Go back to a policy that lines of a file have changed.
func (c *refClient) restoreGo(p *resil.Policy, from resil.Policy, lines []string) {
	if p.Retry != nil && from.Retry != nil {
		p.Retry.On, p.Retry.Never = from.Retry.On, from.Retry.Never
		if len(from.Retry.On) > 0 && slices.Contains(lines, "retry off") {
			c.doubtful("whether on= is as annotated where retry is switched off, and on again")
		}
	}
	if p.Breaker != nil && from.Breaker != nil {
		p.Breaker.Never, p.Breaker.Ignore = from.Breaker.Never, from.Breaker.Ignore
		if len(from.Breaker.Never) > 0 && slices.Contains(lines, "breaker off") {
			c.doubtful("whether never= is as annotated where a breaker is switched off, and on again")
		}
	}
}

// has reports whether the annotation has the directive.
func (m *refMethod) has(directive string) bool {
	p := m.annotated
	return map[string]bool{"retry": p.Retry != nil, "breaker": p.Breaker != nil, "timeout": p.Timeout != nil, "bulkhead": p.Bulkhead != nil,
		"ratelimit": p.RateLimit != nil, "hedge": p.Hedge != nil}[directive]
}

// mayHave reports whether an override may give the method a directive. It never brings a retry or a
// hedge, because nobody has thought about repeating the method, and a timeout only where the traits
// allow it. What only ever holds calls back may always be.
func (m *refMethod) mayHave(directive string) bool {
	if m.client.flaw == flawSweptIn {
		return true
	}
	switch directive {
	case "retry", "hedge":
		return m.has(directive)
	case "timeout":
		return m.has(directive) || m.traits.NoTimeout == ""
	}
	return true
}

// inVain reports whether parts of a policy can never do together what one of them is for: nothing
// can be slow that a timeout ends before, a window cannot be full enough that a rate limit keeps
// emptier, and who waits for a breaker must have more time than that is open, and be rejected by it
// attempt by attempt.
func inVain(p resil.Policy) bool {
	b, t, l := p.Breaker, p.Timeout, p.RateLimit
	if b == nil {
		return false
	}
	if r := p.Retry; r != nil && len(r.On) > 0 && (b.PerCall || t != nil && t.Call > 0 && t.Call <= b.Open) {
		return true
	}
	longest := forever
	if t != nil && t.Call > 0 && (b.PerCall || t.Attempt == 0) {
		longest = t.Call
	}
	if t != nil && t.Attempt > 0 && !b.PerCall {
		longest = t.Attempt
	}
	return b.SlowCall > longest ||
		l != nil && b.Window > 0 && b.Scope == resil.ScopeMethod && float64(l.Burst)+l.Rate*b.Window.Seconds() < float64(b.MinCalls)
}

// agree: what methods share, they must agree on, but not on how long each waits for a limit.
func agree(list []resil.Policy) error {
	shared := map[string]string{}
	for _, p := range list {
		say := func(what, scope, how string) error {
			if scope == "" || scope == resil.ScopeMethod {
				return nil
			}
			if other, ok := shared[what+scope]; ok && other != how {
				return fmt.Errorf("%s scope=%s: %s and %s", what, scope, how, other)
			}
			shared[what+scope] = how
			return nil
		}
		if p.Breaker != nil {
			if err := say("breaker", p.Breaker.Scope, resil.Policy{Breaker: p.Breaker}.String()); err != nil {
				return err
			}
		}
		if p.Bulkhead != nil {
			if err := say("bulkhead", p.Bulkhead.Scope, fmt.Sprint(p.Bulkhead.Max)); err != nil {
				return err
			}
		}
		if p.RateLimit != nil {
			if err := say("ratelimit", p.RateLimit.Scope, fmt.Sprint(p.RateLimit.Rate, p.RateLimit.Burst)); err != nil {
				return err
			}
		}
	}
	return nil
}
