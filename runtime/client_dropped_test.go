package resil_test

import (
	"runtime"
	"strconv"
	"testing"
	"testing/synctest"
	"time"
	"weak"

	resil "github.com/resilgen/resilgen/runtime"
)

// TestDroppedClients: when a client was dropped its timers run out, and it is collected: programs
// that make a client for each tenant or test do not grow.
func TestDroppedClients(t *testing.T) {
	for _, test := range []struct {
		name, policy string
		use          func(t *testing.T, g *resil.Guard)
	}{
		{"unused", "breaker", func(t *testing.T, g *resil.Guard) {}},
		{"healthy", "retry\nbreaker", func(t *testing.T, g *resil.Guard) { play(t, g, "S S closed") }},
		{"had failures", "breaker", func(t *testing.T, g *resil.Guard) { play(t, g, "F S F closed") }},
		{"looked at", "breaker", func(t *testing.T, g *resil.Guard) { play(t, g, "S 1h closed 1h closed") }},
		{"open", "breaker failures=1 open=1m", func(t *testing.T, g *resil.Guard) { play(t, g, "F open") }},
		{"reset again and again", "breaker failures=1 open=1m", func(t *testing.T, g *resil.Guard) {
			for range 10 {
				play(t, g, "F open")
				g.Reset()
			}
		}},
		{"closed again", "breaker failures=50% min=1 open=1s probes=1", func(t *testing.T, g *resil.Guard) { play(t, g, "F open 1s S closed S") }},
		{"keys", "breaker failures=1 open=1s key=host", func(t *testing.T, g *resil.Guard) {
			play(t, g.For("healthy"), "S")
			play(t, g.For("down"), "F open")
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c := func() weak.Pointer[resil.Client] {
					g := guard(t, test.policy)
					test.use(t, g)
					return weak.Make(g.Client())
				}()
				time.Sleep(time.Hour)
				runtime.GC()
				if c.Value() != nil {
					t.Error("after an hour something holds it")
				}
			})
		})
	}
}

// TestResetStopsTimers: what reset did away with needs no timer any more.
func TestResetStopsTimers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := func() weak.Pointer[resil.Client] {
			g := guard(t, "breaker failures=1 open=24h")
			play(t, g, "F open")
			g.Reset()
			return weak.Make(g.Client())
		}()
		time.Sleep(time.Minute)
		runtime.GC()
		if c.Value() != nil {
			t.Error("the timer of an open time that was cut short holds it")
		}
	})
}

// TestDeadKeysMakeRoom: keys whose breakers opened and that nobody asks for any more make room for
// others.
func TestDeadKeysMakeRoom(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := guard(t, "breaker failures=1 open=1s key=host")
		for i := range resil.MaxKeys {
			play(t, g.For(strconv.Itoa(i)), "F open")
		}
		time.Sleep(time.Hour)
		if g.For("x") == g.For("y") {
			t.Error("a thousand dead hosts hold all the breakers")
		}
	})
}
