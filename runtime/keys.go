package resil

// This file gives each value of a parameter (a host, a tenant) a breaker of its own, for key=.

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"hash/maphash"
	"maps"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// MaxKeys is how many keys of one method have breakers of their own. When a further one comes, the
// least recently used key is forgotten, but never one that is open, forced or in use; where all
// are, further keys are let through unjudged, and listed as "other keys". Uses are noted from the
// time on when there are half as many keys; a key not used since then counts as used when it came.
const MaxKeys = 1000

// MaxKeyLength is how many bytes of a key are kept. A longer key is known by its hash: "sha256:"
// and 32 digits.
const MaxKeyLength = 128

// otherKeys is what the breaker of keys without one is called.
const otherKeys = "other keys"

// keys are the guards of the values of one method's key. Finding one takes no lock: the maps are
// replaced, not changed. There are several maps, so that a new key costs a small copy.
type keys struct {
	parent  *Guard // the method's
	shards  [32]atomic.Pointer[map[string]*Guard]
	crowded atomic.Bool  // the order in which keys are used matters
	uses    atomic.Int64 // of keys, counted while their order matters

	mu      sync.Mutex
	list    []*Guard    // all of the shards
	others  *Guard      // the guard of all keys beyond MaxKeys; nil until there are any
	forced  forcedState // what an operator has forced all keys to
	retired bool        // the policy has no key= any more
}

var keySeed = maphash.MakeSeed()

func (k *keys) shard(key string) *atomic.Pointer[map[string]*Guard] {
	return &k.shards[maphash.String(keySeed, key)%uint64(len(k.shards))]
}

func (k *keys) find(key string) *Guard {
	if live := k.shard(key).Load(); live != nil {
		return (*live)[key]
	}
	return nil
}

// keyName returns the name by which a key is known.
func keyName(key string) string {
	if len(key) <= MaxKeyLength {
		return key
	}
	sum := sha256.Sum256([]byte(key))
	return "sha256:" + hex.EncodeToString(sum[:16])
}

// For returns the guard for one value of what key= names: g with a breaker of that value's own. It
// returns g itself if the policy has no key=.
func (g *Guard) For(key string) *Guard {
	k := g.inForce.Load().keys
	if k == nil {
		return g
	}
	key = keyName(key)
	found := k.find(key)
	if found == nil {
		return k.add(key)
	}
	if k.crowded.Load() && found.used.Load() != k.uses.Load() { // it is not the last one used
		found.used.Store(k.uses.Add(1))
	}
	return found
}

// Key returns the guard for a key that calls were made with, to look at its breaker or to overrule
// it; nil if there is none. A long key may be given by its hash.
func (g *Guard) Key(key string) *Guard {
	if k := g.inForce.Load().keys; k != nil {
		return k.find(keyName(key))
	}
	return nil
}

// A KeySnapshot is the breaker of one key.
type KeySnapshot struct {
	Key       string
	State     State
	TimeLeft  time.Duration // for how long the breaker stays open
	LastCause error         // the last failure that the breaker saw since it was made, forced or reset
}

// Keys returns the breakers of all keys, sorted by key; nil if there are none.
func (g *Guard) Keys() (list []KeySnapshot) {
	k := g.inForce.Load().keys
	if k == nil {
		return nil
	}
	for _, of := range k.guards() {
		s := KeySnapshot{Key: of.key}
		s.State, s.TimeLeft, s.LastCause = of.inForce.Load().status()
		list = append(list, s)
	}
	slices.SortFunc(list, func(a, b KeySnapshot) int { return cmp.Compare(a.Key, b.Key) })
	return list
}

// worst returns what there is to know of the breaker that is open for the longest, or half-open
// where none is open.
func (k *keys) worst() (State, time.Duration, error) {
	state, left, cause := Closed, time.Duration(0), error(nil)
	for _, of := range k.guards() {
		s, l, c := of.inForce.Load().status()
		if severity(s) > severity(state) || s == state && (l > left || cause == nil) {
			state, left, cause = s, l, c
		}
	}
	if k.isForcedOpen() {
		state, left = Open, 0
	}
	return state, left, cause
}

// severity orders states from good to bad.
func severity(s State) int { return slices.Index([]State{Closed, HalfOpen, Open}, s) }

func (k *keys) isForcedOpen() bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.forced == forcedOpen
}

// guards returns the guards of all keys.
func (k *keys) guards() []*Guard {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.guardsLocked()
}

func (k *keys) guardsLocked() []*Guard {
	if k.others != nil {
		return append(slices.Clip(k.list), k.others)
	}
	return slices.Clone(k.list)
}

// add makes the guard of a key.
func (k *keys) add(key string) *Guard {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.retired {
		return k.parent
	}
	if found := k.find(key); found != nil { // another call was faster
		return found
	}
	if len(k.list) >= MaxKeys && !k.evict() {
		return k.othersGuard()
	}
	g := k.guard(key, k.forced)
	g.used.Store(k.uses.Add(1))
	k.list = append(k.list, g)
	k.crowded.Store(len(k.list) >= MaxKeys/2)
	k.change(key, func(live map[string]*Guard) { live[key] = g })
	return g
}

// change replaces the map that has a key.
func (k *keys) change(key string, do func(map[string]*Guard)) {
	live := map[string]*Guard{}
	if before := k.shard(key).Load(); before != nil {
		live = maps.Clone(*before)
	}
	do(live)
	k.shard(key).Store(&live)
}

// evict forgets the least recently used key of those that may be forgotten, and reports whether
// there was one.
func (k *keys) evict() bool {
	var victim *Guard
	for _, g := range k.list {
		if (victim == nil || g.used.Load() < victim.used.Load()) && g.running.Load() == 0 && g.inForce.Load().breaker.isForgettable() {
			victim = g
		}
	}
	if victim == nil {
		return false
	}
	k.list = slices.DeleteFunc(k.list, func(g *Guard) bool { return g == victim })
	k.change(victim.key, func(live map[string]*Guard) { delete(live, victim.key) })
	victim.inForce.Load().desert(nil)
	return true
}

// isForgettable reports whether a breaker has decided nothing that would be lost with it. A breaker
// that waits for a probe may be forgotten: what it knows is old, and hosts that are gone for ever
// would fill the map with such.
func (b *breaker) isForgettable() bool {
	if b == nil {
		return true // the method has none any more, and in a moment no keys
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.sync(time.Now())
	return b.state != Open && b.forced == notForced && len(b.probes) == 0
}

// othersGuard returns the guard of all keys for which there is no room. Nothing judges them: one
// that fails would block all.
func (k *keys) othersGuard() *Guard {
	if k.others == nil {
		k.others = k.guard(otherKeys, othersForced(k.forced))
	}
	return k.others
}

// othersForced returns what the breaker of the keys without one of their own is forced to where an
// operator has forced all to f.
func othersForced(f forcedState) forcedState {
	if f == notForced {
		return forcedClosed
	}
	return f
}

// guard makes the guard of one key.
func (k *keys) guard(key string, f forcedState) *Guard {
	g := &Guard{client: k.parent.client, methodNature: k.parent.methodNature, parent: k.parent, key: key,
		successes: k.parent.successes, stats: k.parent.stats, latency: k.parent.latency, forced: f}
	g.client.mu.Lock()
	defer g.client.mu.Unlock()
	g.inForce.Store(g.under(k.parent.inForce.Load().policy, nil)) // of which the limits are as well
	return g
}

// force forces the breakers of all keys, those to come included.
func (k *keys) force(f forcedState) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.forced = f
	for _, g := range k.list {
		g.force(f)
	}
	if k.others != nil {
		k.others.force(othersForced(f))
	}
}

// put puts another policy in force for all keys.
func (k *keys) put(p Policy) {
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, g := range k.guardsLocked() {
		g.putOwn(p)
	}
}

// retire lets the breakers of all keys fall silent: nobody goes by them any more. It returns which
// of them an operator has forced to something else than all.
func (k *keys) retire() map[string]forcedState {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.retired = true
	others := map[string]forcedState{}
	for _, g := range k.guardsLocked() {
		g.inForce.Load().desert(nil)
		if f := g.forcedNow(); f != k.forced && g != k.others {
			others[g.key] = f
		}
	}
	return others
}

// forcedNow returns what an operator has forced the guard's breaker to.
func (g *Guard) forcedNow() forcedState {
	g.client.mu.Lock()
	defer g.client.mu.Unlock()
	return g.forced
}
