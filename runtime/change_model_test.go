package resil_test

// This file is the reference that TestChangesLikeModel holds clients against: what calls must see
// while policies, operators and clients change. It is written for readers, from what is promised,
// and knows no locks, no timers and no clever counting. Time is the time since the beginning.
//
// Where nothing is promised (who is first of two at one instant; what an attempt tells a breaker
// that its method has left) the model says so by a doubt. A script has no step that meets one.

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"time"

	resil "github.com/resilgen/resilgen/runtime"
)

const forever = time.Duration(math.MaxInt64)

// A world is all clients of a program, and the one file of overrides that they have.
type world struct {
	now     time.Duration
	file    refFile // in force
	read    string  // the last file, in force or not
	methods []refMethod
	clients []*refClient // nil once dropped
	calls   []*refCall
	doubt   string // why nothing is promised about the last step; empty if everything is
	flaw    string // what this reference gets wrong, for TestChangeModelTellsFlaws; empty for nothing
}

func (w *world) doubtful(why string) {
	if w.doubt == "" {
		w.doubt = why
	}
}

// A refClient is one client: its methods, and what policies count, by scope.
type refClient struct {
	*world
	name      string
	methods   []*refMethod
	breakers  map[string]*refBreaker
	bulkheads map[string]*refBulkhead
	limiters  map[string]*refLimiter
	refusals  int // files refused
	events    map[string][]string
	blurred   map[string]bool // of whose events only the last is promised
}

// A refMethod is one method. The first three fields are given, the others follow.
type refMethod struct {
	name      string
	traits    resil.Traits
	annotated resil.Policy

	client  *refClient
	policy  resil.Policy // in force
	changes int          // of it
	keys    map[string]bool
	forced  string // what an operator wants of its breaker, or of those of all its keys, whatever files do to them
	room    *refBulkhead
	rate    *refLimiter
	ends    refEnds
}

// refEnds is how calls ended.
type refEnds struct {
	succeeded, failed, neither, open, full, limited, attempts int
	unsure                                                    int // of which nothing says whether they failed
}

// pass lets time pass, and what it brings happen in order.
func (w *world) pass(d time.Duration) {
	end := w.now + d
	for {
		at, calls := w.next()
		if at > end {
			break
		}
		w.now = at
		w.turn() // what is over is over for everybody who comes at that instant
		if stirs := w.stir(); stirs && (near(at, end) || len(calls) > 0) || len(calls) > 1 || len(calls) == 1 && near(at, end) {
			w.doubtful("what happens first at one instant")
		}
		if len(calls) > 0 {
			calls[0].wakes()
			w.stir()
		}
	}
	w.now = end
	w.turn()
}

// next returns when something happens by itself, and to which calls.
func (w *world) next() (at time.Duration, calls []*refCall) {
	at = forever
	for _, c := range w.clients {
		for _, b := range c.all() {
			if b.state == resil.Open {
				at = min(at, b.over())
			}
		}
	}
	for _, c := range w.calls {
		switch t := c.wakesAt(); {
		case t < at:
			at, calls = t, []*refCall{c}
		case t == at && t < forever:
			calls = append(calls, c)
		}
	}
	return at, calls
}

func (w *world) turn() {
	for _, c := range w.clients {
		for _, b := range c.all() {
			b.turn()
			if b.state == resil.Open && near(w.now, b.until()) {
				w.doubtful("a breaker that is open for less than a microsecond")
			}
		}
	}
}

// all returns the client's breakers.
func (c *refClient) all() (list []*refBreaker) {
	if c == nil {
		return nil
	}
	for _, name := range slices.Sorted(maps.Keys(c.breakers)) {
		list = append(list, c.breakers[name])
	}
	return list
}

func (w *world) addClient(name string) {
	c := &refClient{world: w, name: name, breakers: map[string]*refBreaker{}, bulkheads: map[string]*refBulkhead{}, limiters: map[string]*refLimiter{},
		events: map[string][]string{}, blurred: map[string]bool{}}
	for _, m := range w.methods {
		m.client, m.keys = c, map[string]bool{}
		c.methods = append(c.methods, &m)
	}
	w.clients = append(w.clients, c)
	generated, _ := refFile{}.policies(c)
	c.put(generated)
	for _, m := range c.methods {
		m.changes = 0
	}
	if policies, err := w.file.policies(c); err == nil {
		c.put(policies)
	} else {
		c.refusals++
	}
}

func (c *refClient) method(name string) *refMethod {
	for _, m := range c.methods {
		if m.name == name {
			return m
		}
	}
	return nil
}

// reload puts a file in force. One that cannot be read changes nothing. One that contradicts itself
// for a client, or wants what a method of it may not have, changes nothing for this client. The
// same file again is no news.
func (w *world) reload(f refFile) {
	if f.json() == w.read {
		return
	}
	w.read = f.json()
	if f.broken == "" {
		w.file = f
	}
	for _, c := range w.clients {
		if c == nil {
			continue
		}
		for _, b := range c.all() {
			b.notNow()
		}
		if policies, err := f.policies(c); err == nil && f.broken == "" {
			c.put(policies)
		} else {
			c.refusals++
		}
	}
}

// put puts policies in force, one for each method. Calls under way go on by those that they began
// with.
func (c *refClient) put(policies []resil.Policy) {
	before := maps.Clone(c.breakers)
	went := c.leave(policies)
	rooms, rates := shares[*refBulkhead]{}, shares[*refLimiter]{}
	for i, m := range c.methods {
		if m.policy.String() != policies[i].String() {
			m.changes++
		}
		m.policy = policies[i]
		rooms.add(m.room, m.policy.Bulkhead != nil && c.bulkheads[limitScope(m.policy.Bulkhead.Scope, m)] == m.room)
		rates.add(m.rate, m.policy.RateLimit != nil && c.limiters[limitScope(m.policy.RateLimit.Scope, m)] == m.rate)
	}
	for _, m := range c.methods {
		if p := m.policy.Bulkhead; p != nil {
			m.room = moved(c, c.bulkheads, limitScope(p.Scope, m), m.room, rooms, &refBulkhead{client: c})
			m.room.resize(p.Max)
		} else {
			m.room = nil
		}
		if p := m.policy.RateLimit; p != nil {
			burst := int64(p.Burst)
			m.rate = moved(c, c.limiters, limitScope(p.Scope, m), m.rate, rates, &refLimiter{client: c, at: c.now, rate: int64(p.Rate), burst: burst, saved: burst * oneToken})
			m.rate.change(int64(p.Rate), burst)
		} else {
			m.rate = nil
		}
		c.join(m, before, went)
	}
	for _, b := range went {
		c.reconsider(b)
	}
	c.sendAway()
}

// reconsider lets what an operator wanted of a method leave a breaker with it.
func (c *refClient) reconsider(b *refBreaker) {
	wanted := ""
	for _, m := range c.methods {
		if p := m.policy.Breaker; p != nil && p.Key == "" && m.breaker("") == b && (wanted == "" || m.forced == "open") {
			wanted = m.forced
		}
	}
	if !b.gone && b.forced != wanted {
		b.force(wanted)
	}
}

// sendAway lets those who wait for a limit that nobody goes by any more look elsewhere.
func (c *refClient) sendAway() {
	var away []*refCall
	for _, call := range c.calls {
		forRoom := call.doing == inLineForRoom && call.isGone(func(m *refMethod) bool { return m.room == call.bulkhead })
		forRate := call.doing == inLineForRate && call.isGone(func(m *refMethod) bool { return m.rate == call.limiter })
		if call.method.client == c && (forRoom || forRate) {
			away = append(away, call)
		}
	}
	for i, call := range away {
		if i > 0 {
			c.doubtful("who of several comes first to where they are sent")
		}
		call.lookElsewhere()
	}
}

// shares is how many went by something, and how many of these leave.
type shares[T comparable] map[T]*[2]int

func (s shares[T]) add(one T, stays bool) {
	if s[one] == nil {
		s[one] = new([2]int)
	}
	s[one][0]++
	if !stays {
		s[one][1]++
	}
}

// moved returns the limit that a method goes by in a scope: the one that is there, or that was
// there; else its own from before, with all that this has counted, if it shared that with nobody;
// else a new one.
func moved[T any](c *refClient, all map[string]*T, scope string, from *T, who shares[*T], create *T) *T {
	switch there := all[scope]; {
	case there != nil:
		if w := who[there]; there != from && w != nil && w[0] == w[1] {
			c.doubtful("whether a limit is left or taken along that some leave when others come")
		}
		return there
	case from == nil:
		from = create
	case who[from][0] > 1:
		if who[from][1] > 1 {
			c.doubtful("who of several that leave a limit takes it along")
		}
		from = create
	}
	maps.DeleteFunc(all, func(_ string, other *T) bool { return other == from })
	all[scope] = from
	return from
}

// leave takes methods out of the breakers that their new policies do not name, and returns which.
// One that nobody belongs to any more falls silent.
func (c *refClient) leave(policies []resil.Policy) map[*refMethod]*refBreaker {
	stay := map[string]bool{} // where some member stays
	for i, m := range c.methods {
		was := scopes(m, m.policy)
		for _, scope := range scopes(m, policies[i]) {
			stay[scope] = stay[scope] || slices.Contains(was, scope)
		}
	}
	went := map[*refMethod]*refBreaker{}
	leaves := map[*refBreaker]int{}
	for i, m := range c.methods {
		is := scopes(m, policies[i])
		for _, scope := range scopes(m, m.policy) {
			b := c.breakers[scope]
			stays := slices.Contains(is, scope)
			if !stays || policies[i].Breaker.PerCall != m.policy.Breaker.PerCall {
				c.discount(m)
			}
			if stays {
				continue
			}
			_, key, keyed := strings.Cut(scope, "/")
			if leaves[b]++; leaves[b] > 1 && b.forced != "" {
				c.doubtful("what an operator wants of those who have not yet left when several do")
			}
			if !keyed {
				went[m] = b
			} else {
				delete(m.keys, key)
				if b.forced != m.forced {
					c.doubtful("whether it is remembered what an operator wanted of one key")
				}
			}
			if !stay[scope] {
				b.gone = true
			}
		}
	}
	maps.DeleteFunc(c.breakers, func(_ string, b *refBreaker) bool { return b.gone })
	return went
}

// join makes a method belong to the breaker that its policy names. One that is there goes on, by
// the numbers that are new. One that is not begins now: closed, or as the one that the method had
// so far, but with empty counts. What an operator wanted of the method's breaker goes wherever the
// method goes; if it goes nowhere, it is remembered.
func (c *refClient) join(m *refMethod, before map[string]*refBreaker, went map[*refMethod]*refBreaker) {
	from, p := went[m], m.policy.Breaker
	if p == nil {
		return
	}
	if p.Key != "" {
		if from != nil && m.forced != "" {
			c.doubtful("whether keys go by what an operator wanted of the breaker that they had before")
		}
		for _, scope := range scopes(m, resil.Policy{Breaker: p}) {
			c.breakers[scope].change(*p)
		}
		return
	}
	scope := scopes(m, resil.Policy{Breaker: p})[0]
	b := c.breakers[scope]
	switch {
	case b != nil:
		b.change(*p)
		if from != b {
			b.forceUnlessOutweighed(m.forced)
		}
		return
	case before[scope] != nil:
		c.doubtful("whether a breaker lives that some leave when others come")
	case m.annotated.Breaker != nil && m.annotated.Breaker.Key != "" && m.forced != "":
		c.doubtful("whether a breaker goes by what an operator wanted of the keys that the method had before")
	}
	b = &refBreaker{client: c, name: scope, settings: *p, state: resil.Closed}
	c.breakers[scope] = b
	if from != nil {
		b.takeOver(from)
	}
	b.forceUnlessOutweighed(m.forced)
	for other, had := range went {
		if other != m && slices.Contains(scopes(other, other.policy), scope) && from != had {
			c.doubtful("what a new breaker takes over if several come who had others")
		}
	}
}

// scopes returns the names of the breakers that a policy makes a method belong to.
func scopes(m *refMethod, p resil.Policy) (list []string) {
	switch b := p.Breaker; {
	case b == nil:
	case b.Key != "":
		for _, key := range slices.Sorted(maps.Keys(m.keys)) {
			list = append(list, m.name+"/"+key)
		}
	case b.Scope == resil.ScopeMethod:
		list = append(list, m.name)
	default:
		list = append(list, "scope "+b.Scope)
	}
	return list
}

func limitScope(scope string, m *refMethod) string {
	if scope == "" || scope == resil.ScopeMethod {
		return m.name
	}
	return "scope " + scope
}

// breaker returns the breaker that a call of the method meets; nil for none.
func (m *refMethod) breaker(key string) *refBreaker {
	p := m.policy.Breaker
	if p == nil || p.Key != "" && key == "" {
		return nil
	}
	if p.Key != "" && !m.keys[key] {
		m.keys[key] = true
		b := &refBreaker{client: m.client, name: m.name + "/" + key, settings: *p, state: resil.Closed}
		m.client.breakers[b.name] = b
		if m.forced != "" {
			b.force(m.forced)
		}
	}
	only := *m
	only.keys = map[string]bool{key: true}
	return m.client.breakers[scopes(&only, resil.Policy{Breaker: p})[0]]
}

// discount: what the calls of a method tell a breaker does not count any more, when the method has
// left it or it judges something else by now.
func (c *refClient) discount(m *refMethod) {
	for _, call := range c.calls {
		if call.method == m {
			call.discounted = true
		}
	}
}

// force is what an operator does to a method.
func (m *refMethod) force(key, how string) {
	switch b := m.policy.Breaker; {
	case b == nil && how == "":
		m.forced = ""
	case b == nil:
	case b.Key != "" && key == "":
		m.forced = how
		for _, key := range slices.Sorted(maps.Keys(m.keys)) {
			m.breaker(key).force(how)
		}
	case b.Key != "":
		m.breaker(key).force(how)
	default:
		shared := m.breaker(key)
		for _, other := range m.client.methods {
			if p := other.policy.Breaker; p != nil && p.Key == "" && other.breaker("") == shared {
				other.forced = how // it is theirs as well
			}
		}
		shared.force(how)
	}
}

// A refBreaker is a breaker: closed, open or half-open, whatever an operator wants instead.
type refBreaker struct {
	client    *refClient
	name      string
	settings  resil.Breaker
	gone      bool // nobody belongs to it: it lets pass who began by it, and tells nothing
	state     resil.State
	forced    string // "open" or "closed", by an operator
	epoch     int    // what began in another one is late, and discarded
	opened    time.Duration
	reopened  int // half-open states that failed since it was closed
	outcomes  []refOutcome
	streak    int           // failures in a row
	probes    []*refTicket  // under way
	successes int           // of probes
	turned    time.Duration // when it was last half-open by time
	openThen  time.Duration // open= when it opened
}

// A refOutcome is what the window remembers.
type refOutcome struct {
	at           time.Duration
	failed, slow bool
}

// A refTicket is the permission for one attempt, or for one call.
type refTicket struct {
	breaker  *refBreaker
	epoch    int
	began    time.Duration
	probe    bool
	late     bool // a probe that has lost its slot
	waited   bool // for a limit
	doubtful bool // a probe whose lease may be longer or shorter
}

// shown is the state that calls meet. A method without a breaker is closed.
func (b *refBreaker) shown() resil.State {
	switch {
	case b == nil || b.gone:
		return resil.Closed
	case b.forced == "open":
		return resil.Open
	}
	return b.state
}

// left is how long the breaker stays open: none can tell how long an operator wants it to.
func (b *refBreaker) left() time.Duration {
	if b.shown() != resil.Open || b.forced == "open" {
		return 0
	}
	return b.until() - b.client.now
}

// until is when the open time is over: the time it opened plus the open= now in force, doubled for
// each half-open state that failed.
func (b *refBreaker) until() time.Duration { return b.opened + b.openTime() }

// over is when it is not open any more.
func (b *refBreaker) over() time.Duration {
	if b.client.flaw == flawLate {
		return b.until() + 1
	}
	return b.until()
}

func (b *refBreaker) openTime() time.Duration {
	d := b.settings.Open
	if b.client.flaw == flawOldOpen {
		d = b.openThen
	}
	if limit := b.settings.MaxOpen; limit > 0 && b.client.flaw != flawSameOpen {
		for range b.reopened {
			d = min(2*d, limit)
		}
	}
	return d
}

// turn is what time does: the open time is over for every caller at that very instant.
func (b *refBreaker) turn() {
	if b.state == resil.Open && b.client.now >= b.over() {
		b.enter(resil.HalfOpen)
		b.turned = b.client.now
	}
}

// enter begins a state.
func (b *refBreaker) enter(s resil.State) {
	before := b.shown()
	if b.state == resil.HalfOpen && s == resil.Open {
		b.reopened++
	}
	b.restart(s)
	b.tell(before)
}

// restart begins an epoch in a state.
func (b *refBreaker) restart(s resil.State) {
	b.state = s
	b.epoch++
	b.probes, b.successes = nil, 0
	switch s {
	case resil.Closed:
		b.outcomes, b.streak, b.reopened = nil, 0, 0
	case resil.Open:
		b.opened, b.openThen = b.client.now, b.settings.Open
	}
}

func (b *refBreaker) tell(before resil.State) {
	if after := b.shown(); after != before {
		b.client.events[b.name] = append(b.client.events[b.name], fmt.Sprintf("%s→%s", before, after))
	}
}

// notNow: the instant at which the open time is over is promised to callers only.
func (b *refBreaker) notNow() {
	if b.turned == b.client.now && b.turned > 0 {
		b.client.doubtful("whether a breaker is still open for an operator who comes when its time is over")
	}
}

// force is what an operator does: it closes the breaker, forgets all, and lasts until the next
// time.
func (b *refBreaker) force(how string) {
	b.notNow()
	before := b.shown()
	b.forced = how
	b.restart(resil.Closed)
	b.tell(before)
}

// begin lets an attempt pass, or returns nil.
func (b *refBreaker) begin() *refTicket {
	t := &refTicket{breaker: b, epoch: b.epoch, began: b.client.now}
	if b.gone {
		return t
	}
	switch b.shown() {
	case resil.Open:
		return nil
	case resil.HalfOpen:
		if !b.room() {
			b.endLeases()
		}
		if !b.room() {
			return nil
		}
		t.probe = true
		b.probes = append(b.probes, t)
	}
	return t
}

// room reports whether a further probe may pass: no more at once than are wanted, and no more than
// could still be needed.
func (b *refBreaker) room() bool {
	n := b.successes
	for _, p := range b.probes {
		if !p.late {
			n++
		}
	}
	return n < b.settings.Probes
}

// firstLease is when the first of the probes under way has to give its slot away.
func (b *refBreaker) firstLease() time.Duration {
	first := forever
	for _, p := range b.probes {
		if !p.late {
			first = min(first, p.began+min(b.settings.Open, b.openTime()))
		}
	}
	return first
}

// endLeases takes the slots of probes that have been under way for the open time.
func (b *refBreaker) endLeases() {
	for _, p := range b.probes {
		took := b.client.now - p.began
		short, long := b.settings.Open, b.openTime()
		switch {
		case p.late:
		case took >= short && took < long || p.doubtful || took >= short && p.waited:
			b.client.doubtful("when the lease of a probe ends for which numbers changed, or that waited for a limit")
		case took >= long && b.client.flaw != flawNoLease:
			p.late = true
		}
	}
}

// What became of an attempt, to the breaker.
const (
	neither = "neither"
	success = "success"
	failure = "failure"
)

// settle takes an outcome.
func (b *refBreaker) settle(t *refTicket, outcome string, slow bool) {
	if t.epoch != b.epoch && b.client.flaw != flawLateCounts || b.gone {
		return
	}
	if outcome == neither && b.client.flaw == flawKeptSlot {
		return
	}
	b.probes = slices.DeleteFunc(b.probes, func(p *refTicket) bool { return p == t })
	if outcome == neither {
		return
	}
	switch {
	case !t.probe:
		b.record(refOutcome{b.client.now, outcome == failure, slow})
	case outcome == failure || slow:
		b.enter(resil.Open)
	default:
		b.successes++
		if b.successes >= b.settings.Probes {
			b.enter(resil.Closed)
		} else if t.late {
			b.client.doubtful("how many more probes may pass after one whose lease was over succeeded")
		}
	}
}

// record counts an outcome, and every outcome decides.
func (b *refBreaker) record(o refOutcome) {
	b.outcomes = append(b.outcomes, o)
	b.streak++
	if !o.failed {
		b.streak = 0
	}
	if b.forced == "" && b.tooMany() {
		b.enter(resil.Open)
	}
}

// tooMany reports whether what the breaker counted is too much. A time window slides in tenths,
// wherever they begin: what is up to a tenth of it too old may still be in it, and where that
// decides there is a doubt.
func (b *refBreaker) tooMany() bool {
	s := b.settings
	if n := s.ConsecutiveFailures; n > 0 && b.streak >= n {
		return true
	}
	if s.WindowCalls > 0 {
		return tooMany(s, b.outcomes[max(0, len(b.outcomes)-s.WindowCalls):])
	}
	if s.Window == 0 {
		return false
	}
	first := 0 // that may be in the window
	for first < len(b.outcomes) && b.client.now-b.outcomes[first].at > s.Window {
		first++
	}
	verdict := tooMany(s, b.outcomes[first:])
	for ; first < len(b.outcomes) && b.client.now-b.outcomes[first].at >= s.Window-s.Window/10; first++ {
		if tooMany(s, b.outcomes[first+1:]) != verdict {
			b.client.doubtful("what is about as old as the window decides")
		}
	}
	return verdict
}

func tooMany(s resil.Breaker, window []refOutcome) bool {
	failed, slow := 0., 0.
	for _, o := range window {
		if o.failed {
			failed++
		}
		if o.slow {
			slow++
		}
	}
	calls := float64(len(window))
	return len(window) >= s.MinCalls && (s.FailureRatio > 0 && failed/calls >= s.FailureRatio || s.SlowCall > 0 && slow/calls >= s.SlowRatio)
}

// change gives the breaker other numbers. Where they count something else it begins with empty
// counts. Its state stays, and what an operator wants; but it is open until the time it opened plus
// the open= now in force.
func (b *refBreaker) change(s resil.Breaker) {
	was := b.settings
	if (resil.Policy{Breaker: &was}).String() == (resil.Policy{Breaker: &s}).String() {
		return
	}
	b.settings = s
	windowed := func(s resil.Breaker) bool { return s.FailureRatio > 0 || s.SlowCall > 0 }
	other := was.Window != s.Window || was.WindowCalls != s.WindowCalls || was.SlowCall != s.SlowCall || was.PerCall != s.PerCall ||
		(was.ConsecutiveFailures > 0) != (s.ConsecutiveFailures > 0) || windowed(was) != windowed(s)
	if len(b.outcomes) > 0 && (was.ConsecutiveFailures > 0) != (s.ConsecutiveFailures > 0) && windowed(was) && windowed(s) {
		b.client.doubtful("whether a window of slow calls goes on where failures= is of another kind")
	}
	if other && b.client.flaw != flawOldCounts {
		b.outcomes, b.streak = nil, 0
		b.discount()
	}
	if other && b.client.flaw == flawCloses {
		b.enter(resil.Closed)
	}
	if other && b.client.flaw == flawForgets {
		b.forced = ""
	}
	if was.Open != s.Open || was.MaxOpen != s.MaxOpen {
		for _, p := range b.probes {
			p.doubtful = true
		}
	}
	c := b.client
	switch {
	case b.forced == "open":
	case b.state == resil.Closed && b.forced == "" && b.tooMany():
		c.doubtful("when a breaker opens whose bounds were lowered below what it counted")
	case b.state == resil.HalfOpen && was.Probes != s.Probes:
		c.doubtful("whether a half-open state goes on with another number of probes")
	case b.reopened > 0 && (was.MaxOpen > 0) != (s.MaxOpen > 0):
		c.doubtful("whether half-open states count that failed before there was a maxopen=")
	}
	b.turn()
}

// discount: what is under way while closed was begun when something else was counted.
func (b *refBreaker) discount() {
	for _, call := range b.client.calls {
		for _, t := range []*refTicket{call.ticket, call.whole} {
			if t != nil && t.breaker == b && !t.probe {
				t.epoch--
			}
		}
	}
}

// forceUnlessOutweighed does to the breaker what an operator did to the one that the method had
// before. Open outweighs closed: it keeps load away.
func (b *refBreaker) forceUnlessOutweighed(forced string) {
	if forced == "open" || forced == "closed" && b.forced == "" {
		b.force(forced)
	}
}

// takeOver begins with what another breaker has decided, whose place this one takes.
func (b *refBreaker) takeOver(from *refBreaker) {
	before := b.shown()
	b.state, b.opened, b.reopened = from.state, from.opened, from.reopened
	b.tell(before)
	b.turn()
	if b.state == resil.HalfOpen {
		b.client.blurred[b.name] = true
	}
}

// A refBulkhead lets so many attempts run at once, and the others wait in line.
type refBulkhead struct {
	client  *refClient
	max     int
	running int
	queue   []*refCall
}

// resize admits those who wait for the room that there is now, or holds them back until there is.
func (h *refBulkhead) resize(to int) {
	if to != h.max && h.client.flaw == flawOtherRoom {
		h.running = 0
	}
	h.max = to
	h.admit()
}

func (h *refBulkhead) admit() {
	for h.running < h.max && len(h.queue) > 0 {
		c := h.queue[0]
		h.queue = h.queue[1:]
		if !c.act().hangs {
			h.client.doubtful("what happens first, at one instant, to one that leaves and one that enters")
		}
		h.running++
		c.run()
	}
}

// A refLimiter hands out tokens, which come at a rate; up to a burst of them is saved. None is
// lost, however callers come and go.
type refLimiter struct {
	client      *refClient
	rate, burst int64
	saved       int64 // at the time at; in billionths of a token, which a rate of one a second makes in a nanosecond
	at          time.Duration
	queue       []*refCall // those who wait, first come first served
}

const oneToken = int64(time.Second)

func (l *refLimiter) full() int64 { return l.burst * oneToken }

func (l *refLimiter) tokens(now time.Duration) int64 {
	return min(l.saved+int64(now-l.at)*l.rate, l.full())
}

// take takes a token.
func (l *refLimiter) take() {
	l.saved, l.at = l.tokens(l.client.now)-oneToken, l.client.now
}

// next is when the n-th token from now on is there, counted from 1.
func (l *refLimiter) next(n int) time.Duration {
	missing := int64(n)*oneToken - l.tokens(l.client.now)
	return l.client.now + time.Duration(max(0, (missing+l.rate-1)/l.rate))
}

// change keeps what was saved. Those who wait go by the new rate at once, in order; whose token
// comes too late by now is rejected.
func (l *refLimiter) change(rate, burst int64) {
	if rate == l.rate && burst == l.burst {
		return
	}
	l.saved, l.at = l.tokens(l.client.now), l.client.now
	l.rate, l.burst = rate, burst
	l.saved = min(l.saved, l.full())
	waiting := l.queue
	l.queue = nil
	for _, c := range waiting {
		if comes := l.next(len(l.queue) + 1); near(comes, c.until) {
			l.client.doubtful("a token comes just in time")
		} else if comes > c.until {
			c.rejected("limited")
			continue
		}
		l.queue = append(l.queue, c)
	}
}
