package resil_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	resil "github.com/resilgen/resilgen/runtime"
)

// snapshot returns what a guard's method has counted; guards of a test are their client's only one.
func snapshot(g *resil.Guard) resil.MethodSnapshot { return g.Client().Snapshot().Methods[0] }

// TestSnapshot holds that every call is counted once, under what became of it.
func TestSnapshot(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := guard(t, "retry attempts=2 initial=0\nbreaker failures=4 open=10s")
		g.Do(t.Context(), outcome("S"))
		g.Do(t.Context(), func(context.Context) error { return resil.Permanent(errBackend) })
		b := backend{next: answers(errBackend)}
		g.Do(t.Context(), b.call)
		gone, cancel := context.WithCancel(t.Context())
		cancel()
		g.Do(gone, outcome("S"))
		g.Do(t.Context(), outcome("F"))
		func() {
			defer func() { recover() }()
			g.Do(t.Context(), func(context.Context) error { panic("boom") })
		}()
		g.Do(t.Context(), outcome("F"))
		g.Do(t.Context(), outcome("S"))
		time.Sleep(time.Second)
		got := snapshot(g)
		want := resil.MethodSnapshot{Method: "Method", Calls: 8, Succeeded: 3, Failed: 3, Neither: 1, RejectedOpen: 1,
			Attempts: 8, Retries: 2, State: resil.Open, TimeLeft: 9 * time.Second, LastCause: errBackend}
		if got != want {
			t.Errorf("\ngot  %+v\nwant %+v", got, want)
		}
	})
}

// TestLogger: an outage says what happened, and does not flood the log.
func TestLogger(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		handler := slog.NewTextHandler(&log, &slog.HandlerOptions{ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
			if a.Key == slog.TimeKey {
				return slog.Attr{}
			}
			return a
		}})
		g := guard(t, "retry attempts=2 initial=0\nbreaker failures=7 open=1s probes=1", resil.WithLogger(slog.New(handler)))
		for range 10 {
			g.Do(t.Context(), outcome("F"))
		}
		time.Sleep(11 * time.Second)
		g.Do(t.Context(), outcome("F"))
		time.Sleep(time.Second)
		g.Do(t.Context(), outcome("S"))
		flush(t, g.Client())
		want := `level=WARN msg="resil: gave up" client=test.Client method=Method attempts=2 left_out=0 error="test.Client.Method: gave up after 2 attempts in 0s: no attempts left: backend failed"
level=WARN msg="resil: state changed" client=test.Client method=Method from=closed to=open error="backend failed"
level=INFO msg="resil: state changed" client=test.Client method=Method from=open to=half-open
level=WARN msg="resil: state changed" client=test.Client method=Method from=half-open to=open error="backend failed"
level=WARN msg="resil: gave up" client=test.Client method=Method attempts=1 left_out=3 error="test.Client.Method: gave up after 1 attempt in 0s: test.Client.Method: circuit breaker is open for another 1s: backend failed"
level=INFO msg="resil: state changed" client=test.Client method=Method from=open to=half-open
level=INFO msg="resil: state changed" client=test.Client method=Method from=half-open to=closed
`
		if got := log.String(); got != want {
			t.Errorf("got\n%s\nwant\n%s", got, want)
		}
	})
}

// TestLoggerKeys: an exhausted budget is logged as well, and what has a key says so.
func TestLoggerKeys(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		g := guard(t, "retry attempts=2 budget=0% floor=0/s\nbreaker failures=2 key=host", resil.WithLogger(slog.New(slog.NewTextHandler(&log, nil))))
		for range 3 {
			g.For("a").Do(t.Context(), outcome("F"))
		}
		flush(t, g.Client())
		for _, want := range []string{
			`level=WARN msg="resil: over budget" client=test.Client method=Method key=a attempts=1 left_out=0 error="backend failed"`,
			`level=WARN msg="resil: state changed" client=test.Client method=Method key=a from=closed to=open error="backend failed"`,
			`level=WARN msg="resil: gave up" client=test.Client method=Method key=a attempts=1 left_out=0 error=`,
		} {
			if !strings.Contains(log.String(), want) {
				t.Errorf("no %s in\n%s", want, log.String())
			}
		}
	})
}

// TestLoggerShared: clients that get one option for the log do not silence each other.
func TestLoggerShared(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		shared := resil.WithLogger(slog.New(slog.NewTextHandler(&log, nil)))
		for _, name := range []string{"north", "south"} {
			g := guard(t, "retry attempts=2 initial=0", shared, resil.WithName(name))
			for range 3 {
				g.Do(t.Context(), outcome("F"))
			}
			flush(t, g.Client())
			if n := strings.Count(log.String(), `msg="resil: gave up" client=`+name); n != 1 {
				t.Errorf("%s has given up three times, logged %d times:\n%s", name, n, &log)
			}
		}
	})
}

// TestLoggerOverrides: so are changes of policy, and what of overrides is not in force.
func TestLoggerOverrides(t *testing.T) {
	for text, want := range map[string]string{
		`{"Method": {"retry": {"attempts": 2}}}`: `level=INFO msg="resil: policy changed" client=test.Client method=Method change="retry attempts: 4 → 2"`,
		`{"Method": {"hedge": {"after": "1s"}}}`: `level=ERROR msg="resil: overrides refused" client=test.Client method="" error=`,
		`{"hedge": {"after": "1s"}}`:             `level=WARN msg="resil: overrides left out" client=test.Client method=Method error=`,
		`{"Methud": {"retry": {"attempts": 2}}}`: `level=INFO msg="resil: overrides pending" client=test.Client method="" error=`,
	} {
		synctest.Test(t, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "overrides.json")
			if err := os.WriteFile(path, []byte(`{"clients": {"test.Client": `+text+`}}`), 0o666); err != nil {
				t.Fatal(err)
			}
			o, err := resil.LoadOverrides(path)
			if err != nil || o.Path() != path {
				t.Fatal(err)
			}
			var log bytes.Buffer
			c := resil.NewClient("test.Client", t, resil.WithOverrides(o), resil.WithLogger(slog.New(slog.NewTextHandler(&log, nil))))
			c.Guard("Method", parse(t, "retry"))
			c.Ready()
			synctest.Wait()
			if !strings.Contains(log.String(), want) {
				t.Errorf("no %s in\n%s", want, log.String())
			}
		})
	}
}

// TestKeysHaveBreakersOfTheirOwn: each value has a breaker of its own.
func TestKeysHaveBreakersOfTheirOwn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := guard(t, "breaker failures=1 key=host open=1h")
		g.For("a").Do(t.Context(), outcome("F"))
		play(t, g.For("a"), "open R")
		play(t, g.For("b"), "closed S")
		if m := snapshot(g); m.Calls != 3 || m.RejectedOpen != 1 {
			t.Errorf("%+v", m)
		}
	})
}

// TestFallback holds when a fallback is called, and what its error is.
func TestFallback(t *testing.T) {
	g := guard(t, "retry")
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	for _, test := range []struct {
		ctx  context.Context
		err  error
		want bool
	}{{t.Context(), nil, false}, {t.Context(), errBackend, true}, {t.Context(), resil.Permanent(errBackend), false}, {gone, errBackend, false}} {
		if got := g.FallsBack(test.ctx, test.err); got != test.want {
			t.Errorf("%v: %t", test.err, got)
		}
	}
	err := resil.FallbackFailed(errOther, errBackend)
	if !errors.Is(err, errOther) || !errors.Is(err, errBackend) || resil.FallbackFailed(nil, errBackend) != nil {
		t.Error(err)
	}
}

// errorList is an error that cannot be compared; so is an errorWith that has one inside, though its
// type can.
type errorList []error

func (e errorList) Error() string { return "several" }

type errorWith struct{ detail any }

func (e errorWith) Error() string { return "detailed" }

// TestFallbackFailed: an error that already is or wraps the cause stays as it is, whatever errors
// are; to others the cause is added.
func TestFallbackFailed(t *testing.T) {
	list, with := errorList{errBackend}, errorWith{[]int{1}}
	for _, cause := range []error{errBackend, resil.Permanent(errBackend), list, with, errorWith{1}, errorWith{errorWith{map[string]int{}}}, &with} {
		wrapped := fmt.Errorf("fallback has nothing: %w", cause)
		for _, err := range []error{cause, wrapped, errors.Join(errOther, wrapped)} {
			if got := resil.FallbackFailed(err, cause); got.Error() != err.Error() {
				t.Errorf("%#v after %#v: %v", err, cause, got)
			}
		}
		for _, err := range []error{errOther, errorList{errOther}, errorWith{[]int{2}}, errorWith{2}, errors.Join(errOther, list[:0])} {
			got := resil.FallbackFailed(err, cause)
			if unwrapped := got.(interface{ Unwrap() []error }).Unwrap(); got.Error() != "fallback: "+err.Error()+" (after: "+cause.Error()+")" || len(unwrapped) != 2 {
				t.Errorf("%#v after %#v: %v", err, cause, got)
			}
		}
	}
}

// TestWithPolicy: a policy given at run time replaces the annotation's; a mistake is found when the
// program starts.
func TestWithPolicy(t *testing.T) {
	panics := func(want string, f func()) {
		t.Helper()
		defer func() {
			if got, _ := recover().(string); !strings.HasPrefix(got, want) {
				t.Errorf("panicked with %q, want %q", got, want)
			}
		}()
		f()
	}
	once := parse(t, "breaker failures=1")
	c := resil.NewClient("test.Client", t, resil.WithPolicy("Method", once))
	g := c.Guard("Method", parse(t, "retry"))
	c.Ready()
	b := backend{next: always(errBackend, 0)}
	if g.Do(t.Context(), b.call); b.calls != 1 || g.State() != resil.Open || c.Method("Method") != g {
		t.Errorf("%d calls, breaker %s", b.calls, g.State())
	}
	panics("resil: test.Client: WithPolicy names Methud, which is not a guarded method: one of Method", func() {
		c := resil.NewClient("test.Client", t, resil.WithPolicy("Methud", once))
		c.Guard("Method", once)
		c.Ready()
	})
	panics("resil: test.Client.Method: WithPolicy: hedge cannot act on Method: its annotation has no hedge", func() {
		resil.NewClient("test.Client", t, resil.WithPolicy("Method", parse(t, "hedge after=1s"))).Guard("Method", once)
	})
	panics("resil: test.Client.Method: key=host cannot be added", func() {
		resil.NewClient("test.Client", t, resil.WithPolicy("Method", parse(t, "breaker key=host"))).Guard("Method", once)
	})
	panics("resil: test.Client.Method: key=host cannot be added", func() {
		resil.NewClient("test.Client", t, resil.WithPolicy("Method", parse(t, "breaker key=host"))).Guard("Method", parse(t, "breaker key=tenant"))
	})
	panics("resil: test.Client.Method: a Match selects nothing", func() {
		p := parse(t, "retry")
		p.Retry.On = []resil.Match{{Name: "io.EOF"}}
		resil.NewClient("test.Client", t, resil.WithPolicy("Method", p)).Guard("Method", once)
	})
	panics("resil: WithObserver: the observer is nil", func() { resil.NewClient("test.Client", t, resil.WithObserver(nil)) })
	panics("resil: WithLogger: the logger is nil", func() { resil.NewClient("test.Client", t, resil.WithLogger(nil)) })
	panics("resil: WithRandSource: the source is nil", func() { resil.NewClient("test.Client", t, resil.WithRandSource(nil)) })
	panics("resil: test.Client.Other: the retry budget is one for the whole client: budget=10% floor=10/s here, budget=20% floor=10/s before", func() {
		c := resil.NewClient("test.Client", t)
		c.Guard("Method", parse(t, "retry"))
		c.Guard("Other", parse(t, "retry budget=10%"))
	})
	panics("resil: test.Client.Other: scope=reads: methods that share a breaker must agree on it", func() {
		c := resil.NewClient("test.Client", t)
		c.Guard("Method", parse(t, "breaker scope=reads"))
		c.Guard("Other", parse(t, "breaker scope=reads open=1s"))
	})
}

// TestScopesOpenTogether: methods of one scope open together.
func TestScopesOpenTogether(t *testing.T) {
	c := resil.NewClient("test.Client", t)
	get, list := c.Guard("Get", parse(t, "breaker failures=50% window=4 scope=reads")), c.Guard("List", parse(t, "breaker failures=50% window=4 scope=reads"))
	play(t, get, "S F")
	play(t, list, "S F open")
	play(t, get, "open R")
}

// TestPolicyIsData: what happens to a Policy after construction changes nothing.
func TestPolicyIsData(t *testing.T) {
	p := parse(t, "retry attempts=3 initial=0\nbreaker failures=100")
	p.Retry.Never = []resil.Match{resil.MatchError("errOther", errOther)}
	g := resil.NewClient("test.Client", t).Guard("Method", p)
	p.Retry.Attempts, p.Breaker.ConsecutiveFailures = 100, 1
	p.Retry.Never[0] = resil.MatchError("errBackend", errBackend)
	b := backend{next: always(errBackend, 0)}
	if g.Do(t.Context(), b.call); b.calls != 3 || g.State() != resil.Closed {
		t.Errorf("%d calls, breaker %s", b.calls, g.State())
	}
}

// TestKeysShareTheRest: but for the breaker the guards of all keys are one, and an empty value is a
// key like others.
func TestKeysShareTheRest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := guard(t, "retry initial=0 attempts=2 floor=0/s\nbreaker failures=1 key=host\nbulkhead max=1\nratelimit rate=10/s burst=2")
		go g.For("a").Do(t.Context(), func(context.Context) error { time.Sleep(time.Second); return nil })
		synctest.Wait()
		if err := g.For("b").Do(t.Context(), outcome("S")); !errors.Is(err, resil.ErrBulkheadFull) {
			t.Errorf("a bulkhead of its own for each key: %v", err)
		}
		time.Sleep(2 * time.Second)
		for _, key := range []string{"a", "b"} {
			g.For(key).Do(t.Context(), outcome("S"))
		}
		if err := g.For("c").Do(t.Context(), outcome("S")); !errors.Is(err, resil.ErrRateLimited) {
			t.Errorf("a rate limit of its own for each key: %v", err)
		}
		time.Sleep(time.Second)
		g.For("").Do(t.Context(), outcome("F"))
		play(t, g.For(""), "open")
		play(t, g.For("a"), "closed")
		for range 5 {
			time.Sleep(100 * time.Millisecond)
			g.For("a").Do(t.Context(), outcome("S"))
		}
		// It is a fifth of the calls that were not rejected, each counted once.
		if s := g.Client().Snapshot(); s.BudgetLeft != 1 {
			t.Errorf("%d retries left", s.BudgetLeft)
		}
	})
}
