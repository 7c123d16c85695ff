package resil_test

// Each value of key= has a breaker of its own.

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	resil "github.com/resilgen/resilgen/runtime"
)

const keyed = "breaker failures=1 open=10s probes=1 key=host"

// keysOf returns the guard's keys and their states.
func keysOf(g *resil.Guard) (list []string) {
	for _, k := range g.Keys() {
		list = append(list, k.Key+" "+k.State.String())
	}
	return list
}

// TestForcingAllKeys: what an operator wants of a method with key= is for all its keys, those to
// come included, until he wants something else.
func TestForcingAllKeys(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := guard(t, keyed)
		play(t, g, "closed")
		g.ForceOpen()
		play(t, g, "open")
		play(t, g.For("a"), "R open")
		if m := snapshot(g); m.State != resil.Open || m.TimeLeft != 0 || m.LastCause != nil {
			t.Errorf("%+v", m)
		}
		g.Reset()
		play(t, g.For("a"), "closed S F open")
		play(t, g.For("b"), "S")
		g.ForceClosed()
		play(t, g.For("a"), "F F closed")
		play(t, g.For("c"), "F F closed")
		play(t, g, "closed")
		g.Reset()
		for _, key := range []string{"a", "b", "c", "d"} {
			play(t, g.For(key), "S F open R")
		}
		g.Reset()
		if got, want := keysOf(g), []string{"a closed", "b closed", "c closed", "d closed"}; !slices.Equal(got, want) {
			t.Errorf("%v", got)
		}
	})
}

// TestWorstKey: a method with key= shows the worst of its keys.
func TestWorstKey(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := guard(t, keyed)
		play(t, g.For("healthy"), "S")
		play(t, g.For("first"), "F 3s")
		play(t, g.For("second"), "F 2s")
		if m := snapshot(g); m.State != resil.Open || m.TimeLeft != 8*time.Second || m.LastCause != errBackend {
			t.Errorf("%+v", m)
		}
		if got, want := keysOf(g), []string{"first open", "healthy closed", "second open"}; !slices.Equal(got, want) {
			t.Errorf("%v", got)
		}
		for _, k := range g.Keys() {
			if want := map[string]time.Duration{"first": 5 * time.Second, "second": 8 * time.Second}[k.Key]; k.TimeLeft != want || (k.LastCause == errBackend) != (want > 0) {
				t.Errorf("%+v", k)
			}
		}
		time.Sleep(5 * time.Second)
		play(t, g.For("first"), "half-open")
		play(t, g, "open 3s half-open")
		play(t, g.For("second"), "S closed")
		play(t, g, "half-open")
		play(t, g.For("first"), "S closed")
		play(t, g, "closed")
	})
}

// TestForcingOneKey: the breaker of one key can be looked at and overruled, and the others' are
// what they were. What no call was made with has none.
func TestForcingOneKey(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := guard(t, keyed)
		play(t, g.For("a"), "F open")
		play(t, g.For("b"), "S")
		if g.Key("c") != nil || g.Key("a") != g.For("a") {
			t.Error("keys are not those that calls were made with")
		}
		g.Key("a").Reset()
		g.Key("b").ForceOpen()
		play(t, g.For("a"), "closed S")
		play(t, g.For("b"), "open R 1h open R")
		if got, want := keysOf(g), []string{"a closed", "b open"}; !slices.Equal(got, want) {
			t.Errorf("%v", got)
		}
		if guard(t, "breaker").Key("a") != nil || guard(t, "breaker").Keys() != nil {
			t.Error("a method without key= has keys")
		}
	})
}

// TestCallsUnderWayKeepTheirKey: a key with calls under way is alive, however long they hang and
// however many keys there are; so its failures in a row are counted.
func TestCallsUnderWayKeepTheirKey(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := guard(t, "breaker failures=3 open=10m key=host")
		for range 3 {
			var call sync.WaitGroup
			call.Go(func() {
				g.For("hangs").Do(t.Context(), func(context.Context) error { time.Sleep(150 * time.Second); return errBackend })
			})
			synctest.Wait()
			for i := range 2 * resil.MaxKeys {
				play(t, g.For(strconv.Itoa(i)), "S")
			}
			call.Wait()
		}
		play(t, g.For("hangs"), "open R")
	})
}

// TestKeysThatComeAndGo: beyond MaxKeys the least recently used is forgotten; those that are open,
// forced or in use are not.
func TestKeysThatComeAndGo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := guard(t, "breaker failures=2 open=1h probes=1 key=host")
		play(t, g.For("open"), "F F open")
		play(t, g.For("forced open"), "S")
		g.Key("forced open").ForceOpen()
		play(t, g.For("forced closed"), "S")
		g.Key("forced closed").ForceClosed()
		play(t, g.For("failed once"), "F")
		end := underWay(t, g.For("in use"))
		play(t, g.For("often used"), "F")
		for i := range 3 * resil.MaxKeys {
			play(t, g.For(strconv.Itoa(i)), "F")
			if i%100 == 0 {
				g.For("often used")
			}
			if len(g.Keys()) > resil.MaxKeys {
				t.Fatalf("%d keys", len(g.Keys()))
			}
		}
		for key, want := range map[string]string{"open": "open R", "forced open": "open R", "forced closed": "F F closed", "often used": "F open R"} {
			if g.Key(key) == nil {
				t.Errorf("%s was forgotten", key)
				continue
			}
			play(t, g.For(key), want)
		}
		if g.Key("in use") == nil {
			t.Error("one in use was forgotten")
		}
		end(nil)
		if g.Key("failed once") != nil || g.Key("0") != nil {
			t.Error("the least recently used are still there")
		}
		last := strconv.Itoa(3*resil.MaxKeys - 1)
		play(t, g.For(last), "F open R")
	})
}

// TestOneTenantDoesNotBlockAnother: when all breakers are taken by keys that cannot be forgotten,
// further keys are let through; a broken one does not block a healthy one.
func TestOneTenantDoesNotBlockAnother(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := guard(t, "breaker failures=1 open=1h key=host")
		for i := range resil.MaxKeys {
			play(t, g.For(strconv.Itoa(i)), "F open")
		}
		for range 100 {
			play(t, g.For("broken"), "F")
			play(t, g.For("healthy"), "S")
		}
		g.ForceOpen()
		play(t, g.For("healthy"), "R")
		g.Reset()
		play(t, g.For("healthy"), "S")
	})
}

// TestForgottenKeysComeBack: whoever holds the guard of a key that was forgotten calls and steers
// what stands for the key by now; the breaker of before tells nothing any more.
func TestForgottenKeysComeBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var seen record
		g := guard(t, "breaker failures=1 open=1h probes=1 key=host", resil.WithObserver(&seen))
		held := g.For("held")
		for i := range resil.MaxKeys {
			g.For(strconv.Itoa(i))
		}
		if g.Key("held") != nil {
			t.Fatal("it was not forgotten")
		}
		held.Do(t.Context(), outcome("F"))
		play(t, g.For("held"), "open R")
		play(t, held, "open R")
		time.Sleep(2 * time.Hour)
		flush(t, g.Client())
		if seen.count(resil.StateChanged) != 2 { // open, and half-open when its time was over
			t.Errorf("told %+v", seen.events)
		}
		play(t, held, "half-open S closed")
		play(t, g.For("held"), "closed S")
	})
}

// TestLongKeysAreHashed: a key longer than is sensible is known by its hash, under which it is
// listed and addressed.
func TestLongKeysAreHashed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var seen record
		g := guard(t, keyed, resil.WithObserver(&seen))
		sensible := strings.Repeat("x", resil.MaxKeyLength)
		long := sensible + "y"
		sum := sha256.Sum256([]byte(long))
		hash := "sha256:" + hex.EncodeToString(sum[:16])
		play(t, g.For(long), "F open")
		play(t, g.For(sensible), "S")
		play(t, g.For(long+"y"), "S")
		if keys := keysOf(g); len(keys) != 3 || !slices.Contains(keys, hash+" open") || !slices.Contains(keys, sensible+" closed") {
			t.Errorf("%v", keys)
		}
		if g.Key(hash) != g.For(long) || g.Key(long) != g.For(long) {
			t.Error("it is not addressed by its hash")
		}
		g.Key(hash).Reset()
		play(t, g.For(long), "closed S")
		flush(t, g.Client())
		for _, e := range seen.events {
			if e.Key != hash {
				t.Errorf("%+v", e)
			}
		}
	})
}

// TestKeysThroughChanges: what all keys have decided stays through changes, and acts by the new
// numbers; counts go on where they mean the same.
func TestKeysThroughChanges(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newReloading(t, methods(t, "Method", "breaker failures=2 open=1h probes=1 key=host"))
		g := r.Method("Method")
		play(t, g.For("open"), "F F open")
		play(t, g.For("failed once"), "F")
		play(t, g.For("forced"), "S")
		g.Key("forced").ForceOpen()
		time.Sleep(time.Minute)
		r.reload(t, `"breaker": {"open": "2m"}`)
		if got, want := keysOf(g), []string{"failed once closed", "forced open", "open open"}; !slices.Equal(got, want) {
			t.Errorf("%v", got)
		}
		play(t, g.For("failed once"), "F open R")
		play(t, g.For("open"), "open R 1m half-open S closed")
		play(t, g.For("forced"), "R")
		r.reload(t, `"breaker": "off"`)
		if g.Keys() != nil || g.For("open") != g {
			t.Error("without a breaker it has keys")
		}
		play(t, g.For("failed once"), "S")
		r.reload(t, "")
		play(t, g.For("new"), "F F open")
	})
}

// TestKeysInACrowd: many goroutines use, force, look at and replace keys at once. Nothing is
// counted twice or lost, and there are never more keys than there may be.
func TestKeysInACrowd(t *testing.T) {
	r := newReloading(t, methods(t, "Method", "breaker failures=3 open=1ms probes=1 key=host\nbulkhead max=1000"))
	g := r.Method("Method")
	var made atomic.Int64
	var crowd sync.WaitGroup
	for n := range 16 {
		crowd.Go(func() {
			for i := range 2000 {
				key := strconv.Itoa(rand.IntN(3 * resil.MaxKeys))
				switch {
				case n == 0 && i%50 == 0:
					if got := len(g.Keys()); got > resil.MaxKeys+1 {
						t.Errorf("%d keys", got)
					}
					r.Snapshot()
				case n == 1 && i%50 == 0:
					[]func(){g.ForceOpen, g.ForceClosed, g.Reset}[rand.IntN(3)]()
				case n == 2 && i%10 == 0:
					if k := g.Key(key); k != nil {
						[]func(){k.ForceOpen, k.ForceClosed, k.Reset, k.Reset}[rand.IntN(4)]()
					}
				default:
					made.Add(1)
					g.For(key).Do(context.Background(), outcome([]string{"S", "F"}[rand.IntN(2)]))
				}
			}
		})
	}
	done := make(chan struct{})
	go func() { crowd.Wait(); close(done) }()
	for n := 0; ; n++ {
		r.reload(t, []string{`"breaker": {"open": "2ms"}`, `"breaker": {"failures": "50%"}`, `"breaker": "off"`, ""}[n%4])
		select {
		case <-done:
			m := snapshot(g)
			if sum := m.Succeeded + m.Failed + m.RejectedOpen; m.Calls != made.Load() || sum != made.Load() {
				t.Errorf("%d calls: %+v", made.Load(), m)
			}
			return
		case <-time.After(time.Millisecond):
		}
	}
}

// TestKeysOfScopesOfLimits: a bulkhead and a rate limit are of the method, not of its keys.
func TestKeysShareTheLimits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newReloading(t, methods(t, "Method", keyed+"\nbulkhead max=1 wait=1h"))
		g := r.Method("Method")
		var inside, most atomic.Int64
		var calls sync.WaitGroup
		for i := range 10 {
			calls.Go(func() {
				g.For(fmt.Sprint(i)).Do(t.Context(), func(context.Context) error {
					most.Store(max(most.Load(), inside.Add(1)))
					time.Sleep(time.Second)
					inside.Add(-1)
					return nil
				})
			})
		}
		synctest.Wait()
		r.reload(t, `"bulkhead": {"max": 3}`)
		calls.Wait()
		if most.Load() != 3 {
			t.Errorf("%d at once", most.Load())
		}
	})
}
