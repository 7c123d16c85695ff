package resil_test

// This file draws the scripts of TestChangesLikeModel. It plays each step to the reference while it
// draws, so that steps fit what there is, and leaves out those whose outcome nobody promises. What
// is drawn first is what rapid shrinks to, so the simplest stands first.

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"pgregory.net/rapid"

	resil "github.com/resilgen/resilgen/runtime"
)

// drawScript draws a script.
func drawScript(r *rapid.T) *script {
	return rapid.Custom(func(r *rapid.T) *script {
		d := &drawing{script: &script{looks: rapid.Bool().Draw(r, "looks")}}
		d.drawMethods(r)
		d.world = d.newWorld()
		r.Repeat(map[string]func(*rapid.T){
			"call":        d.drawCall,
			"call again":  d.drawAgain,
			"call more":   d.drawAgain,
			"end":         d.drawEnd,
			"end more":    d.drawEnd,
			"cancel":      d.drawCancel,
			"reload":      d.drawReload,
			"reload more": d.drawReload,
			"operate":     d.drawOperator,
			"come and go": d.drawClient,
		})
		d.drawBurst()
		return d.script
	}).Draw(r, "script")
}

// GoString is what rapid prints of a script that it has drawn; the failure says the rest.
func (s *script) GoString() string { return fmt.Sprintf("%d steps", len(s.steps)) }

// A drawing is a script that is being drawn, and the world after its last step.
type drawing struct {
	*script
	world *world
}

// add adds a step, unless nothing is promised about it.
func (d *drawing) add(s scriptStep) bool {
	d.world.step(s)
	if d.world.doubt == "" {
		d.steps = append(d.steps, s)
		return true
	}
	d.world = d.newWorld()
	for _, s := range d.steps {
		d.world.step(s)
	}
	return false
}

func drawOf[T any](r *rapid.T, what string, list ...T) T {
	return rapid.SampledFrom(list).Draw(r, what)
}

// drawMethods draws what the methods of all clients are.
func (d *drawing) drawMethods(r *rapid.T) {
	shared := drawBreaker(r) + " scope=" + drawOf(r, "scope", "shared", resil.ScopeClient)
	room := drawBulkhead(r) + " scope=" + drawOf(r, "scope", "room", resil.ScopeClient)
	rate := drawRateLimit(r) + " scope=" + drawOf(r, "scope", "rate", resil.ScopeClient)
	sharing := rapid.Bool().Draw(r, "sharing")
	judging := rapid.Bool().Draw(r, "judging")
	for _, name := range []string{"Get", "List", "Put"}[:rapid.IntRange(1, 3).Draw(r, "methods")] {
		m := refMethod{name: name}
		var lines []string
		if drawOf(r, "retry", false, true) {
			lines = append(lines, drawRetry(r))
		} else if rapid.Bool().Draw(r, "NoRetry") {
			m.traits.NoRetry = "its annotation says retry off"
		}
		which := drawOf(r, "breaker", "own", "own", "shared", "per key", "none")
		if sharing {
			which = "shared"
		}
		switch which {
		case "own":
			lines = append(lines, drawBreaker(r)+" scope=method")
		case "shared":
			lines = append(lines, shared)
		case "per key":
			lines = append(lines, drawBreaker(r)+" key=host")
		}
		if drawOf(r, "timeout", false, true) {
			lines = append(lines, drawTimeout(r))
		} else if rapid.Bool().Draw(r, "NoTimeout") {
			m.traits.NoTimeout = "its result outlives the call"
		}
		switch drawOf(r, "bulkhead", "none", "own", "shared", "none") {
		case "own":
			lines = append(lines, drawBulkhead(r))
		case "shared":
			lines = append(lines, room)
		}
		switch drawOf(r, "ratelimit", "none", "own", "shared", "none", "none") {
		case "own":
			lines = append(lines, drawRateLimit(r))
		case "shared":
			lines = append(lines, rate)
		}
		p, err := resil.ParsePolicy(strings.Join(lines, "\n"))
		if err != nil {
			panic(err)
		}
		if p.Retry != nil && drawOf(r, "patient", false, true) {
			p.Retry.On = []resil.Match{resil.MatchError("resil.ErrOpen", resil.ErrOpen), resil.MatchError("errBackend", errBackend)}
		}
		if p.Breaker != nil && judging {
			p.Breaker.Never = []resil.Match{resil.MatchError("errHarmless", errHarmless)}
			p.Breaker.Ignore = []resil.Match{resil.MatchError("errIgnored", errIgnored)}
		}
		if inVain(p) { // generating refuses it
			p.Retry, p.Timeout, p.RateLimit = nil, nil, nil
		}
		p.Names = drawOf(r, "names", nil, []string{"base"})
		m.annotated = p
		d.methods = append(d.methods, m)
	}
}

// The policies of scripts have no dice in them, and no retry budget: that is for TestChangeBudget.
// Their times are such that seldom two things fall on one instant.

func drawBreaker(r *rapid.T) string {
	return "breaker jitter=none " + drawOf(r, "failures", "failures=2", "failures=3", "failures=50% min=2 window=4", "failures=50% min=3 window=10s",
		"failures=100% min=2 window=1s", "failures=3 slow=300ms slowcalls=50% min=2 window=3", "failures=5 slow=100ms slowcalls=50% min=2 window=10s") +
		drawOf(r, "open", " open=1s", " open=5s", " open=1s maxopen=3s") + drawOf(r, "probes", " probes=1", " probes=2") +
		drawOf(r, "per", "", "", " per=call")
}

func drawRetry(r *rapid.T) string {
	return "retry jitter=none budget=off" + drawOf(r, "attempts", " attempts=2", " attempts=3") + drawOf(r, "initial", " initial=0", " initial=150ms")
}

func drawTimeout(r *rapid.T) string {
	return "timeout" + drawOf(r, "times", " attempt=701ms", " call=2003ms", " attempt=701ms call=2003ms")
}

func drawBulkhead(r *rapid.T) string {
	return "bulkhead" + drawOf(r, "max", " max=1", " max=2", " max=3") + drawOf(r, "wait", " wait=0", " wait=402ms", " wait=5s")
}

func drawRateLimit(r *rapid.T) string {
	return "ratelimit" + drawOf(r, "rate", " rate=2/s", " rate=1/s", " rate=10/s") + drawOf(r, "burst", " burst=2", " burst=1", " burst=3") +
		drawOf(r, "wait", " wait=0", " wait=1250ms", " wait=5s")
}

// drawAfter draws how much time passes before a step: hardly any, some, or as much as to the
// instant when something is over.
func (d *drawing) drawAfter(r *rapid.T) time.Duration {
	const apart = time.Microsecond // so that no two steps are at one instant
	list := []time.Duration{apart, apart, apart, 0, 100*time.Millisecond + apart, 500*time.Millisecond + apart, time.Second + apart, 5*time.Second + apart, time.Minute + apart}
	after := drawOf(r, "after", list...)
	if after > 0 {
		return after
	}
	var ends []time.Duration
	for _, c := range d.world.clients {
		for _, b := range c.all() {
			if b.state == resil.Open && b.forced == "" {
				ends = append(ends, b.until()-d.world.now)
			}
			for _, p := range b.probes {
				ends = append(ends, p.began+b.openTime()-d.world.now)
			}
		}
	}
	ends = slices.DeleteFunc(ends, func(e time.Duration) bool { return e <= 0 })
	if len(ends) == 0 {
		return apart
	}
	return max(1, drawOf(r, "to the end of", ends...)+drawOf(r, "off by", 0, 0, -apart, 1, -time.Millisecond))
}

// drawMethod draws a client that there is, a method, and a key where it has them.
func (d *drawing) drawMethod(r *rapid.T) (s scriptStep) {
	var there []int
	for i, c := range d.world.clients {
		if c != nil {
			there = append(there, i)
		}
	}
	s.after = d.drawAfter(r)
	s.client = drawOf(r, "client", there...)
	m := drawOf(r, "method", d.methods...)
	s.method = m.name
	if m.keyed() {
		s.key = drawOf(r, "key", "a", "b")
	}
	return s
}

func (m *refMethod) keyed() bool { return m.annotated.Breaker != nil && m.annotated.Breaker.Key != "" }

func (d *drawing) drawCall(r *rapid.T) {
	s := d.drawMethod(r)
	s.do = doCall
	s.acts = rapid.SliceOfN(rapid.Custom(func(r *rapid.T) act {
		a := act{ends: drawOf(r, "ends", fails, fails, fails, fails, fails, succeeds, succeeds, asks, isFinal, ignored, harmless, panics, exits)}
		if drawOf(r, "hangs", false, false, true) {
			a.hangs, a.heeds = true, rapid.Bool().Draw(r, "heeds")
		}
		return a
	}), 1, 3).Draw(r, "acts")
	if m := d.world.clients[s.client].method(s.method); m.policy.Bulkhead != nil && m.policy.Bulkhead.Wait > 0 {
		s.acts[0].hangs = true // it may have to wait, and who lets it in may end at the same instant
	}
	s.deadline = drawOf(r, "deadline", 0, 0, 0, 0, 0, 333*time.Millisecond, 1111*time.Millisecond)
	s.cancelled = drawOf(r, "has left", false, false, false, false, false, false, false, true)
	d.add(s)
}

// drawAgain draws the last call once more, a moment later: failures in a row are what opens
// breakers.
func (d *drawing) drawAgain(r *rapid.T) {
	for _, s := range slices.Backward(d.steps) {
		if s.do == doCall && d.world.clients[s.client] != nil {
			s.after = d.drawAfter(r)
			s.deadline, s.cancelled = 0, false
			s.acts = []act{{ends: drawOf(r, "ends", fails, fails, fails, succeeds)}}
			d.add(s)
			return
		}
	}
	d.drawCall(r)
}

// drawUnderWay draws a call that is not over.
func (d *drawing) drawUnderWay(r *rapid.T, which func(*refCall) bool) (int, bool) {
	var list []int
	for i, c := range d.world.calls {
		if which(c) {
			list = append(list, i)
		}
	}
	if len(list) == 0 {
		return 0, false
	}
	return drawOf(r, "call", list...), true
}

// drawEnd ends an attempt that hangs.
func (d *drawing) drawEnd(r *rapid.T) {
	if call, ok := d.drawUnderWay(r, func(c *refCall) bool { return c.doing == running }); ok {
		s := scriptStep{after: d.drawAfter(r), do: doEnd, call: call, ends: drawOf(r, "ends", fails, fails, succeeds, succeeds, succeeds, asks, isFinal, ignored, harmless, panics, exits)}
		d.addIf(s, func() bool { return d.world.calls[call].doing == running })
	}
}

// drawCancel makes a caller leave.
func (d *drawing) drawCancel(r *rapid.T) {
	if call, ok := d.drawUnderWay(r, func(c *refCall) bool { return c.doing != over }); ok {
		d.add(scriptStep{after: d.drawAfter(r), do: doCancel, call: call})
	}
}

// addIf adds a step that makes sense only if something still holds when its time has come.
func (d *drawing) addIf(s scriptStep, holds func() bool) {
	if d.add(scriptStep{after: s.after, do: doNothing}) && holds() {
		s.after = 0
		d.add(s)
	}
}

// drawReload draws a file: mostly the last one with one thing more, less or other.
func (d *drawing) drawReload(r *rapid.T) {
	s := scriptStep{after: d.drawAfter(r), do: doReload}
	f := refFile{entries: slices.Clone(d.world.file.entries)}
	switch drawOf(r, "file", "more", "more", "more", "less", "empty", "share", "leave", "broken") {
	case "more":
		for range rapid.IntRange(1, 2).Draw(r, "entries") {
			f.set(drawEntry(r, d.methods))
		}
	case "less":
		if len(f.entries) > 0 {
			f.entries = slices.Delete(f.entries, 0, 1)
		}
	case "empty":
		f.entries = nil
	case "share":
		d.drawShare(r, &f)
	case "leave":
		who := drawOf(r, "who", d.methods...).name
		if call, ok := d.drawUnderWay(r, func(c *refCall) bool { return c.doing != over }); ok {
			who = d.world.calls[call].method.name
		}
		f.set(refEntry{client: "test.Client", method: who, directive: "breaker", args: "jitter=none scope=method"})
	case "broken":
		f.broken = drawOf(r, "broken", "syntax", "key", "value")
	}
	s.file = f
	d.add(s)
}

// set says something in a file, in place of what it said of the same.
func (f *refFile) set(e refEntry) {
	f.entries = slices.DeleteFunc(f.entries, func(o refEntry) bool {
		o.args = e.args
		return o == e
	})
	f.entries = append(f.entries, e)
}

// drawEntry draws what a file says of one directive.
func drawEntry(r *rapid.T, methods []refMethod) (e refEntry) {
	switch drawOf(r, "level", "method", "client", "policy", "nobody") {
	case "method":
		e.client, e.method = "test.Client", drawOf(r, "method", methods...).name
	case "client":
		e.client = drawOf(r, "client", "test.Client", "test.Other")
	case "policy":
		e.policy = "base"
	case "nobody": // who may come one day
		e.client, e.method = drawOf(r, "client", "test.Client", "test.Nobody"), "Nothing"
	}
	e.directive = drawOf(r, "directive", "breaker", "breaker", "breaker", "timeout", "bulkhead", "ratelimit", "retry", "hedge")
	if drawOf(r, "off", false, false, false, false, true) {
		e.args = "off"
		return e
	}
	var line string
	switch e.directive {
	case "breaker":
		line = "breaker jitter=none " + drawOf(r, "breaker", "open=1s", "open=5s", "open=60s", "failures=2", "failures=5", "failures=50% min=2 window=4",
			"failures=50% min=3 window=10s", "window=5s", "window=20s", "window=6", "slow=300ms", "slow=1s slowcalls=100%", "per=call", "per=attempt",
			"probes=1", "probes=3", "maxopen=10s", "scope=method", "scope=client")
	case "timeout":
		line = drawTimeout(r)
	case "bulkhead":
		line = drawBulkhead(r) + drawOf(r, "scope", "", " scope=method", " scope=room", " scope=client")
	case "ratelimit":
		line = drawRateLimit(r) + drawOf(r, "scope", "", " scope=method", " scope=rate", " scope=client")
	case "retry":
		line = drawRetry(r)
	case "hedge":
		line = "hedge after=50ms"
	}
	_, e.args, _ = strings.Cut(line, " ")
	return e
}

// drawShare makes a method share the breaker of another one.
func (d *drawing) drawShare(r *rapid.T, f *refFile) {
	a, b := drawOf(r, "who", d.methods...), drawOf(r, "with", d.methods...)
	for _, c := range d.world.clients {
		if c == nil || c.name != "test.Client" {
			continue
		}
		p := c.method(b.name).policy.Breaker
		if p == nil || p.Key != "" || a.keyed() {
			return
		}
		said := *withoutGo(resil.Policy{Breaker: p}).Breaker
		if said.Scope == resil.ScopeMethod {
			said.Scope = "both"
		}
		_, args, _ := strings.Cut(resil.Policy{Breaker: &said}.String(), " ")
		f.set(refEntry{client: c.name, method: b.name, directive: "breaker", args: args})
		f.set(refEntry{client: c.name, method: a.name, directive: "breaker", args: args})
		return
	}
}

func (d *drawing) drawOperator(r *rapid.T) {
	s := d.drawMethod(r)
	s.do = drawOf(r, "operator", doReset, doForceOpen, doForceClosed)
	if s.key != "" && drawOf(r, "all keys", false, true) {
		s.key = ""
	}
	d.add(s)
}

// drawClient makes a client come, or go if nothing is under way there.
func (d *drawing) drawClient(r *rapid.T) {
	if !drawOf(r, "at all", false, false, true) {
		return
	}
	s := scriptStep{after: d.drawAfter(r), do: doAdd, name: drawOf(r, "name", "test.Client", "test.Other")}
	idle := -1
	there := 0
	for i, c := range d.world.clients {
		if c != nil {
			there++
			if !slices.ContainsFunc(d.world.calls, func(o *refCall) bool { return o.method.client == c && o.doing != over }) {
				idle = i
			}
		}
	}
	if drawOf(r, "come or go", doAdd, doDrop) == doDrop || there == 3 {
		if there == 1 || idle < 0 {
			return
		}
		s = scriptStep{after: s.after, do: doDrop, client: idle}
	}
	d.add(s)
}

// drawBurst ends all calls, and fills what has room: nothing may have been lost.
func (d *drawing) drawBurst() {
	for i := range d.world.calls {
		if d.world.calls[i].doing != over {
			d.add(scriptStep{after: time.Microsecond, do: doCancel, call: i})
		}
	}
	d.endAll()
	d.add(scriptStep{after: 50 * time.Second, do: doNothing})
	for i, c := range d.world.clients {
		if c == nil {
			continue
		}
		for _, m := range c.methods {
			key := ""
			if m.keyed() {
				key = "a"
			}
			if m.policy.Bulkhead == nil && m.policy.RateLimit == nil {
				continue
			}
			for range 4 {
				d.add(scriptStep{after: time.Microsecond, do: doCall, client: i, method: m.name, key: key, acts: []act{{ends: succeeds, hangs: true}}})
			}
		}
	}
	d.endAll()
	d.add(scriptStep{after: 10 * time.Second, do: doNothing})
}

// endAll lets all attempts succeed that run.
func (d *drawing) endAll() {
	for i := range d.world.calls {
		if d.world.calls[i].doing == running {
			d.add(scriptStep{after: time.Microsecond, do: doEnd, call: i, ends: succeeds})
		}
	}
}
