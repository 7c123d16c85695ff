package resil_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	resil "github.com/resilgen/resilgen/runtime"
)

// TestChangesLikeModel plays random scripts to clients in virtual time, and compares all that can
// be seen of them, after every step, with what the reference says. The steps are calls whose
// attempts succeed, fail, hang, heed their contexts or not, panic, exit, and end late; callers that
// leave; files of overrides, right and wrong; operators; clients that come and go; and time, also
// to the very instant at which a breaker's open time or a lease is over.
//
// A script that fails is printed as it was shrunk, step by step, with what differs. More scripts:
// -rapid.checks=10000.
func TestChangesLikeModel(t *testing.T) {
	path := filepath.Join(t.TempDir(), "overrides.json")
	checkVirtually(t, func(r *rapid.T) func() error {
		s := drawScript(r)
		return func() error { return s.play(path) }
	})
}

// A script is what clients are made of, and what happens to them.
type script struct {
	methods []refMethod
	steps   []scriptStep
	looks   bool // at every breaker after every step; else nobody asks before the end, and all must turn by themselves
}

// A scriptStep is time that passes, and then one thing that happens.
type scriptStep struct {
	after     time.Duration
	do        string
	client    int
	name      string // of a client that comes
	method    string
	key       string
	acts      []act
	deadline  time.Duration // of the caller, from now; 0 for none
	cancelled bool          // the caller has left before
	call      int           // that ends or is cancelled
	ends      ending
	file      refFile
}

// What a step does.
const (
	doCall        = "call"
	doEnd         = "end"
	doCancel      = "cancel"
	doReload      = "reload"
	doForceOpen   = "force open"
	doForceClosed = "force closed"
	doReset       = "reset"
	doAdd         = "add a client"
	doDrop        = "drop client"
	doNothing     = "nothing"
)

// settles is how long a breaker may take to be half-open whose open= was lowered so that its time
// is over.
const settles = time.Microsecond

// String returns the step as a line of the script.
func (s scriptStep) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%-12s %s", s.after, s.do)
	switch s.do {
	case doCall:
		fmt.Fprintf(&b, " %d.%s", s.client, s.method)
		if s.key != "" {
			fmt.Fprintf(&b, "(%s)", s.key)
		}
		if s.deadline > 0 {
			fmt.Fprintf(&b, " within %s", s.deadline)
		}
		if s.cancelled {
			b.WriteString(" by one who has left")
		}
		for i, a := range s.acts {
			how := string(a.ends)
			if a.hangs {
				how = "hangs"
			}
			if a.hangs && a.heeds {
				how = "hangs, heeds"
			}
			fmt.Fprintf(&b, "%s %s", []string{":", ","}[min(i, 1)], how)
		}
	case doEnd:
		fmt.Fprintf(&b, " call %d: %s", s.call, s.ends)
	case doCancel:
		fmt.Fprintf(&b, " call %d", s.call)
	case doReload:
		fmt.Fprintf(&b, " %s", s.file)
	case doForceOpen, doForceClosed, doReset:
		fmt.Fprintf(&b, " %d.%s", s.client, s.method)
		if s.key != "" {
			fmt.Fprintf(&b, "(%s)", s.key)
		}
	case doAdd:
		fmt.Fprintf(&b, " %s", s.name)
	case doDrop:
		fmt.Fprintf(&b, " %d", s.client)
	}
	return b.String()
}

// newWorld is the reference before the first step: one client.
func (s *script) newWorld() *world {
	w := &world{methods: s.methods, read: "{}"}
	w.addClient("test.Client")
	return w
}

// step does to the reference what a step says.
func (w *world) step(s scriptStep) {
	w.pass(s.after)
	defer w.stir()
	switch s.do {
	case doCall:
		deadline := forever
		if s.deadline > 0 {
			deadline = w.now + s.deadline
		}
		w.begin(w.clients[s.client].method(s.method), s.key, s.acts, deadline, s.cancelled)
	case doEnd:
		w.calls[s.call].ran(s.ends)
	case doCancel:
		w.calls[s.call].cancel()
	case doReload:
		w.reload(s.file)
		w.pass(settles)
	case doForceOpen, doForceClosed, doReset:
		w.clients[s.client].method(s.method).force(s.key, map[string]string{doForceOpen: "open", doForceClosed: "closed"}[s.do])
	case doAdd:
		w.addClient(s.name)
	case doDrop:
		w.clients[s.client] = nil
	}
}

// play plays the script in a bubble.
func (s *script) play(path string) error {
	p := &player{path: path, script: s}
	if err := p.write("{}"); err != nil {
		return err
	}
	var err error
	if p.overrides, err = resil.LoadOverrides(p.path); err != nil {
		return err
	}
	w := s.newWorld()
	p.addClient("test.Client")
	for i, step := range s.steps {
		w.step(step)
		differ := p.step(step)
		if differ == "" {
			synctest.Wait()
			differ = p.compare(w, s.looks || i == len(s.steps)-1)
		}
		if differ != "" {
			p.end()
			return s.failed(i, differ)
		}
	}
	p.end()
	return nil
}

// failed is the error of a script that failed at step i: all of it, for who wants to understand.
func (s *script) failed(i int, differ string) error {
	var b strings.Builder
	b.WriteString("\n")
	for _, m := range s.methods {
		fmt.Fprintf(&b, "%s %+v %q\n", m.name, m.traits, m.annotated.Names)
		for line := range strings.Lines(m.annotated.String() + "\n") {
			fmt.Fprintf(&b, "    %s", line)
		}
	}
	for _, step := range s.steps[:i+1] {
		fmt.Fprintf(&b, "%s\n", step)
	}
	return fmt.Errorf("%s%s", b.String(), differ)
}

// A player does to real clients what a script says.
type player struct {
	*script
	path      string
	overrides *resil.Overrides
	clients   []*played // nil once dropped
	calls     []*playedCall
}

// A played is one client, and what its observer was told.
type played struct {
	client   *resil.Client
	mu       sync.Mutex
	states   map[string][]string
	changes  map[string]int
	refusals int
}

// Observe notes an event.
func (c *played) Observe(e resil.Event) {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch e.Kind {
	case resil.StateChanged:
		name := e.Method
		if e.Key != "" {
			name += "/" + e.Key
		}
		c.states[name] = append(c.states[name], fmt.Sprintf("%s→%s", e.From, e.To))
	case resil.PolicyChanged:
		c.changes[e.Method]++
	case resil.OverridesRefused:
		c.refusals++
	}
}

// noted returns what has been told so far: a later event may come while this is being looked at.
func (c *played) noted() (states map[string][]string, changes map[string]int, refusals int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return maps.Clone(c.states), maps.Clone(c.changes), c.refusals
}

// A playedCall is one call: what the script does to it, and what its caller saw, which is read once
// it is over.
type playedCall struct {
	cancel   context.CancelFunc
	goOn     chan ending // of the attempt that hangs
	attempts atomic.Int64
	over     atomic.Bool
	err      error
	thrown   any
	exited   bool
}

// What attempts return, besides errBackend.
var (
	errFinal    = resil.Permanent(errBackend)
	errAsks     = resil.RetryAfter(errBackend, asked)
	errIgnored  = errors.New("ignore this")
	errHarmless = errors.New("this is harmless")
)

func (p *player) write(text string) error { return os.WriteFile(p.path, []byte(text), 0o600) }

func (p *player) addClient(name string) {
	c := &played{states: map[string][]string{}, changes: map[string]int{}}
	c.client = resil.New(name, p, resil.WithOverrides(p.overrides), resil.WithObserver(c))
	for _, m := range p.methods {
		c.client.GuardWith(m.name, m.traits, m.annotated)
	}
	c.client.Ready()
	p.clients = append(p.clients, c)
}

// step does what a step says, and returns what went wrong.
func (p *player) step(s scriptStep) (wrong string) {
	defer func() {
		if thrown := recover(); thrown != nil {
			wrong = fmt.Sprintf("panic: %v\n%s", thrown, debug.Stack())
		}
	}()
	time.Sleep(s.after)
	switch s.do {
	case doCall:
		p.call(s)
	case doEnd:
		p.calls[s.call].goOn <- s.ends
	case doCancel:
		p.calls[s.call].cancel()
	case doReload:
		if err := p.write(s.file.json()); err != nil {
			return err.Error()
		}
		if err := p.overrides.Reload(); err == nil && s.file.broken != "" {
			return "the file was not refused: " + s.file.json()
		}
		time.Sleep(settles)
	case doForceOpen:
		p.guard(s).ForceOpen()
	case doForceClosed:
		p.guard(s).ForceClosed()
	case doReset:
		p.guard(s).Reset()
	case doAdd:
		p.addClient(s.name)
	case doDrop:
		p.clients[s.client] = nil
		runtime.GC()
		runtime.GC() // what the first found unreachable
	}
	return ""
}

func (p *player) guard(s scriptStep) *resil.Guard {
	g := p.clients[s.client].client.Method(s.method)
	if s.key != "" {
		g = g.For(s.key)
	}
	return g
}

// call begins a call on a goroutine of its own.
func (p *player) call(s scriptStep) {
	g := p.guard(s)
	c := &playedCall{goOn: make(chan ending, 1)}
	p.calls = append(p.calls, c)
	ctx, cancel := context.WithCancel(context.Background())
	c.cancel = cancel
	if s.cancelled {
		cancel()
	}
	if s.deadline > 0 {
		ctx, cancel = context.WithTimeout(ctx, s.deadline)
	}
	go func() {
		returned := false
		defer func() {
			c.thrown = recover()
			c.exited = !returned && c.thrown == nil
			c.over.Store(true)
			cancel()
			c.cancel()
		}()
		c.err = g.Do(ctx, func(ctx context.Context) error {
			n := int(c.attempts.Add(1))
			return c.attempt(ctx, s.acts[min(n, len(s.acts))-1])
		})
		returned = true
	}()
}

func (c *playedCall) attempt(ctx context.Context, a act) error {
	how := a.ends
	if a.hangs {
		var done <-chan struct{}
		if a.heeds {
			done = ctx.Done()
		}
		select {
		case how = <-c.goOn:
		case <-done:
			return ctx.Err()
		}
	}
	switch how {
	case fails:
		return errBackend
	case isFinal:
		return errFinal
	case asks:
		return errAsks
	case ignored:
		return errIgnored
	case harmless:
		return errHarmless
	case panics:
		panic("boom")
	case exits:
		runtime.Goexit()
	}
	return nil
}

// end ends all calls, whatever they do.
func (p *player) end() {
	for _, c := range p.calls {
		c.cancel()
	}
	for range 10 {
		synctest.Wait()
		for _, c := range p.calls {
			if !c.over.Load() {
				select {
				case c.goOn <- succeeds:
				default:
				}
			}
		}
		time.Sleep(time.Minute)
	}
}

// compare returns what differs between what is and what should be.
func (p *player) compare(w *world, looks bool) string {
	var list []string
	differ := func(what string, got, want any) {
		if got, want := fmt.Sprint(got), fmt.Sprint(want); got != want {
			list = append(list, fmt.Sprintf("%s: got %s, want %s", what, got, want))
		}
	}
	for i, c := range w.calls {
		got := p.calls[i]
		differ(fmt.Sprintf("call %d: attempts", i), got.attempts.Load(), c.attempts)
		switch isOver := got.over.Load(); {
		case isOver && c.doing == over:
			differ(fmt.Sprintf("call %d", i), got.seen(c.sees), c.sees)
		case isOver:
			differ(fmt.Sprintf("call %d", i), fmt.Sprintf("%+v", got.seen(refResult{is: []string{"nothing"}})), c.doing)
		case c.doing == over:
			differ(fmt.Sprintf("call %d", i), "nothing", c.sees)
		}
	}
	for i, c := range w.clients {
		if c == nil {
			continue
		}
		got := p.clients[i]
		snapshot := got.client.Snapshot()
		events, changes, refusals := got.noted()
		for n, m := range c.methods {
			name := fmt.Sprintf("%d.%s", i, m.name)
			g := got.client.Method(m.name)
			differ(name+": policy", g.Policy().String(), m.policy.String())
			differ(name+": times it changed", changes[m.name], m.changes)
			differ(name+": calls that", m.ends.seen(snapshot.Methods[n]), m.ends)
			if looks {
				p.compareBreakers(name, g, m, differ)
			}
		}
		if looks {
			for _, event := range slices.Sorted(maps.Keys(c.events)) {
				states, want := events[strings.TrimPrefix(event, "scope ")], c.events[event]
				if c.blurred[event] {
					states, want = lastState(states), lastState(want)
				}
				differ(fmt.Sprintf("client %d: events of %s", i, event), states, want)
			}
			for _, event := range slices.Sorted(maps.Keys(events)) {
				if c.events[event] == nil && c.events["scope "+event] == nil {
					differ(fmt.Sprintf("client %d: events of %s", i, event), events[event], nil)
				}
			}
		}
		differ(fmt.Sprintf("client %d: files refused", i), refusals, c.refusals)
	}
	return strings.Join(list, "\n")
}

// lastState returns where the last of the events led to.
func lastState(events []string) []string {
	if len(events) == 0 {
		return nil
	}
	_, to, _ := strings.Cut(events[len(events)-1], "→")
	return []string{to}
}

func (p *player) compareBreakers(name string, g *resil.Guard, m *refMethod, differ func(string, any, any)) {
	if p := m.policy.Breaker; p == nil || p.Key == "" {
		b := m.breaker("")
		differ(name+": state", g.State(), b.shown())
		differ(name+": time left", rounded(g.TimeLeft(), b.left()), b.left())
		return
	}
	worst := resil.Closed
	if m.forced == "open" {
		worst = resil.Open
	}
	for _, key := range slices.Sorted(maps.Keys(m.keys)) {
		b := m.breaker(key)
		differ(name+"("+key+"): state", g.For(key).State(), b.shown())
		differ(name+"("+key+"): time left", rounded(g.For(key).TimeLeft(), b.left()), b.left())
		if s := b.shown(); s == resil.Open || s == resil.HalfOpen && worst == resil.Closed {
			worst = s
		}
	}
	differ(name+": worst state", g.State(), worst)
}

// rounded returns the time that is wanted if the other is as good as that: a token comes in a time
// that is no number of nanoseconds.
func rounded(got, want time.Duration) time.Duration {
	if near(got, want) {
		return want
	}
	return got
}

// seen is what the caller saw, in the words of the reference: of all that an error is, only what it
// should be.
func (c *playedCall) seen(want refResult) refResult {
	switch {
	case c.exited:
		return refResult{ends: exits}
	case c.thrown == "boom":
		return refResult{ends: panics}
	case c.thrown != nil:
		return refResult{ends: ending(fmt.Sprintf("panics with %v", c.thrown))}
	case c.err == nil:
		return refResult{ends: succeeds}
	}
	seen := refResult{ends: fails}
	for _, name := range want.is {
		if errors.Is(c.err, sentinels[name]) {
			seen.is = append(seen.is, name)
		}
	}
	if len(seen.is) < len(want.is) {
		seen.is = append(seen.is, "in fact: "+c.err.Error())
	}
	seen.same = want.same && slices.Contains([]error{errBackend, errFinal, errAsks, errIgnored, errHarmless}, c.err)
	return seen
}

var sentinels = map[string]error{
	"backend": errBackend, "open": resil.ErrOpen, "full": resil.ErrBulkheadFull, "limited": resil.ErrRateLimited, "timeout": resil.ErrTimeout,
	"attempts": resil.ErrAttempts, "cancelled": context.Canceled, "deadline": context.DeadlineExceeded,
	string(ignored): errIgnored, string(harmless): errHarmless,
}

// seen is what a snapshot counts, in the words of the reference.
func (e refEnds) seen(m resil.MethodSnapshot) refEnds {
	s := refEnds{int(m.Succeeded), int(m.Failed), int(m.Neither), int(m.RejectedOpen), int(m.RejectedFull), int(m.RejectedRate), int(m.Attempts), 0}
	for _, count := range []struct{ got, want *int }{{&s.failed, &e.failed}, {&s.neither, &e.neither}, {&s.open, &e.open}} {
		for *count.got > *count.want && s.unsure < e.unsure {
			*count.got--
			s.unsure++
		}
	}
	return s
}
