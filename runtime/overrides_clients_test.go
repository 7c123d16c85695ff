package resil_test

import (
	"errors"
	"runtime"
	"testing"

	resil "github.com/resilgen/resilgen/runtime"
)

// TestVerdictsDoNotDependOnWhen: what a file means does not depend on when it is judged: before or
// after its clients are made, in which order, and whether they are still there or the garbage
// collector has come.
func TestVerdictsDoNotDependOnWhen(t *testing.T) {
	const text = "policies: { usual: { timeout: { attempt: 30s } }, usul: { retry: off } }\n" +
		"clients:\n  north: { retry: { attempts: 3 }, Gett: { retry: off } }\n  south: { Plain: { hedge: { after: 1s } } }\n  west: { retry: off }\n"
	const want = `o.yaml:1:22: north: timeout is left out for each of Charge, Upload: its annotation has no timeout, and of a policy only what a method has can be changed
o.yaml:1:22: south: timeout is left out for each of Charge, Upload: its annotation has no timeout, and of a policy only what a method has can be changed
o.yaml:1:42: north.Get: timeout: call=20s is below attempt=30s: no attempt could take its time
o.yaml:1:42: south.Get: timeout: call=20s is below attempt=30s: no attempt could take its time
o.yaml:1:51: no method uses a policy called usul: there is usual
o.yaml:3:12: north: retry is left out for Charge: its annotation says retry off
o.yaml:3:12: north: retry is left out for Plain: its annotation has no retry, and overrides do not decide that a method may be repeated
o.yaml:3:12: north: retry is left out for Upload: an attempt reads body
o.yaml:3:36: north has no guarded method Gett: one of Get, Charge, Upload, Query, Plain
o.yaml:4:21: hedge cannot act on south.Plain: its annotation has no hedge, and only generated code can keep the results of attempts that overlap apart
o.yaml:5:3: no client is called west: there is north, south`
	collect := func() { runtime.GC(); runtime.GC() }
	for name, judged := range map[string]func(write func(string), o *resil.Overrides){
		"before its clients": func(write func(string), o *resil.Overrides) {
			write(text)
			o.Reload()
			store(o, resil.WithName("north"))
			store(o, resil.WithName("south"))
		},
		"after its clients": func(write func(string), o *resil.Overrides) {
			north, south := store(o, resil.WithName("north")), store(o, resil.WithName("south"))
			write(text)
			o.Reload()
			runtime.KeepAlive(north)
			runtime.KeepAlive(south)
		},
		"in between, the other way round": func(write func(string), o *resil.Overrides) {
			store(o, resil.WithName("south"))
			write(text)
			o.Reload()
			store(o, resil.WithName("north"))
		},
		"when they are gone": func(write func(string), o *resil.Overrides) {
			store(o, resil.WithName("north"))
			store(o, resil.WithName("south"))
			collect()
			write(text)
			o.Reload()
		},
		"when they are gone and come again": func(write func(string), o *resil.Overrides) {
			store(o, resil.WithName("north"))
			collect()
			write(text)
			o.Reload()
			store(o, resil.WithName("north"))
			store(o, resil.WithName("south"))
			collect()
		},
	} {
		t.Run(name, func(t *testing.T) {
			write, o := rewritten(t, "")
			judged(write, o)
			if got := placed(o.Check()); got != want {
				t.Errorf("Check returns\n%s\nwant\n%s", got, want)
			}
			if got := placed(o.Reload()); got != want {
				t.Errorf("Reload returns\n%s\nwant\n%s", got, want)
			}
		})
	}
}

// TestVerdictsDoNotDependOnTheGarbageCollector: whether a file is right does not depend on the
// garbage collector.
func TestVerdictsDoNotDependOnTheGarbageCollector(t *testing.T) {
	write, o := rewritten(t, "")
	store(o)
	runtime.GC()
	write("clients: { store.Store: { Get: { retry: { attempts: 2 } } } }")
	if err := errors.Join(o.Reload(), o.Check()); err != nil {
		t.Errorf("a client that is gone: %v", err)
	}
}

// TestTwoClientsOfOneName: two wrappers of one interface are two clients of one name. What the file
// says is for both, also where they differ.
func TestTwoClientsOfOneName(t *testing.T) {
	write, o := rewritten(t, "clients: { c: { Get: { retry: { attempts: 2 } }, Put: { retry: { attempts: 2 } } } }")
	client := func(methods ...string) *resil.Client {
		c := resil.New("c", t, resil.WithOverrides(o))
		for _, m := range methods {
			c.Guard(m, parse(t, "retry"))
		}
		return c.Ready()
	}
	one, two, other := client("Get"), client("Get"), client("Get", "Put")
	if err := o.Check(); err != nil {
		t.Error(err)
	}
	write("clients: { c: { Get: { retry: { attempts: 3 } }, Put: { retry: { attempts: 3 } } } }")
	if err := o.Reload(); err != nil {
		t.Error(err)
	}
	for _, g := range []*resil.Guard{one.Method("Get"), two.Method("Get"), other.Method("Get"), other.Method("Put")} {
		if g.Policy().Retry.Attempts != 3 {
			t.Error(g.Policy())
		}
	}
}

// TestNaturesOfClientsAreKeptOnce: what is remembered of clients that are gone is what they were
// like, once.
func TestNaturesOfClientsAreKeptOnce(t *testing.T) {
	o := load(t, overridesFile(t, "o.yaml", ""))
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	for i := range 10_000 {
		c := resil.New("tenant", t, resil.WithOverrides(o))
		p := parse(t, "retry")
		p.Retry.Never = []resil.Match{resil.MatchFunc("f", func(error) bool { return i == 0 })}
		c.Guard("Get", p)
		c.Ready()
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	if grown := int64(after.HeapAlloc) - int64(before.HeapAlloc); grown > 1<<20 {
		t.Errorf("grown by %d bytes", grown)
	}
}
