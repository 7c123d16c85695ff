package resil

import (
	"maps"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// This file gives each value of a parameter (a host, a tenant) a breaker of its own, for key=.

// MaxKeys is how many keys of one method have breakers of their own. Calls with further keys share one, until others have been idle.
const MaxKeys = 1000

// otherKeys is what the breaker that they share goes by.
const otherKeys = "other keys"

// sweepEvery is how long a key must be idle at least before its breaker is dropped.
const sweepEvery = time.Minute

// keys are the guards of the values of one method's key. Finding one takes no lock: the map is replaced, not changed.
type keys struct {
	all  *Guard // what all keys have in common
	live atomic.Pointer[map[string]*Guard]

	mu       sync.Mutex
	rest     *Guard // for keys beyond MaxKeys
	sweeping bool
	seen     map[string]int64 // passed successes at the last sweep
}

// keysFor returns the keys of a guard: those that it has already, or none yet.
func keysFor(g *Guard, before *regime) *keys {
	if before != nil && before.keys != nil {
		return before.keys
	}
	k := &keys{all: g, seen: map[string]int64{}}
	k.live.Store(&map[string]*Guard{})
	return k
}

// For returns the guard for one value of the parameter that key= names; g itself if the policy has no key=. It is g but for the breaker.
func (g *Guard) For(key string) *Guard {
	k := g.now.Load().keys
	if k == nil {
		return g
	}
	if found := (*k.live.Load())[key]; found != nil {
		return found
	}
	return k.add(key)
}

func (k *keys) add(key string) *Guard {
	k.mu.Lock()
	defer k.mu.Unlock()
	live := *k.live.Load()
	if found := live[key]; found != nil { // another call was faster
		return found
	}
	if len(live) >= MaxKeys {
		if k.rest == nil {
			k.rest = k.guard(otherKeys)
		}
		return k.rest
	}
	more := maps.Clone(live)
	more[key] = k.guard(key)
	k.live.Store(&more)
	k.sweepLater()
	return more[key]
}

// guard makes the guard of one key.
func (k *keys) guard(key string) *Guard {
	g := &Guard{client: k.all.client, method: k.all.method, of: k.all, key: key,
		successes: k.all.successes, stats: k.all.stats, latency: k.all.latency}
	g.now.Store(g.under(k.all.now.Load().policy, nil))
	return g
}

// guards returns the guards of all keys.
func (k *keys) guards() []*Guard {
	list := slices.Collect(maps.Values(*k.live.Load()))
	if k.rest != nil {
		list = append(list, k.rest)
	}
	return list
}

// sweepLater sees to it that idle keys are dropped, while there are any.
func (k *keys) sweepLater() {
	if !k.sweeping {
		k.sweeping = true
		wait := sweepEvery
		if b := k.all.now.Load().policy.Breaker; b != nil {
			wait = max(wait, 2*b.Window, 2*b.Open)
		}
		time.AfterFunc(wait, k.sweep)
	}
}

// sweep drops the keys that nothing happened to since the last sweep.
func (k *keys) sweep() {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.sweeping = false
	busy := map[string]*Guard{}
	seen := map[string]int64{}
	for key, g := range *k.live.Load() {
		b := g.now.Load().breaker
		events := b.events()
		if before, ok := k.seen[key]; ok && before == events && b.idle() {
			continue
		}
		busy[key], seen[key] = g, events
	}
	k.live.Store(&busy)
	k.seen = seen
	if len(busy) > 0 {
		k.sweepLater()
	}
}

// events returns a number that changes when anything happens to the breaker.
func (b *breaker) events() int64 {
	b.mu.Lock()
	defer b.mu.Unlock()
	n := b.settled
	for _, c := range b.members {
		n += c.sum()
	}
	return n
}

// idle reports whether nothing would be lost with the breaker. One that waits for a probe is idle too: what it knows is old, and hosts that
// are gone for ever would fill the map with such.
func (b *breaker) idle() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.state != Open && b.forced == asItIs && len(b.probes) == 0
}
