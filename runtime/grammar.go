package resil

// This file is the grammar of the policies: every directive, its keys, their defaults, and which
// field each one is. Parsing, printing, the defaults and the reference documentation all come from
// this one table.

import (
	"strconv"
	"strings"
	"time"
)

// A DirectiveDoc documents one directive that takes settings: for tools, see [Directives].
type DirectiveDoc struct {
	Name    string
	Meaning string
	Keys    []KeyDoc
}

// A KeyDoc documents one key of a directive: for tools, see [Directives].
type KeyDoc struct {
	Name    string
	Default string // as it would be written, or the key whose value it is; empty for none
	Meaning string // with the values that it takes
	Names   Naming // what in Go the value names
}

// A Naming is what in Go the value of a key names. Only the generator can find it, so overrides
// cannot change such a value. It is for tools, see [Directives].
type Naming uint8

// What a key can name.
const (
	NamesNothing   Naming = iota // a number, a time or a word, which names nothing
	NamesErrors                  // error values, error types and predicates, separated by commas
	NamesParameter               // a parameter of the method, or else a function of its arguments
	NamesFunction                // a function; no key of this package's does, but some of the generator's
)

// Directives documents all directives that take settings, in the order in which a [Policy] prints
// them. It is for tools that explain, complete or check annotations: what it says is what parsing,
// printing and the defaults go by. A program that uses wrappers does not need it.
func Directives() []DirectiveDoc {
	docs := make([]DirectiveDoc, 0, len(directives))
	for _, d := range directives {
		doc := DirectiveDoc{Name: d.name, Meaning: d.meaning}
		for _, k := range d.keys {
			doc.Keys = append(doc.Keys, k.KeyDoc)
		}
		docs = append(docs, doc)
	}
	return docs
}

// A directive is one part of a Policy.
type directive struct {
	name, meaning string
	keys          []key
	isOn          func(*Policy) bool
	create        func(*Policy)          // makes the part, with nothing in it
	copy          func(to, from *Policy) // copies the part, or that there is none
}

// directiveOf makes the directive of the part that in finds.
func directiveOf[T any](name, meaning string, in func(*Policy) **T, keys ...key) directive {
	return directive{
		name: name, meaning: meaning, keys: keys,
		isOn:   func(p *Policy) bool { return *in(p) != nil },
		create: func(p *Policy) { *in(p) = new(T) },
		copy:   func(to, from *Policy) { *in(to) = copied(*in(from)) },
	}
}

// A key is one field of a part, or two that exclude each other.
type key struct {
	KeyDoc
	settled bool                        // the default depends on other keys: settle brings it
	parse   func(*Policy, string) error // a *valueError
	print   func(*Policy) string        // empty if the key has no say in this policy
}

// addSettings adds what is in effect of the directive: every key that has a say, or the directive
// alone if none has.
func (d *directive) addSettings(list []Setting, p *Policy) []Setting {
	before := len(list)
	for i := range d.keys {
		if value := d.keys[i].print(p); value != "" {
			list = append(list, Setting{d.name, d.keys[i].Name, value})
		}
	}
	if len(list) == before {
		list = append(list, Setting{Directive: d.name})
	}
	return list
}

// print returns the directive with every key that has a say.
func (d *directive) print(p *Policy) string { return printSettings(d.addSettings(nil, p)) }

func (d *directive) key(name string) *key {
	for i := range d.keys {
		if d.keys[i].Name == name {
			return &d.keys[i]
		}
	}
	return nil
}

func (d *directive) keyNames() (names []string) {
	for _, k := range d.keys {
		names = append(names, k.Name)
	}
	return names
}

func directiveNamed(name string) *directive {
	for i := range directives {
		if directives[i].name == name {
			return &directives[i]
		}
	}
	return nil
}

func directiveNames() (names []string) {
	for _, d := range directives {
		names = append(names, d.name)
	}
	return names
}

// field makes the key of one field. It prints nothing while the field is zero, unless to its codec
// zero says something.
func field[T comparable](name, byDefault, meaning string, in func(*Policy) *T, c codec[T]) key {
	return key{
		KeyDoc: KeyDoc{Name: name, Default: byDefault, Meaning: meaning, Names: c.names},
		parse: func(p *Policy, text string) error {
			v, err := c.parse(text)
			if err == nil {
				*in(p) = v
			}
			return err
		},
		print: func(p *Policy) string {
			var zero T
			if v := *in(p); v != zero || c.zeroSpeaks {
				return c.print(v)
			}
			return ""
		},
	}
}

// matches makes the key of a list of errors.
func matches(name, meaning string, in func(*Policy) *[]Match) key {
	return key{
		KeyDoc: KeyDoc{Name: name, Meaning: meaning, Names: NamesErrors},
		parse: func(p *Policy, text string) error {
			list, err := parseMatches(text)
			if err == nil {
				*in(p) = list
			}
			return err
		},
		print: func(p *Policy) string { return printMatches(*in(p)) },
	}
}

// settled says that the default of a key depends on other keys.
func settled(k key) key {
	k.settled = true
	return k
}

var directives = []directive{
	directiveOf("retry", "repeats failed attempts after exponentially growing, jittered waits",
		func(p *Policy) **Retry { return &p.Retry },
		field("attempts", "4", "attempts in all, the first included; at least 2",
			func(p *Policy) *int { return &p.Retry.Attempts }, attempts),
		field("initial", "100ms", "the wait before the second attempt, before jitter; 0 repeats at once",
			func(p *Policy) *time.Duration { return &p.Retry.Initial }, durationOrZero),
		field("multiplier", "2", "growth of the wait from one retry to the next; at least 1",
			func(p *Policy) *float64 { return &p.Retry.Multiplier }, factor),
		settled(field("max", "5s", "no wait is longer; at least initial",
			func(p *Policy) *time.Duration { return &p.Retry.Max }, duration)),
		field("jitter", "full", "spreads a wait d: full [0, d], equal [d/2, d], none, or a ratio such as 20% for d ± 20 %",
			func(p *Policy) *Jitter { return &p.Retry.Jitter }, jitter),
		field("hint", "30s", "the longest wait that the other side may ask for (Retry-After); off ignores such hints",
			func(p *Policy) *time.Duration { return &p.Retry.Hint }, durationOrOff),
		budgetKey,
		floorKey,
		matches("on", "retry these errors only: values, types, predicates; without it every error",
			func(p *Policy) *[]Match { return &p.Retry.On }),
		matches("never", "never retry these errors, whatever on says",
			func(p *Policy) *[]Match { return &p.Retry.Never }),
	),
	directiveOf("breaker", "rejects calls without an attempt while the other side fails, and probes until it has recovered",
		func(p *Policy) **Breaker { return &p.Breaker },
		failuresKey,
		settled(field("min", "10", "calls that the window must hold before a ratio counts",
			func(p *Policy) *int { return &p.Breaker.MinCalls }, count)),
		windowKey,
		field("open", "10s", "how long all calls are rejected, at most, before probes are let through",
			func(p *Policy) *time.Duration { return &p.Breaker.Open }, duration),
		field("jitter", "10%", "the open time is shorter by up to this share, so that not all clients come back at once; none is exact",
			func(p *Policy) *float64 { return &p.Breaker.Jitter }, ratioOrNone),
		field("maxopen", "", "each half-open state that fails doubles the next open time, up to this",
			func(p *Policy) *time.Duration { return &p.Breaker.MaxOpen }, duration),
		field("probes", "3", "half-open: so many at once at most, and so many successes close the breaker",
			func(p *Policy) *int { return &p.Breaker.Probes }, count),
		field("slow", "", "an attempt that takes this long counts as slow",
			func(p *Policy) *time.Duration { return &p.Breaker.SlowCall }, duration),
		settled(field("slowcalls", "50%", "open when this share of the window's calls was slow; with slow= only",
			func(p *Policy) *float64 { return &p.Breaker.SlowRatio }, ratio)),
		field("per", "attempt", "judge every attempt, or the whole call after its retries: attempt or call",
			func(p *Policy) *bool { return &p.Breaker.PerCall }, perCall),
		field("scope", "method", "who shares the breaker: method, client, or a name that methods share",
			func(p *Policy) *string { return &p.Breaker.Scope }, scope),
		field("key", "", "a parameter of the method, or a function of its arguments: each of its values has a breaker of its own",
			func(p *Policy) *string { return &p.Breaker.Key }, parameter),
		matches("never", "errors that count as successes: the other side answered",
			func(p *Policy) *[]Match { return &p.Breaker.Never }),
		matches("ignore", "errors that count as neither: they say nothing about the other side",
			func(p *Policy) *[]Match { return &p.Breaker.Ignore }),
	),
	directiveOf("timeout", "bounds attempts and whole calls by deadlines",
		func(p *Policy) **Timeout { return &p.Timeout },
		field("attempt", "", "the longest that one attempt may take",
			func(p *Policy) *time.Duration { return &p.Timeout.Attempt }, duration),
		field("call", "", "the longest that the whole call may take: attempts and waits",
			func(p *Policy) *time.Duration { return &p.Timeout.Call }, duration),
	),
	directiveOf("bulkhead", "bounds how many attempts run at once",
		func(p *Policy) **Bulkhead { return &p.Bulkhead },
		field("max", "", "attempts at once; required",
			func(p *Policy) *int { return &p.Bulkhead.Max }, count),
		field("wait", "0", "how long an attempt waits for its turn before it is rejected",
			func(p *Policy) *time.Duration { return &p.Bulkhead.Wait }, durationOrZero),
		field("scope", "method", "whose attempts count together: method, client, or a name that methods share",
			func(p *Policy) *string { return &p.Bulkhead.Scope }, scopeOrMethod),
	),
	directiveOf("ratelimit", "bounds how many attempts begin in a time",
		func(p *Policy) **RateLimit { return &p.RateLimit },
		field("rate", "", "attempts a second, such as 100/s; required",
			func(p *Policy) *float64 { return &p.RateLimit.Rate }, perSecond),
		settled(field("burst", "rate", "attempts that may begin at once after a pause; what a second allows, if it is not given",
			func(p *Policy) *int { return &p.RateLimit.Burst }, count)),
		field("wait", "0", "how long an attempt waits for its turn before it is rejected",
			func(p *Policy) *time.Duration { return &p.RateLimit.Wait }, durationOrZero),
		field("scope", "method", "whose attempts count together: method, client, or a name that methods share",
			func(p *Policy) *string { return &p.RateLimit.Scope }, scopeOrMethod),
	),
	directiveOf("hedge", "makes a further attempt while the first is slow, and takes whichever succeeds first",
		func(p *Policy) **Hedge { return &p.Hedge },
		afterKey,
		field("max", "1", "further attempts",
			func(p *Policy) *int { return &p.Hedge.Max }, count),
	),
}

// failuresKey sets one of two fields. A ratio and a count look at different things, so changing the
// kind drops what belonged to the other: the window.
var failuresKey = key{
	KeyDoc: KeyDoc{Name: "failures", Default: "50%", Meaning: "open when this share of the window's calls failed (50%), or after so many failures in a row (5)"},
	parse: func(p *Policy, text string) error {
		b := p.Breaker
		if n, err := strconv.Atoi(text); err == nil && n >= 1 {
			b.FailureRatio, b.ConsecutiveFailures = 0, n
			b.MinCalls, b.Window, b.WindowCalls = 0, 0, 0
			return nil
		}
		r, err := ratio.parse(text)
		if err != nil {
			return &valueError{want: "want a share of the window's calls such as 50%, or a number of failures in a row such as 5"}
		}
		b.FailureRatio, b.ConsecutiveFailures = r, 0
		return nil
	},
	print: func(p *Policy) string {
		if n := p.Breaker.ConsecutiveFailures; n > 0 {
			return strconv.Itoa(n)
		}
		return ratio.print(p.Breaker.FailureRatio)
	},
}

// windowKey sets one of two fields: a time or a number of calls.
var windowKey = key{
	KeyDoc:  KeyDoc{Name: "window", Default: "10s", Meaning: "what the ratios look at: the calls of the last time (10s), or the last calls (20)"},
	settled: true,
	parse: func(p *Policy, text string) error {
		b := p.Breaker
		if n, err := strconv.Atoi(text); err == nil && n >= 1 {
			b.Window, b.WindowCalls = 0, n
			return nil
		}
		d, err := duration.parse(text)
		if err != nil {
			return &valueError{want: "want a time such as 10s, or a number of calls such as 20"}
		}
		b.Window, b.WindowCalls = d, 0
		return nil
	},
	print: func(p *Policy) string {
		switch b := p.Breaker; {
		case b.WindowCalls > 0:
			return strconv.Itoa(b.WindowCalls)
		case b.Window > 0:
			return duration.print(b.Window)
		}
		return ""
	},
}

// budgetKey sets the share, or says that there is none; then there is no floor either.
var budgetKey = key{
	KeyDoc: KeyDoc{Name: "budget", Default: "20%", Meaning: "retries and hedges of the whole client are at most this share of its calls; or off"},
	parse: func(p *Policy, text string) error {
		r := p.Retry
		if text == "off" {
			r.Budget, r.Floor, r.Unbudgeted = 0, 0, true
			return nil
		}
		share, err := parsePercent(text)
		if err != nil || share > 1 {
			return &valueError{want: "want a share of the calls from 0% to 100%, such as 20%, or off"}
		}
		if r.Unbudgeted {
			r.Unbudgeted, r.Floor = false, defaults.Retry.Floor
		}
		r.Budget = share
		return nil
	},
	print: func(p *Policy) string {
		if p.Retry.Unbudgeted {
			return "off"
		}
		return printPercent(p.Retry.Budget)
	},
}

var floorKey = func() key {
	k := field("floor", "10/s", "retries a second that the budget always allows; 0/s for none",
		func(p *Policy) *float64 { return &p.Retry.Floor }, perSecondOrZero)
	k.print = func(p *Policy) string {
		if p.Retry.Unbudgeted {
			return ""
		}
		return printRate(p.Retry.Floor)
	}
	return k
}()

// afterKey sets one of two fields: a time or a quantile.
var afterKey = key{
	KeyDoc: KeyDoc{Name: "after", Meaning: "how long an attempt may take before the next begins: a time, or a quantile of the method's own latency such as p95; required"},
	parse: func(p *Policy, text string) error {
		h := p.Hedge
		if digits, ok := strings.CutPrefix(text, "p"); ok {
			if q, err := parsePercent(digits + "%"); err == nil && q > 0 && q < 1 {
				h.After, h.Quantile = 0, q
				return nil
			}
		}
		d, err := duration.parse(text)
		if err != nil {
			return &valueError{want: "want a time such as 50ms, or a quantile of the latency such as p95"}
		}
		h.After, h.Quantile = d, 0
		return nil
	},
	print: func(p *Policy) string {
		if q := p.Hedge.Quantile; q > 0 {
			return "p" + strings.TrimSuffix(printPercent(q), "%")
		}
		if p.Hedge.After == 0 {
			return ""
		}
		return printDuration(p.Hedge.After)
	},
}
