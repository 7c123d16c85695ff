package resil_test

import (
	"errors"
	"os"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"

	resil "github.com/resilgen/resilgen/runtime"
)

// TestLargeFiles: the largest file costs memory in proportion to its size, and so does what is told
// of it, whatever is in it.
func TestLargeFiles(t *testing.T) {
	for name, text := range map[string]string{
		"list.json":    `{"policies": [` + strings.TrimSuffix(strings.Repeat("1,", 1<<19-20), ",") + `]}`,
		"wrong.json":   `{"policies": {"p": {` + strings.TrimSuffix(strings.Repeat(`"x":3,`, 150_000), ",") + `}}}`,
		"many.yaml":    `{"policies": {` + strings.TrimSuffix(strings.Repeat(`"x":{"x":3},`, 80_000), ",") + `}}`,
		"word.yaml":    "policies: " + strings.Repeat("a", 1<<20-20),
		"setting.yaml": "policies: { a: { retry: { attempts: " + strings.Repeat("a", 1<<20-60) + " } } }",
		"list.yaml":    "policies: [" + strings.Repeat("a,", 1<<19-20) + "]",
		"open.yaml":    "policies: {\n" + strings.Repeat("a\n", 1<<19-20),
	} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, err := resil.LoadOverrides(overridesFile(t, name, text))
		runtime.ReadMemStats(&after)
		if cost := after.TotalAlloc - before.TotalAlloc; cost > 256<<20 {
			t.Errorf("%s: %d MB were allocated", name, cost>>20)
		}
		if err == nil || len(err.Error()) > 1<<20 {
			t.Errorf("%s: %.300v", name, err)
		}
	}
}

// TestFilesThatAreGoneChangeNothing: a file that cannot be read changes nothing, which is told
// once, and is judged when it is back.
func TestFilesThatAreGoneChangeNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var heard news
		write, o := rewritten(t, "clients: { store.Store: { Get: { retry: { attempts: 2 } } } }")
		c := store(o)
		store(o, resil.WithName("other"), resil.WithObserver(&heard))
		if err := os.Remove(o.Path()); err != nil {
			t.Fatal(err)
		}
		for range 3 {
			if err := o.Reload(); !errors.Is(err, os.ErrNotExist) {
				t.Error(err)
			}
		}
		heard.want(t, "overrides refused other.: stat o.yaml: no such file or directory")
		if err := os.Mkdir(o.Path(), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := o.Reload(); err == nil || !strings.HasSuffix(err.Error(), "it is not a regular file") {
			t.Error(err)
		}
		os.Remove(o.Path())
		write("clients: { store.Store: { Get: { retry: { attempts: 3 } } } }")
		if err := o.Reload(); err != nil || c.Method("Get").Policy().Retry.Attempts != 3 {
			t.Error(err, c.Method("Get").Policy())
		}
	})
}
