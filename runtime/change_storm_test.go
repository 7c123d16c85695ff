package resil_test

// This file holds, in real time and for the race detector, what must be true of a client whatever
// happens to it at once: calls of all outcomes, files of overrides right and wrong, operators who
// force and reset, readers, clients that come and go. Who is first is anybody's guess, so nothing
// is predicted here (that is TestChangesLikeModel); there are invariants only, which no order of
// events may break:
//
//   - every call is counted once, and every attempt that reached the backend;
//   - what a method's traits refuse was never switched on, nor a retry or a hedge that its
//     annotation does not have;
//   - no more attempts ran at once, or in a time, and no more were repeated, than the largest
//     numbers that any file had allow;
//   - a breaker's events follow from one another;
//   - when all is over nothing is left: no goroutine, no slot, no token, no context.

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	resil "github.com/resilgen/resilgen/runtime"
)

// TestChangeStorm lets everything change in real time.
func TestChangeStorm(t *testing.T) {
	lasts := time.Second
	if testing.Short() {
		lasts = 300 * time.Millisecond
	}
	before := goleak.IgnoreCurrent()
	s := newStorm(t)
	s.rage(lasts)
	s.calm()
	if err := goleak.Find(before); err != nil {
		t.Error(err)
	}
}

// A storm is two clients of one name that live through it, others that come and go, and the file of
// overrides that all of them have.
type storm struct {
	*testing.T
	path      string
	overrides *resil.Overrides
	rigs      []*rig // those that live

	mu    sync.Mutex
	file  string         // the latest
	found map[string]int // what was wrong, how often
}

func newStorm(t *testing.T) *storm {
	s := &storm{T: t, found: map[string]int{}, path: filepath.Join(t.TempDir(), "overrides.json")}
	s.write("{}")
	var err error
	if s.overrides, err = resil.LoadOverrides(s.path); err != nil {
		t.Fatal(err)
	}
	s.rigs = []*rig{newRig(s), newRig(s)}
	return s
}

// wrong reports a broken invariant, once with all that is known: when one is broken it mostly is
// all the time.
func (s *storm) wrong(format string, args ...any) {
	s.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.found[format]++; s.found[format] == 1 {
		s.Errorf(format+"\nthe file then: %s", append(args, s.file)...)
	}
}

func (s *storm) write(text string) {
	s.mu.Lock()
	s.file = text
	s.mu.Unlock()
	if err := os.WriteFile(s.path, []byte(text), 0o600); err != nil {
		s.Error(err)
	}
}

// rage does everything at once for a while.
func (s *storm) rage(lasts time.Duration) {
	var all sync.WaitGroup
	end := time.Now().Add(lasts)
	again := func(pause time.Duration, do func()) {
		all.Go(func() {
			for time.Now().Before(end) {
				s.guarded(do)
				time.Sleep(rand.N(pause))
			}
		})
	}
	for range 24 {
		again(time.Millisecond, func() { pick(s.rigs).callAny() })
	}
	again(2*time.Millisecond, func() {
		s.write(stormFile())
		_ = s.overrides.Reload() // many are wrong, on purpose
	})
	again(5*time.Millisecond, func() { pick(s.rigs).operate() })
	again(time.Millisecond, func() { pick(s.rigs).read() })
	again(20*time.Millisecond, func() {
		visitor := newRig(s)
		for range 20 {
			visitor.callAny()
		}
		visitor.settle()
		visitor.check()
		runtime.GC() // may take what earlier visitors left
	})
	all.Wait()
}

// calm ends the storm, and finds out whether it left anything.
func (s *storm) calm() {
	s.write("{}")
	if err := s.overrides.Reload(); err != nil {
		s.wrong("a file that says nothing is refused: %v", err)
	}
	for _, r := range s.rigs {
		r.settle()
		r.check()
		r.checkLimits()
	}
	for what, times := range s.found {
		if times > 1 {
			s.Logf("%d times: %s", times, what)
		}
	}
}

// guarded reports a panic of something that never may.
func (s *storm) guarded(do func()) {
	defer func() {
		if thrown := recover(); thrown != nil {
			s.wrong("panic: %v\n%s", thrown, debug.Stack())
		}
	}()
	do()
}

func pick[T any](list []T) T { return list[rand.IntN(len(list))] }

// stormMethods are the methods of a rig. Names that files of stormFile know.
var stormMethods = []struct {
	name   string
	traits resil.Traits
	policy string
}{
	{"All", resil.Traits{}, `retry attempts=3 initial=1ms budget=20% floor=10/s
breaker failures=50% min=5 window=200ms open=10ms
timeout attempt=8ms call=40ms
bulkhead max=8 wait=2ms
ratelimit rate=4000/s burst=50 wait=2ms`},
	{"Charge", resil.Traits{NoRetry: "its annotation says retry off", NoHedge: "its annotation says retry off"}, `breaker failures=5 open=5ms scope=shared
timeout attempt=8ms`},
	{"Rows", resil.Traits{NoTimeout: "a *sql.Rows outlives the call"}, `retry attempts=3 initial=0 budget=20% floor=10/s
breaker failures=5 open=5ms scope=shared`},
	{"Keyed", resil.Traits{}, `retry attempts=2 initial=1ms budget=20% floor=10/s
breaker failures=3 open=5ms key=host`},
	{"Hedged", resil.Traits{}, `hedge after=1ms max=2
breaker failures=50% window=20 open=5ms
timeout attempt=8ms`},
	{"Stream", resil.Traits{}, `retry attempts=2 initial=1ms budget=20% floor=10/s
timeout attempt=8ms call=20ms`},
	{"Limited", resil.Traits{}, `bulkhead max=4 wait=1ms
ratelimit rate=1000/s burst=20 wait=1ms`},
	{"Bare", resil.Traits{}, ""},
}

// The largest numbers in any policy or file of the storm.
const (
	stormBulkhead = 8    // of All
	stormLimited  = 4    // the bulkhead of Limited
	stormRate     = 1000 // and the rate, a second
	stormBurst    = 20
	stormBudget   = 0.3 // of the calls
	stormFloor    = 10  // retries a second
)

// stormFiles are what files of overrides say of the client, and of its methods. Each can be
// applied, unless two contradict each other.
var stormFiles = map[string][]string{
	"": {
		`"breaker": {"open": "3ms"}`, `"breaker": {"open": "20ms", "jitter": "none"}`, `"breaker": {"probes": 1}`,
		`"retry": {"attempts": 4}`, `"retry": {"budget": "30%"}`, `"retry": "off"`, `"retry": {"initial": "0"}`,
		`"timeout": {"attempt": "5ms", "call": "30ms"}`, `"timeout": {"attempt": "3ms"}`, `"timeout": "off"`,
		`"hedge": {"after": "2ms"}`, `"hedge": "off"`,
	},
	"All": {
		`"bulkhead": {"max": 3}`, `"bulkhead": {"max": 8}`, `"bulkhead": {"max": 5, "wait": "5ms"}`, `"bulkhead": "off"`,
		`"ratelimit": {"rate": "500/s"}`, `"ratelimit": "off"`, `"retry": {"attempts": 2}`,
		`"breaker": {"window": "50ms"}`, `"breaker": {"window": 10, "min": 5}`, `"breaker": {"failures": 4}`,
		`"breaker": {"slow": "4ms"}`, `"breaker": {"per": "call"}`, `"breaker": {"maxopen": "40ms"}`,
	},
	"Limited": {
		`"bulkhead": {"max": 1}`, `"bulkhead": {"max": 2, "wait": "3ms"}`, `"bulkhead": {"max": 4}`, `"bulkhead": {"max": 3, "scope": "limited"}`,
		`"ratelimit": {"rate": "300/s", "burst": 5}`, `"ratelimit": {"wait": "5ms"}`,
	},
	"Charge": {`"breaker": "off"`, `"breaker": {"scope": "method"}`},
	"Rows":   {`"breaker": "off"`, `"breaker": {"scope": "method"}`},
	"Keyed":  {`"breaker": {"failures": 2}`, `"breaker": {"failures": "50%", "window": "20ms"}`, `"bulkhead": {"max": 2}`},
	"Bare":   {`"breaker": {"failures": 3, "open": "5ms"}`, `"bulkhead": {"max": 2}`, `"ratelimit": {"rate": "100/s"}`, `"timeout": {"call": "5ms"}`},
}

// stormWrong is what no file may say.
var stormWrong = []string{
	`"Charge": {"retry": {"attempts": 2}}`, `"Charge": {"hedge": {"after": "1ms"}}`, `"Rows": {"timeout": {"call": "5ms"}}`,
	`"Bare": {"retry": {"attempts": 2}}`, `"All": {"timeout": {"attempt": "5s"}}`, `"All": {"breaker": {"window": "-1s"}}`,
	`"retry": {"on": "io.EOF"}`, `"Nobody": {"breaker": "off"}`, `"Keyed": {"breaker": {"key": "other"}}`, `"All": {"bulkhead": {"max": 0}}`, `"Al`,
}

// stormFile returns a file of overrides. About half of them can be applied.
func stormFile() string {
	var say []string
	for method, list := range stormFiles {
		switch {
		case rand.IntN(2) == 0:
		case method == "":
			say = append(say, pick(list))
		default:
			say = append(say, fmt.Sprintf(`"%s": {%s}`, method, pick(list)))
		}
	}
	if rand.IntN(3) == 0 {
		say = append(say, pick(stormWrong))
	}
	return `{"clients": {"test.Client": {` + strings.Join(say, ", ") + "}}}"
}

// A rig is one client over a backend that counts what reaches it.
type rig struct {
	*storm
	client  *resil.Client
	methods map[string]*counted
	names   []string
	made    time.Time
	chain   chain

	// underway counts attempts. Losers of hedges may begin one while somebody waits for there to be
	// none, which a WaitGroup does not allow.
	underway atomic.Int64

	ending   sync.Mutex
	contexts []context.Context // that hedged attempts were given, and that end by themselves
}

// A counted is one method, as the backend and its callers see it.
type counted struct {
	*rig
	name           string
	guard          *resil.Guard
	traits         resil.Traits
	calls          atomic.Int64 // that callers made
	attempts       atomic.Int64 // that reached the backend
	running, most  atomic.Int64 // of these at once
	hasRetry, isHd bool         // by its annotation
}

func newRig(s *storm) *rig {
	r := &rig{storm: s, methods: map[string]*counted{}, made: time.Now()}
	r.chain.report = s.wrong
	r.client = resil.New("test.Client", s, resil.WithOverrides(s.overrides), resil.WithObserver(&r.chain))
	for _, m := range stormMethods {
		p, err := resil.ParsePolicy(m.policy)
		if err != nil {
			s.Fatal(err)
		}
		c := &counted{rig: r, name: m.name, traits: m.traits, hasRetry: p.Retry != nil, isHd: p.Hedge != nil}
		c.guard = r.client.GuardWith(m.name, m.traits, p)
		r.methods[m.name] = c
		r.names = append(r.names, m.name)
	}
	r.client.Ready()
	return r
}

// callAny makes one call of some method.
func (r *rig) callAny() {
	m := r.methods[pick(r.names)]
	ctx, cancel := context.WithCancel(context.Background())
	stop := func() bool { return true }
	if rand.IntN(20) == 0 {
		stop = time.AfterFunc(rand.N(5*time.Millisecond), cancel).Stop
	}
	m.calls.Add(1)
	m.call(ctx)
	stop()
	cancel()
}

// call makes one call on a goroutine of its own, as attempts may exit theirs. Whatever happens,
// only the backend's panic comes out.
func (m *counted) call(ctx context.Context) {
	var done sync.WaitGroup
	done.Go(func() {
		defer func() {
			thrown := recover()
			if p, ok := thrown.(*resil.Panic); ok {
				thrown = p.Value
			}
			if thrown != nil && thrown != "boom" {
				m.wrong("%s panics: %v\n%s", m.name, thrown, debug.Stack())
			}
		}()
		switch m.name {
		case "Hedged":
			_, _ = resil.Hedged(ctx, m.guard, func(ctx context.Context) (int, error) { return 1, m.attempt(ctx) }, nil)
		case "Stream":
			m.stream(ctx)
		case "Keyed":
			m.plain(ctx, m.guard.For(pick([]string{"a", "b", "c"})))
		default:
			m.plain(ctx, m.guard)
		}
	})
	done.Wait()
}

// plain is a call whose attempts follow one another. When it returns, none runs any more and their
// contexts have ended.
func (m *counted) plain(ctx context.Context, g *resil.Guard) {
	var contexts []context.Context
	var inside atomic.Int64
	defer func() {
		if inside.Load() != 0 {
			m.wrong("%s returned while an attempt was running", m.name)
		}
		for _, c := range contexts {
			if _, ends := c.Deadline(); ends && c.Err() == nil {
				m.wrong("%s left a context alive", m.name)
			}
		}
		if len(contexts) > 1 && (m.traits.NoRetry != "" || !m.hasRetry) {
			m.wrong("%s was repeated, which nobody asked for", m.name)
		}
	}()
	_ = g.Do(ctx, func(ctx context.Context) error {
		if inside.Add(1) != 1 {
			m.wrong("attempts of one call of %s overlap", m.name)
		}
		defer inside.Add(-1)
		contexts = append(contexts, ctx)
		return m.attempt(ctx)
	})
}

// stream is a call whose result is read after it has returned.
func (m *counted) stream(ctx context.Context) {
	var lease resil.Lease
	var body io.ReadCloser
	var of context.Context
	err := m.guard.DoOpen(ctx, &lease, func(ctx context.Context) error {
		of, body = ctx, nil
		if err := m.attempt(ctx); err != nil {
			return err
		}
		body = lease.Follow(io.NopCloser(bytes.NewReader(nil)))
		return nil
	})
	if err != nil {
		return
	}
	time.Sleep(rand.N(time.Millisecond))
	if of.Err() != nil && ctx.Err() == nil {
		m.wrong("a stream ended before it was closed: %v, %v", of.Err(), context.Cause(of))
	}
	_ = body.Close()
	if of != ctx && of.Err() == nil {
		if _, ends := of.Deadline(); ends {
			m.wrong("a stream's context lives on after it was closed")
		}
	}
}

// attempt is what the backend does.
func (m *counted) attempt(ctx context.Context) error {
	m.attempts.Add(1)
	m.underway.Add(1)
	defer m.underway.Add(-1)
	now := m.running.Add(1)
	defer m.running.Add(-1)
	for most := m.most.Load(); now > most && !m.most.CompareAndSwap(most, now); most = m.most.Load() {
	}
	if _, ends := ctx.Deadline(); ends {
		if m.traits.NoTimeout != "" {
			m.wrong("%s has got a timeout, which its traits refuse", m.name)
		}
		if m.isHd {
			m.ending.Lock()
			m.contexts = append(m.contexts, ctx)
			m.ending.Unlock()
		}
	}
	switch rand.IntN(16) {
	case 0:
		panic("boom")
	case 1:
		runtime.Goexit()
	case 2:
		return resil.Permanent(errBackend)
	case 3:
		return resil.RetryAfter(errBackend, time.Millisecond)
	case 4, 5, 6, 7:
		return errBackend
	case 8, 9:
		select {
		case <-time.After(rand.N(12 * time.Millisecond)):
		case <-ctx.Done():
			return ctx.Err()
		}
	case 10: // does not listen
		time.Sleep(rand.N(12 * time.Millisecond))
		return errBackend
	}
	return nil
}

// operate is what an operator may do.
func (r *rig) operate() {
	g := r.methods[pick(r.names)].guard
	if rand.IntN(2) == 0 {
		g = g.For("a")
	}
	pick([]func(){g.ForceOpen, g.ForceClosed, g.Reset, g.Reset, g.Reset})()
}

// read looks at everything, and at what policies may be in force.
func (r *rig) read() {
	for _, m := range r.client.Snapshot().Methods {
		if sum := m.Succeeded + m.Failed + m.Neither + m.RejectedOpen + m.RejectedFull + m.RejectedRate; sum != m.Calls {
			r.wrong("%s: %d calls, but %d ends", m.Method, m.Calls, sum)
		}
	}
	for _, m := range r.methods {
		for _, g := range []*resil.Guard{m.guard, m.guard.For("a")} {
			g.State()
			g.TimeLeft()
			p := g.Policy()
			if p.Retry != nil && !m.hasRetry || p.Hedge != nil && !m.isHd || p.Timeout != nil && m.traits.NoTimeout != "" {
				r.wrong("%s runs under a policy that nobody may give it:\n%s", m.name, p)
			}
		}
	}
}

// settle waits until nothing runs, and ends what operators did.
func (r *rig) settle() {
	eventually(func() bool { return r.underway.Load() == 0 })
	for _, m := range r.methods {
		m.guard.Reset()
		for _, key := range []string{"a", "b", "c"} {
			m.guard.For(key).Reset()
		}
	}
}

// eventually reports whether something comes true: the losers of a hedge are looked after a moment
// later.
func eventually(holds func() bool) bool {
	for end := time.Now().Add(5 * time.Second); !holds(); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			return false
		}
	}
	return true
}

// check holds the invariants, when nothing runs.
func (r *rig) check() {
	var calls, again int64
	for i, name := range r.names {
		m := r.methods[name]
		var s resil.MethodSnapshot
		if !eventually(func() bool {
			s = r.client.Snapshot().Methods[i]
			return s.Calls == m.calls.Load() && s.Attempts == m.attempts.Load()
		}) {
			r.wrong("%s: %d calls and %d attempts were made, and counted were: %+v", name, m.calls.Load(), m.attempts.Load(), s)
		}
		if g := m.guard; g.State() != resil.Closed {
			r.wrong("%s is %s after a reset", name, g.State())
		}
		calls += s.Calls
		again += s.Retries + s.Hedges
	}
	seconds := time.Since(r.made).Seconds()
	if bound := stormBudget*float64(calls) + stormFloor*(seconds+1) + 1; float64(again) > bound {
		r.wrong("%d retries and hedges of %d calls in %.1fs, at most %.0f are allowed", again, calls, seconds, bound)
	}
	limited := r.methods["Limited"]
	if bound := stormBurst + stormRate*seconds + 1; float64(limited.attempts.Load()) > bound {
		r.wrong("%d attempts of Limited in %.1fs, at most %.0f are allowed", limited.attempts.Load(), seconds, bound)
	}
	if most := limited.most.Load(); most > stormLimited {
		r.wrong("%d attempts of Limited ran at once, at most %d are allowed", most, stormLimited)
	}
	r.ending.Lock()
	defer r.ending.Unlock()
	for _, ctx := range r.contexts {
		if !eventually(func() bool { return ctx.Err() != nil }) {
			r.wrong("a hedge left a context alive")
		}
	}
}

// checkLimits finds out whether all slots and tokens are there.
func (r *rig) checkLimits() {
	m := r.methods["Limited"]
	const refill = 2 * stormBurst * time.Second / stormRate // twice as long as it takes
	time.Sleep(refill)
	if err := r.burst(m.guard); err != nil {
		r.wrong("Limited, when all is over: %v", err)
	}
	time.Sleep(refill)
	for n := range stormBurst {
		if err := m.guard.Do(context.Background(), func(context.Context) error { return nil }); err != nil {
			r.wrong("call %d of a burst of %d after a pause: %v", n+1, stormBurst, err)
		}
	}
}

// burst fills the bulkhead, and finds that it is full then.
func (r *rig) burst(g *resil.Guard) error {
	var inside, all sync.WaitGroup
	inside.Add(stormLimited)
	leave := make(chan struct{})
	errs := make(chan error, stormLimited)
	for range stormLimited {
		all.Go(func() {
			entered := false
			err := g.Do(context.Background(), func(context.Context) error {
				entered = true
				inside.Done()
				<-leave
				return nil
			})
			if !entered {
				inside.Done()
			}
			errs <- err
		})
	}
	inside.Wait()
	one := g.Do(context.Background(), func(context.Context) error { return nil })
	close(leave)
	all.Wait()
	close(errs)
	var found []error
	for err := range errs {
		found = append(found, err)
	}
	if !errors.Is(one, resil.ErrBulkheadFull) {
		found = append(found, fmt.Errorf("one more than %d got in: %v", stormLimited, one))
	}
	return errors.Join(found...)
}

// A chain is an observer that holds the order of events: each breaker's begin where the one before
// ended, and time does not go back.
type chain struct {
	report func(string, ...any)
	mu     sync.Mutex
	last   map[string]resil.Event // by breaker
}

// Observe checks one event.
func (c *chain) Observe(e resil.Event) {
	if e.Kind != resil.StateChanged {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.last == nil {
		c.last = map[string]resil.Event{}
	}
	name := e.Method + "/" + e.Key
	before, any := c.last[name]
	if !any {
		before.To = resil.Closed
	}
	// The breakers of other methods come and go: they may begin anew, or take over what another one
	// has decided.
	lasts := slices.Contains([]string{"All", "Keyed", "Hedged"}, e.Method)
	if e.From != before.To && lasts || e.From == e.To || e.Time.Before(before.Time) {
		c.report("breaker %s: from %s to %s, after from %s to %s", name, e.From, e.To, before.From, before.To)
	}
	c.last[name] = e
}
