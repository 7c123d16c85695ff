package resil_test

import (
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	resil "github.com/resilgen/resilgen/runtime"
)

// TestParsePolicy holds the defaults, and that every policy prints as what it was parsed from,
// completed.
func TestParsePolicy(t *testing.T) {
	for _, test := range []struct{ text, want string }{
		{"retry", "retry attempts=4 initial=100ms multiplier=2 max=5s jitter=full hint=30s budget=20% floor=10/s"},
		{"retry attempts=2 initial=0 jitter=20% hint=off", "retry attempts=2 initial=0 multiplier=2 max=5s jitter=20% hint=off budget=20% floor=10/s"},
		{"retry initial=1m30s", "retry attempts=4 initial=1m30s multiplier=2 max=1m30s jitter=full hint=30s budget=20% floor=10/s"},
		{"breaker", "breaker failures=50% min=10 window=10s open=10s jitter=10% probes=3 per=attempt scope=method"},
		{"breaker window=4", "breaker failures=50% min=4 window=4 open=10s jitter=10% probes=3 per=attempt scope=method"},
		{"breaker failures=33.3%", "breaker failures=33.3% min=10 window=10s open=10s jitter=10% probes=3 per=attempt scope=method"},
		{"breaker failures=5 slow=2s", "breaker failures=5 min=10 window=10s open=10s jitter=10% probes=3 slow=2s slowcalls=50% per=attempt scope=method"},
		{"breaker failures=5 per=call scope=reads", "breaker failures=5 open=10s jitter=10% probes=3 per=call scope=reads"},
		{"breaker failures=50% min=3\nbreaker failures=5", "breaker failures=5 open=10s jitter=10% probes=3 per=attempt scope=method"},
		{"timeout attempt=1s call=1h", "timeout attempt=1s call=1h"},
		{"timeout call=5s\nretry attempts=2\nretry max=1s", "retry attempts=2 initial=100ms multiplier=2 max=1s jitter=full hint=30s budget=20% floor=10/s\ntimeout call=5s"},
		{"retry\nretry off", ""},
		{"\nretry\n\nbreaker\ntimeout call=1s\nbulkhead max=1\nratelimit rate=1/s\nhedge after=1s\n" +
			"retry off\nbreaker off\ntimeout off\nbulkhead off\nratelimit off\nhedge off", ""},
		{"retry budget=off", "retry attempts=4 initial=100ms multiplier=2 max=5s jitter=full hint=30s budget=off"},
		{"retry budget=off\nretry budget=0% floor=0.5/s", "retry attempts=4 initial=100ms multiplier=2 max=5s jitter=full hint=30s budget=0% floor=0.5/s"},
		{"retry budget=off\nretry budget=12.5%", "retry attempts=4 initial=100ms multiplier=2 max=5s jitter=full hint=30s budget=12.5% floor=10/s"},
		{"breaker key=host", "breaker failures=50% min=10 window=10s open=10s jitter=10% probes=3 per=attempt scope=method key=host"},
		{"bulkhead max=8", "bulkhead max=8 wait=0 scope=method"},
		{"ratelimit rate=2.5/s", "ratelimit rate=2.5/s burst=3 wait=0 scope=method"},
		{"ratelimit rate=100/s burst=1 wait=1s", "ratelimit rate=100/s burst=1 wait=1s scope=method"},
		{"hedge after=p99.9 max=2", "hedge after=p99.9 max=2"},
		{"hedge after=50ms", "hedge after=50ms max=1"},
	} {
		p, err := resil.ParsePolicy(test.text)
		if err != nil {
			t.Errorf("%s: %v", test.text, err)
		}
		if got := p.String(); got != test.want {
			t.Errorf("%s:\ngot  %s\nwant %s", test.text, got, test.want)
		}
		again, err := resil.ParsePolicy(p.String())
		if err != nil || again.String() != p.String() {
			t.Errorf("%s: parsed again: %s (%v)", test.text, again, err)
		}
	}
}

// TestParsePolicyErrors holds the message for everything that can be wrong; all errors of a policy
// are reported.
func TestParsePolicyErrors(t *testing.T) {
	for _, test := range []struct{ text, want string }{
		{"rety", "unknown directive rety: one of retry, breaker, timeout, bulkhead, ratelimit, hedge"},
		{"retry atempts=3", "retry has no key atempts: one of attempts, initial, multiplier, max, jitter, hint, budget, floor, on, never"},
		{"retry attempts=1", `retry attempts=1: want a number of at least 2, the first attempt included; "retry off" is for none`},
		{"retry attempts=3 attempts=4", "attempts is given twice"},
		{"retry off attempts=3", "retry off stands alone: the other arguments would have no effect"},
		{"retry initial=100", "retry initial=100: want a time with its unit, such as 100ms, 2s or 1m30s"},
		{"retry initial=-1s", "retry initial=-1s: want a time that is not negative, such as 0, 100ms or 2s"},
		{"retry max=0s", "retry max=0s: want a time above zero, such as 100ms, 2s or 1m30s"},
		{"retry hint=0s", "retry hint=0s: want a time above zero, such as 100ms, 2s or 1m30s, or off"},
		{"retry multiplier=0.5", "retry multiplier=0.5: want a number of at least 1, such as 2 or 1.5"},
		{"retry multiplier=NaN", "retry multiplier=NaN: want a number of at least 1, such as 2 or 1.5"},
		{"retry jitter=ful", "retry jitter=ful: want full, equal, none, or a ratio up to 100% such as 20%"},
		{"retry maybe", "retry: maybe is neither key=value nor off"},
		{"retry initial=10s max=1s", "retry: initial=10s is above max=1s: no wait could be as long as the first"},
		{"retry on=io.EOF", "retry on=io.EOF names Go, which only an annotation can: set the field of the Policy instead"},
		{"breaker failures=101%", "breaker failures=101%: want a share of the window's calls such as 50%, or a number of failures in a row such as 5"},
		{"breaker failures=0", "breaker failures=0: want a share of the window's calls such as 50%, or a number of failures in a row such as 5"},
		{"breaker window=0s", "breaker window=0s: want a time such as 10s, or a number of calls such as 20"},
		{"breaker min=20 window=10", "breaker: min=20 is above window=10: the breaker could never open"},
		{"breaker failures=5 min=3", "failures=5 counts failures in a row and looks at no window: min=3 has no effect (write failures as a ratio such as 50%, or leave min out)"},
		{"breaker slowcalls=20%", "breaker: slowcalls has no effect without slow=, the time from which a call is slow"},
		{"breaker per=client", "breaker per=client: want attempt or call"},
		{"breaker scope=a.b", "breaker scope=a.b: want method, client, or a name of letters, digits, - and _ that methods share"},
		{"retry budget=101%", "retry budget=101%: want a share of the calls from 0% to 100%, such as 20%, or off"},
		{"retry budget=off floor=1/s", "retry: floor has no effect with budget=off"},
		{"retry floor=1", "retry floor=1: want how often a second, such as 10/s or 0/s"},
		{"breaker key=host scope=client", "breaker: key=host needs scope=method: each value has a breaker of its own"},
		{"bulkhead", "bulkhead: max= must say how many attempts may run at once"},
		{"ratelimit burst=2", "ratelimit: rate= must say how many attempts may begin a second"},
		{"ratelimit rate=0/s", "ratelimit rate=0/s: want how often a second, such as 100/s or 0.5/s"},
		{"hedge", "hedge: after= must say how long an attempt may take before the next begins"},
		{"hedge after=p100", "hedge after=p100: want a time such as 50ms, or a quantile of the latency such as p95"},
		{"hedge after=1s\ntimeout attempt=1s", "hedge: after=1s is not below the timeout attempt=1s: the attempt would be over"},
		{"hedge after=1s\ntimeout call=1s", "hedge: after=1s is not below the timeout call=1s: the call would be over"},
		{"timeout", "timeout: one of attempt= and call= must say how long"},
		{"timeout attempt=2s call=1s", "timeout: call=1s is below attempt=2s: no attempt could take its time"},
		{"retry attempts=0\ntimeout call=x", "retry attempts=0: want a number of at least 2, the first attempt included; \"retry off\" is for none\n" +
			"timeout call=x: want a time with its unit, such as 100ms, 2s or 1m30s"},
	} {
		_, err := resil.ParsePolicy(test.text)
		if err == nil || !strings.HasPrefix(err.Error(), test.want) {
			t.Errorf("%s:\ngot  %v\nwant %s", test.text, err, test.want)
		}
	}
}

// TestValuesAreSuggested: what was probably meant, where the value alone tells.
func TestValuesAreSuggested(t *testing.T) {
	err := resil.Setting{Directive: "retry", Key: "max", Value: "500"}.Check()
	if e, ok := errors.AsType[*resil.SettingError](err); !ok || e.Suggestion != "500ms" {
		t.Errorf("%#v", err)
	}
	err = resil.Setting{Directive: "retry", Key: "jiter", Value: "full"}.Check()
	if e, ok := errors.AsType[*resil.SettingError](err); !ok || len(e.Choices) == 0 {
		t.Errorf("%#v", err)
	}
}

// TestMistakesInTheProgramPanic: mistakes in the program text are found when the program starts.
func TestMistakesInTheProgramPanic(t *testing.T) {
	for _, test := range []struct {
		name string
		f    func()
		want string
	}{
		{"nil", func() { resil.NewClient("test.Client", nil) }, "resil: test.Client: the value to wrap is nil"},
		{"nil pointer", func() { resil.NewClient("test.Client", (*backend)(nil), resil.WithName("other")) }, "resil: other: the value to wrap is nil"},
		{"policy", func() { resil.NewClient("test.Client", t).Guard("Method", resil.Policy{Timeout: &resil.Timeout{}}) },
			"resil: test.Client.Method: timeout: one of attempt= and call= must say how long"},
	} {
		func() {
			defer func() {
				if got := recover(); got != test.want {
					t.Errorf("%s: panicked with %v, want %s", test.name, got, test.want)
				}
			}()
			test.f()
		}()
	}
}

// TestSettings: the settings of a policy make the same policy, and so does its text. The policies
// are made of whatever settings the grammar knows, but of those that have no say: floor= without a
// budget.
func TestSettings(t *testing.T) {
	values := []string{"0", "1", "2", "5", "0.5", "100ms", "1m30s", "2%", "12.5%", "100%", "off", "none", "equal", "0/s", "2.5/s",
		"attempt", "call", "client", "reads", "p99.9", "host", "io.EOF,isBusy"}
	rapid.Check(t, func(r *rapid.T) {
		var settings []resil.Setting
		for _, d := range resil.Directives() {
			if rapid.Bool().Draw(r, d.Name) {
				continue
			}
			settings = append(settings, resil.Setting{Directive: d.Name})
			for _, k := range d.Keys {
				s := resil.Setting{Directive: d.Name, Key: k.Name, Value: rapid.SampledFrom(values).Draw(r, k.Name)}
				before := resil.NewPolicy(settings...).Retry
				if s.Check() == nil && !(s.Key == "floor" && before.Unbudgeted) {
					settings = append(settings, s)
				}
			}
		}
		p := resil.NewPolicy(settings...)
		if again := resil.NewPolicy(p.Settings()...); !reflect.DeepEqual(again, p) {
			r.Fatalf("%q\nhas %q\nthat is\n%q", settings, p.Settings(), again)
		}
		// What the parts contradict each other in is reported, and made a policy of all the same.
		if again, _ := resil.ParsePolicy(p.String()); !reflect.DeepEqual(again, p) {
			r.Fatalf("%q\nprints as %q\nthat is\n%q", settings, p, again)
		}
	})
}

// TestSettingsOfNothing: a part in which nothing is said is a directive that stands alone, and an
// empty scope is the one that it means.
func TestSettingsOfNothing(t *testing.T) {
	for _, test := range []struct {
		policy resil.Policy
		want   []resil.Setting
	}{
		{resil.Policy{}, nil},
		{resil.Policy{Timeout: &resil.Timeout{}}, []resil.Setting{{Directive: "timeout"}}},
		{resil.Policy{Bulkhead: &resil.Bulkhead{Max: 1}}, []resil.Setting{{"bulkhead", "max", "1"}, {"bulkhead", "wait", "0"}, {"bulkhead", "scope", "method"}}},
	} {
		if got := test.policy.Settings(); !slices.Equal(got, test.want) {
			t.Errorf("got %q, want %q", got, test.want)
		}
	}
}

// FuzzSetting holds that no setting panics, and that a policy of one that is accepted prints as
// settings which mean the same: also those of on= and never=, which ParsePolicy does not take.
func FuzzSetting(f *testing.F) {
	for _, d := range resil.Directives() {
		for _, k := range d.Keys {
			f.Add(d.Name, k.Name, k.Default)
		}
	}
	for _, value := range []string{"io.EOF,*net.OpError", "99999999999999999999/s", "p99.99", "2562047h47m16.854775807s", "0.0000001%", "off"} {
		f.Add("retry", "on", value)
		f.Add("ratelimit", "rate", value)
		f.Add("hedge", "after", value)
	}
	f.Fuzz(func(t *testing.T, directive, key, value string) {
		s := resil.Setting{Directive: directive, Key: key, Value: value}
		if s.Check() != nil {
			return
		}
		p := resil.NewPolicy(s)
		p.Validate()
		printed := p.Settings()
		for _, s := range printed {
			if err := s.Check(); err != nil {
				t.Fatalf("%q is printed, and refused: %v", s, err)
			}
		}
		if again := resil.NewPolicy(printed...); again.String() != p.String() {
			t.Fatalf("%q printed as %q, and that as %q", s, p, again)
		}
	})
}

// FuzzParsePolicy holds that no text panics, and that what is accepted prints as text which means
// the same.
func FuzzParsePolicy(f *testing.F) {
	for _, seed := range []string{"retry attempts=3 jitter=12.5%", "breaker failures=33.3% window=7", "timeout call=1h2m3s", "retry\nretry off", "breaker failures=5 slow=1ns"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		p, err := resil.ParsePolicy(text)
		if err != nil {
			return
		}
		again, err := resil.ParsePolicy(p.String())
		if err != nil {
			t.Fatalf("%q printed as %q: %v", text, p, err)
		}
		if again.String() != p.String() {
			t.Fatalf("%q printed as %q, and that as %q", text, p, again)
		}
		if again := resil.NewPolicy(p.Settings()...); !reflect.DeepEqual(again, p) {
			t.Fatalf("%q has the settings %q, and of these comes %q", text, p.Settings(), again)
		}
	})
}
