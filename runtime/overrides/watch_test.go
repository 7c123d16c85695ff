package overrides_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	resil "github.com/resilgen/resilgen/runtime"
	"github.com/resilgen/resilgen/runtime/overrides"
)

const (
	three = "clients: { c: { Get: { retry: { attempts: 3 } } } }\n"
	five  = "clients: { c: { Get: { retry: { attempts: 5 } } } }\n"
)

// TestWatch: a change arrives however the file is written, and a wrong file changes nothing. Waiting is for events, with a bound only against
// hanging.
func TestWatch(t *testing.T) {
	for name, change := range map[string]func(t *testing.T, path, text string){
		"written in place": func(t *testing.T, path, text string) { write(t, path, text) },
		"replaced, as editors do": func(t *testing.T, path, text string) {
			write(t, path+".new", text)
			must(t, os.Rename(path+".new", path))
		},
		"removed and written again": func(t *testing.T, path, text string) {
			must(t, os.Remove(path))
			write(t, path, text)
		},
		"linked, as Kubernetes mounts a ConfigMap": func(t *testing.T, path, text string) {
			dir := filepath.Dir(path)
			next, err := os.MkdirTemp(dir, "..2026_")
			must(t, err)
			write(t, filepath.Join(next, "o.yaml"), text)
			must(t, os.Symlink(filepath.Base(next), filepath.Join(dir, "..data_tmp")))
			must(t, os.Rename(filepath.Join(dir, "..data_tmp"), filepath.Join(dir, "..data")))
			if info, err := os.Lstat(path); err == nil && info.Mode()&os.ModeSymlink == 0 {
				must(t, os.Remove(path))
				must(t, os.Symlink(filepath.Join("..data", "o.yaml"), path))
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "o.yaml")
			write(t, path, three)
			o, err := overrides.Watch(t.Context(), path)
			must(t, err)
			events := make(chan resil.Event, 100)
			c := resil.NewClient("c", t, resil.WithOverrides(o), resil.WithObserver(resil.ObserverFunc(func(e resil.Event) { events <- e })))
			p, err := resil.ParsePolicy("retry")
			must(t, err)
			g := c.Guard("Get", p)
			c.Ready()
			for _, want := range []int{5, 3, 5} {
				change(t, path, map[int]string{3: three, 5: five}[want])
				await(t, events, resil.PolicyChanged, func() bool { return g.Policy().Retry.Attempts == want })
			}
			change(t, path, "clients: { c: { Get: { retry: { attempts: x } } } }\n")
			await(t, events, resil.OverridesRefused, func() bool { return g.Policy().Retry.Attempts == 5 })
		})
	}
}

// await waits for an event after which done holds.
func await(t *testing.T, events chan resil.Event, kind resil.EventKind, done func() bool) {
	t.Helper()
	for {
		select {
		case e := <-events:
			if e.Kind == kind && done() {
				return
			}
		case <-time.After(time.Minute):
			t.Fatalf("no event %q", kind)
		}
	}
}

func write(t *testing.T, path, text string) {
	t.Helper()
	must(t, os.WriteFile(path, []byte(text), 0o644))
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
