package memory

import (
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/resilgen/resilgen/generator/internal/parallel"
)

// Where not all that counts can be known, nothing is remembered.
func TestOpenReturnsNil(t *testing.T) {
	for name, spoil := range map[string]func(module){
		"no module":                func(m module) { _ = os.Remove(m.path("go.mod")) },
		"modules off":              func(m module) { m.Setenv("GO111MODULE", "off") },
		"a module that is wrong":   func(m module) { m.write("go.mod", "module example.com com\n") },
		"a workspace that is":      func(m module) { m.write("go.work", "go 1.26\n\nuse ./nowhere\n") },
		"a driver":                 func(m module) { m.Setenv("GOPACKAGESDRIVER", "driver") },
		"an overlay":               func(m module) { m.Setenv("GOFLAGS", "-overlay=o.json") },
		"another go.mod":           func(m module) { m.Setenv("GOFLAGS", "-modfile=other.mod") },
		"another compiler":         func(m module) { m.Setenv("GOFLAGS", "-compiler=gccgo") },
		"a tool in between":        func(m module) { m.Setenv("GOFLAGS", "-toolexec=wrap") },
		"another build cache":      func(m module) { m.Setenv("GOCACHEPROG", "prog") },
		"no go command":            func(m module) { m.Setenv("PATH", m.dir) },
		"a store that is a file":   func(m module) { m.write("../store", "") },
		"a store within a file":    func(m module) { m.write("../store/ab", "") },
		"the store below a file":   func(m module) { _ = os.RemoveAll(m.store); m.write("../store", ""); m.store += "/store" },
		"a directory that is gone": func(m module) { _ = os.RemoveAll(m.dir) },
	} {
		t.Run(name, func(t *testing.T) {
			m := newModule(t)
			spoil(m)
			if Open(t.Context(), m.store, m.dir, nil, look) != nil {
				t.Error("something can be remembered")
			}
		})
	}
}

// A nil memory takes and gives nothing.
func TestNilMemoryRemembersNothing(t *testing.T) {
	var m *Memory
	_, listing := m.Listing("/", []string{"."})
	_, content := m.Content("/")
	_, closure := m.Closure("/", nil, nil)
	m.Keep(m.Key("x"), "x")
	m.Close()
	if listing || content || closure || m.Recall(m.Key("x"), new(string)) || m.Holds("/x", Sum(nil)) {
		t.Error("there is something")
	}
}

// What only the go command understands is not taken for a path.
func TestListingIsUnknown(t *testing.T) {
	m := newModule(t)
	m.write("vendor/modules.txt", "") // where every path may lie
	for _, pattern := range []string{"all", "std", "example.com/...", "./a/.../b", "file=a/a.go", "pattern=./a"} {
		if _, ok := m.open().Listing(m.dir, []string{"./a", pattern}); ok {
			t.Errorf("%s is known", pattern)
		}
	}
}

// Of code with parts in other languages, not all can be known.
func TestClosureIsUnknown(t *testing.T) {
	for name, content := range map[string]string{"c/cgo.go": "package c\n\nimport \"C\"\n", "c/c.swig": ""} {
		m := newModule(t)
		m.write(name, content)
		if _, ok := m.open().Closure("", nil, []string{"example.com/c"}); ok {
			t.Errorf("with %s it is known", name)
		}
		if _, ok := m.open().Closure("", nil, []string{"example.com/b"}); !ok {
			t.Errorf("with %s, others are not known", name)
		}
	}
}

// keep keeps a text in a run that looks at a, and changes something before the run ends.
func (m module) keep(text string, change func()) {
	m.Helper()
	memory := m.open()
	if _, ok := memory.Closure(m.path("a"), []string{m.path("a/a.go"), m.path("a/a_test.go")}, nil); !ok {
		m.Fatal("not known")
	}
	memory.Keep(memory.Key("a text"), text)
	change()
	memory.Close()
}

// recalled returns the text; "" if it is not kept.
func (m module) recalled() (text string) {
	memory := m.open()
	memory.Recall(memory.Key("a text"), &text)
	return text
}

// A run during which something changes keeps nothing: part of what it saw may have been the new,
// and part the old.
func TestCloseKeepsNothingOfWhatChanges(t *testing.T) {
	for name, tt := range map[string]struct {
		change func(module)
		want   string
	}{
		"nothing":            {func(module) {}, "text"},
		"something else":     {func(m module) { m.write("x/y/y.go", "") }, "text"},
		"a file":             {func(m module) { m.write("a/a.go", "package a\n") }, ""},
		"an imported file":   {func(m module) { m.write("b/b.go", "package b\n") }, ""},
		"a file's time":      {func(m module) { _ = os.Chtimes(m.path("b/b.go"), long, long) }, ""},
		"a file goes":        {func(m module) { _ = os.Remove(m.path("b/b.go")) }, ""},
		"a file comes":       {func(m module) { m.write("b/more.go", "package b\n") }, ""},
		"a directory goes":   {func(m module) { _ = os.RemoveAll(m.path("c")) }, ""},
		"go.sum comes":       {func(m module) { m.write("go.sum", "") }, ""},
		"a module is nested": {func(m module) { m.write("b/go.mod", "module b\n") }, ""},
		"within a clock's tick": {func(m module) {
			was := modified(m.path("b/b.go"))
			m.write("b/b.go", "package b\n\ntype B int8\n")
			_ = os.Chtimes(m.path("b/b.go"), was, was)
		}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			m := newModule(t)
			before := m.path("go.sum")
			m.keep("text", func() { tt.change(m) })
			_ = os.Remove(before) // or the key would be another
			if got := m.recalled(); got != tt.want {
				t.Errorf("recalled %q, want %q", got, tt.want)
			}
		})
	}
}

// A store that is damaged holds less, and that is all.
func TestDamagedStore(t *testing.T) {
	entries := func(m module) (paths []string) {
		for _, kind := range []string{"*-a", "*-d"} {
			found, _ := filepath.Glob(filepath.Join(m.store, "??", kind))
			paths = append(paths, found...)
		}
		if len(paths) < 2 {
			m.Fatalf("the store holds %v", paths)
		}
		return paths
	}
	for name, damage := range map[string]func(module){
		"garbage": func(m module) {
			parallel.Each(entries(m), func(path string) { _ = os.WriteFile(path, []byte("garbage"), 0o666) })
		},
		"empty":      func(m module) { parallel.Each(entries(m), func(path string) { _ = os.Truncate(path, 0) }) },
		"cut off":    func(m module) { parallel.Each(entries(m), func(path string) { _ = os.Truncate(path, 5) }) },
		"gone":       func(m module) { parallel.Each(entries(m), func(path string) { _ = os.Remove(path) }) },
		"other type": func(m module) { memory := m.open(); memory.Keep(memory.Key("a text"), 7); memory.Close() },
		"a directory in the place of a file": func(m module) {
			parallel.Each(entries(m), func(path string) { _ = os.Remove(path); _ = os.MkdirAll(filepath.Join(path, "x"), 0o777) })
		},
	} {
		t.Run(name, func(t *testing.T) {
			m := newModule(t)
			m.keep("text", func() {})
			if m.recalled() != "text" {
				t.Fatal("it was not kept")
			}
			damage(m)
			if got := m.recalled(); got != "" {
				t.Errorf("recalled %q", got)
			}
			m.keep("again", func() {})
			if got := m.recalled(); got != "again" && !strings.HasPrefix(name, "a directory") {
				t.Errorf("recalled %q", got)
			}
		})
	}
}

// A store in which nothing can be written gives what it has, and fails no run.
func TestStoreOfSomebodyElse(t *testing.T) {
	m := newModule(t)
	m.keep("text", func() {})
	t.Cleanup(func() { m.allow(0o777) })
	m.allow(0o555)
	if got := m.recalled(); got != "text" {
		t.Errorf("recalled %q", got)
	}
	m.keep("other", func() {})
	m.allow(0)
	_ = Open(t.Context(), m.store, m.dir, nil, look)
}

func (m module) allow(mode os.FileMode) {
	dirs, _ := filepath.Glob(filepath.Join(m.store, "??"))
	for _, dir := range append(dirs, m.store) {
		_ = os.Chmod(dir, mode)
	}
}

// Runs may share a store, and the goroutines of a run its memory.
func TestSharedStore(t *testing.T) {
	m := newModule(t)
	var runs sync.WaitGroup
	for range 2 {
		memory := m.open()
		runs.Go(func() {
			parallel.Each(make([]int, 20), func(int) {
				_, _ = memory.Listing(m.dir, []string{"./..."})
				_, _ = memory.Closure(m.path("a"), []string{m.path("a/a.go")}, nil)
				memory.Keep(memory.Key("a text"), "text")
				var text string
				if memory.Recall(memory.Key("a text"), &text) && text != "text" {
					t.Errorf("recalled %q", text)
				}
			})
			memory.Close()
		})
	}
	runs.Wait()
	if got := m.recalled(); got != "text" {
		t.Errorf("recalled %q", got)
	}
}
