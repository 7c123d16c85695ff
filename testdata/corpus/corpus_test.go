// Package corpus holds resilgen against interfaces that it was not written for: every exported one
// of the standard library and of modules that are known to be hard. The modules are pinned here and
// nowhere else: they are no dependencies of ours.
package corpus

import (
	"bytes"
	"context"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/resilgen/resilgen/generator"
)

var update = flag.Bool("update", false, "rewrite verdicts.md and imports.go")

// A corpus is a module, or the standard library.
type corpus struct {
	name     string
	patterns []string // its packages; internal ones are left out where nobody else may import them
	neighbor string   // import path of the module that wraps its interfaces, and may see internal packages
	further  string   // annotations that its interfaces need
}

const elsewhere = "example.com/corpus"

// release is the one of Go whose standard library verdicts.md counts.
const release = "go1.26"

// The fixtures of mockery and the tests of mock are internal packages, so the wrappers move in with
// them. What is internal further down stays out of reach.
var corpora = []corpus{
	{"std", []string{"std"}, elsewhere, ""},
	{"github.com/redis/go-redis/v9", []string{"github.com/redis/go-redis/v9/..."}, elsewhere, "//resilgen:failure .Err"},
	{"google.golang.org/grpc", []string{"google.golang.org/grpc/..."}, elsewhere, ""},
	{"github.com/nats-io/nats.go", []string{"github.com/nats-io/nats.go/..."}, elsewhere, ""},
	{"github.com/jackc/pgx/v5", []string{"github.com/jackc/pgx/v5/..."}, elsewhere, ""},
	{"github.com/vektra/mockery/v3", []string{"github.com/vektra/mockery/v3/internal/fixtures/..."}, "github.com/vektra/mockery/v3/corpus", ""},
	{"go.uber.org/mock", []string{"go.uber.org/mock/..."}, "go.uber.org/mock/mockgen/corpus", ""},
}

// TestCorpus wraps every exported interface of every corpus in three forms, with policies that
// sweep over all methods. What is generated compiles without a word from vet; what is refused has a
// reason; and every method has a verdict, which the generated code keeps.
func TestCorpus(t *testing.T) {
	tallies := make([]*tally, len(corpora))
	t.Run("modules", func(t *testing.T) {
		for i, c := range corpora {
			t.Run(c.name, func(t *testing.T) {
				t.Parallel()
				tallies[i] = c.run(t)
			})
		}
	})
	if slices.Contains(tallies, nil) {
		return // one was left out or failed
	}
	if !strings.HasPrefix(runtime.Version(), release) {
		if os.Getenv("CI") != "" {
			t.Fatalf("verdicts.md is for %s, and this is %s: raise release, and run go test -update", release, runtime.Version())
		}
		t.Skipf("verdicts.md counts the standard library of %s, and this is %s", release, runtime.Version())
	}
	checkGolden(t, "verdicts.md", report(tallies))
}

func (c corpus) run(t *testing.T) *tally {
	m, subjects := c.prepare(t)
	result := m.generate(t)
	for _, d := range result.Diagnostics {
		t.Error(d)
	}
	changes, err := result.Compare()
	if err == nil {
		err = generator.Write(changes)
	}
	if err != nil {
		t.Fatal(err)
	}
	if again, err := m.generate(t).Compare(); err != nil || len(again) > 0 {
		t.Errorf("a second run changes %d files: %v", len(again), err)
	}
	for _, check := range []string{"build", "vet"} {
		if output, err := m.command("go", check, "./...").CombinedOutput(); err != nil {
			t.Errorf("go %s: %v\n%s", check, err, output)
		}
	}
	return tallyUp(t, c, subjects, m.compute(t, generator.Explain).Interfaces, result.Files)
}

// prepare writes the annotated interfaces of the corpus. What is wrong keeps everything from being
// generated, so what is refused is noted and left out.
func (c corpus) prepare(t *testing.T) (module, []*subject) {
	m := newModule(t, c)
	subjects := m.list(t, c)
	m.write(t, c, subjects)
	for _, d := range m.generate(t).Diagnostics {
		s := m.subjectAt(subjects, d)
		if s == nil || !strings.HasPrefix(d.Message, s.name+" cannot be wrapped: ") {
			t.Errorf("this is no refusal of an interface: %s", d)
			continue
		}
		s.refusal = strings.TrimPrefix(d.Message, s.name+" cannot be wrapped: ")
	}
	m.write(t, c, subjects)
	return m, subjects
}

// TestSystems generates as on other systems, in other directories. The files are the same, byte for
// byte.
func TestSystems(t *testing.T) {
	_, subjects := corpora[0].prepare(t)
	files := map[string][]byte{}
	for _, system := range []string{"linux", "windows", "darwin"} {
		t.Setenv("GOOS", system)
		m := newModule(t, corpora[0])
		m.write(t, corpora[0], subjects)
		result := m.generate(t)
		if len(result.Files) == 0 {
			t.Fatalf("%s: nothing is generated", system)
		}
		for _, f := range result.Files {
			name := filepath.Base(f.Path)
			if first, ok := files[name]; ok && !bytes.Equal(first, f.Content) {
				t.Errorf("%s: %s differs", system, name)
			}
			files[name] = f.Content
		}
	}
}

// A module is the one in which the wrappers of a corpus are generated.
type module struct{ dir string }

// newModule makes a module in a temporary directory that requires what this one does.
func newModule(t *testing.T, c corpus) module {
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	m := module{dir}
	for _, name := range []string{"go.mod", "go.sum"} {
		content, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		m.writeFile(t, name, string(content))
	}
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	edit := m.command("go", "mod", "edit", "-module="+c.neighbor, "-replace=github.com/resilgen/resilgen="+root)
	if output, err := edit.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, output)
	}
	return m
}

func (m module) command(name string, args ...string) *exec.Cmd {
	cmd := exec.Command(name, args...)
	cmd.Dir = m.dir
	return cmd
}

func (m module) writeFile(t *testing.T, name, content string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(m.dir, name), []byte(content), 0o666); err != nil {
		t.Fatal(err)
	}
}

func (m module) generate(t *testing.T) *generator.Result {
	t.Helper()
	return m.compute(t, generator.Generate)
}

func (m module) compute(t *testing.T, compute func(context.Context, generator.Request) (*generator.Result, error)) *generator.Result {
	t.Helper()
	result, err := compute(t.Context(), generator.Request{Dir: m.dir})
	if err != nil {
		t.Fatal(err)
	}
	return result
}

// checkGolden holds text against a file, or rewrites the file.
func checkGolden(t *testing.T, name, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(name, []byte(got), 0o666); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	gotLines, wantLines := strings.SplitAfter(got, "\n"), strings.SplitAfter(string(want), "\n")
	for _, line := range wantLines {
		if !slices.Contains(gotLines, line) {
			t.Errorf("%s: - %s", name, line)
		}
	}
	for _, line := range gotLines {
		if !slices.Contains(wantLines, line) {
			t.Errorf("%s: + %s", name, line)
		}
	}
	if t.Failed() {
		t.Errorf("run go test -update, and review")
	}
}
