package resil_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"testing"

	resil "github.com/resilgen/resilgen/runtime"
)

// TestTextsThatPeopleRead holds what people read in errors, events and settings.
func TestTextsThatPeopleRead(t *testing.T) {
	open := func(opts ...resil.Option) error {
		g := guard(t, "breaker failures=1", opts...)
		g.ForceOpen()
		return g.Do(t.Context(), outcome("S"))
	}
	full := func(policy string) error {
		g := guard(t, policy)
		return g.Do(t.Context(), func(ctx context.Context) error { return g.Do(ctx, outcome("S")) })
	}
	for _, test := range []struct {
		got  any
		want string
	}{
		{resil.ErrOpen, "circuit breaker is open"},
		{resil.ErrTimeout, "timeout"},
		{open(resil.WithName("north")), "north.Method: circuit breaker is forced open"},
		{full("bulkhead max=1"), "test.Client.Method: bulkhead full"},
		{full("ratelimit rate=0.1/s burst=1"), "test.Client.Method: rate limited"},
		{resil.FallbackFailed(errOther, errBackend), "fallback: another failure (after: backend failed)"},
		{resil.Permanent(errBackend), "backend failed"},
		{resil.Permanent(nil), "<nil>"},
		{resil.RetryAfter(errBackend, 1), "backend failed"},
		{resil.RetryAfter(nil, 1), "<nil>"},
		{resil.Setting{Directive: "retry", Key: "attempts", Value: "4"}, "retry attempts=4"},
		{resil.Setting{Directive: "retry", Value: "off"}, "retry off"},
		{resil.Setting{Directive: "retry"}, "retry"},
		{resil.StateChanged, "state changed"},
		{resil.Retrying, "retrying"},
		{resil.GaveUp, "gave up"},
		{resil.OverBudget, "over budget"},
		{resil.Hedging, "hedging"},
		{resil.FellBack, "fell back"},
		{resil.PolicyChanged, "policy changed"},
		{resil.OverridesRefused, "overrides refused"},
		{resil.OverridesLeftOut, "overrides left out"},
		{resil.OverridesPending, "overrides pending"},
		{resil.EventKind(0), "unknown"},
		{fmt.Sprint(resil.Closed, resil.Open, resil.HalfOpen), "closed open half-open"},
		{resil.Policy{Retry: &resil.Retry{Attempts: 2, Unbudgeted: true, On: []resil.Match{{Name: "io.EOF"}, {Name: "isBusy"}}}},
			"retry attempts=2 initial=0 hint=off budget=off on=io.EOF,isBusy"},
		{resil.Policy{Hedge: &resil.Hedge{Max: 1}}, "hedge max=1"},
		{resil.Policy{Retry: with(*parse(t, "retry").Retry, func(r *resil.Retry) { r.Jitter = "ful" })}.Validate(),
			"retry: jitter=ful: want full, equal, none, or a ratio up to 100% such as 20%"},
	} {
		if got := fmt.Sprint(test.got); got != test.want {
			t.Errorf("got %q, want %q", got, test.want)
		}
	}
}

// TestMatches: what on= and never= select.
func TestMatches(t *testing.T) {
	ofType := resil.MatchType[*net.OpError]("*net.OpError")
	for _, test := range []struct {
		match resil.Match
		err   error
		calls int
	}{
		{ofType, fmt.Errorf("wrapped: %w", &net.OpError{Err: errOther}), 2},
		{ofType, errOther, 1},
		{resil.MatchError("errOther", errOther), fmt.Errorf("wrapped: %w", errOther), 2},
		{resil.MatchFunc("f", func(err error) bool { return err == errBackend }), errBackend, 2},
		{resil.MatchFunc("f", func(err error) bool { return err == errBackend }), errOther, 1},
	} {
		p := parse(t, "retry attempts=2 initial=0")
		p.Retry.On = []resil.Match{test.match}
		b := backend{next: always(test.err, 0)}
		resil.NewClient("test.Client", t).Guard("Method", p).Do(t.Context(), b.call)
		if b.calls != test.calls {
			t.Errorf("%s on %v: %d calls, want %d", test.match.Name, test.err, b.calls, test.calls)
		}
	}
}

// TestDirectives: the documentation of the grammar says all that there is.
func TestDirectives(t *testing.T) {
	for _, d := range resil.Directives() {
		if d.Meaning == "" {
			t.Errorf("%s means nothing", d.Name)
		}
		for _, k := range d.Keys {
			if k.Meaning == "" {
				t.Errorf("%s %s= means nothing", d.Name, k.Name)
			}
		}
	}
	for _, s := range []resil.Setting{{Directive: "retry", Key: "on", Value: "io.EOF,"}, {Directive: "retry", Key: "on", Value: "io.EOF,is Busy"}} {
		if e, ok := errors.AsType[*resil.SettingError](s.Check()); !ok || e.Error() == "" {
			t.Errorf("%s: %v", s, s.Check())
		}
	}
	if (resil.Setting{Directive: "retry", Key: "on", Value: "io.EOF,isBusy"}).Check() != nil {
		t.Error("a list of names is refused")
	}
}

// TestNamings: what the documentation says to name errors, a policy keeps as errors to match, and
// nothing else; a parameter it keeps as it is written.
func TestNamings(t *testing.T) {
	for _, d := range resil.Directives() {
		for _, k := range d.Keys {
			p := resil.NewPolicy(resil.Setting{Directive: d.Name, Key: k.Name, Value: "name"})
			lists := p.Retry != nil && len(p.Retry.On)+len(p.Retry.Never) > 0 ||
				p.Breaker != nil && len(p.Breaker.Never)+len(p.Breaker.Ignore) > 0
			if lists != (k.Names == resil.NamesErrors) {
				t.Errorf("%s %s=: errors to match: %v", d.Name, k.Name, lists)
			}
			if isKey := p.Breaker != nil && p.Breaker.Key == "name"; isKey != (k.Names == resil.NamesParameter) {
				t.Errorf("%s %s=: a parameter: %v", d.Name, k.Name, isKey)
			}
		}
	}
}
