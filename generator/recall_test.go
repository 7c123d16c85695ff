package generator

import (
	"context"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/diff"
	"golang.org/x/tools/txtar"
	"pgregory.net/rapid"
)

// The promise of the memory: a run that has one finds what a run without it finds, whatever
// happened on disk in between.
func TestMemoryKeepsNothingStale(t *testing.T) {
	checkLess(t)
	rapid.Check(t, func(t *rapid.T) {
		w := newWorld(t)
		actions := map[string]func(*rapid.T){"": w.compare}
		for name, edit := range edits {
			actions[name] = func(t *rapid.T) { w.live(t, edit) }
		}
		t.Repeat(actions)
	})
}

// checkLess lets rapid check less than it would, and the same each time, because each step runs the
// go command; what the command line says holds.
func checkLess(t *testing.T) {
	flags := map[string]string{"rapid.checks": "1", "rapid.steps": "10", "rapid.seed": "1"}
	flag.Visit(func(f *flag.Flag) { delete(flags, f.Name) })
	for name, value := range flags {
		if f := flag.Lookup(name); f != nil {
			before := f.Value.String()
			t.Cleanup(func() { _ = f.Value.Set(before) })
			_ = f.Value.Set(value)
		}
	}
}

// What once led to something stale, or may easily, step by step.
func TestMemoryForgets(t *testing.T) {
	write := apply("./...")
	for name, tt := range map[string]struct {
		patterns []string
		steps    []edit
	}{
		"a nested module appears":                {[]string{"./d"}, []edit{write, flip("deep/go.mod", "module example.com/deep\n\ngo 1.26\n")}},
		"a nested module appears around":         {[]string{"./deep/x"}, []edit{flip("deep/go.mod", "module example.com/deep\n\ngo 1.26\n")}},
		"a wrapper that others use is renamed":   {[]string{"./..."}, []edit{write, swap("only/only.go", "type Only ", "type Sole "), write}},
		"an orphan that others use goes":         {[]string{"./..."}, []edit{do(write, flip("only/old_resil.go", oldOrphan), swap("d/d.go", "only.ResilientOnly", "only.Old")), remove("only/old_resil.go")}},
		"a wrapper that others use is compiled":  {[]string{"./d"}, []edit{do(write, compile("./...")), do(remove("only/only_resil.go"), flip("only/old_resil.go", oldOrphan))}},
		"a wrapper is missing":                   {[]string{"./d"}, []edit{do(write, remove("only/only_resil.go"), func(w *world) { w.compareOf(Request{Dir: w.dir, Patterns: []string{"./..."}}, Generate) })}},
		"output alone is built":                  {[]string{"./only/..."}, []edit{do(write, swap("only/only.go", "package only\n", "//go:build special\n\npackage only\n")), remove("only/only_resil.go")}},
		"a symlink leads nowhere":                {[]string{"./..."}, []edit{do(link("nowhere", "b/aa.go"), write), swap("b/b.go", "Ping() error", "Ping(int) error")}},
		"a vendor directory appears":             {[]string{"./..."}, []edit{write, func(w *world) { _ = os.Mkdir(w.path("vendor"), 0o777) }}},
		"a query is no path":                     {[]string{"pattern=./a"}, []edit{hide("a/a.go"), hide("a/a.go")}},
		"a package is named like external tests": {[]string{"./..."}, []edit{do(flip("a/ex_test.go", exTest), flip("a_test/a.go", "package a_test\n\n//resilgen:wrap\n//resilgen:retry\ntype Named interface{ Do() error }\n"), write)}},
		"a key is made another way":              {[]string{"./keyed"}, []edit{write, swap("hosts/hosts.go", "string { return key }", "int { return len(key) }"), swap("hosts/hosts.go", "Of", "From")}},
		"annotations are wrong":                  {[]string{"./..."}, []edit{write, swap("a/a.go", "//resilgen:retry", "//resilgen:rety")}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			for _, step := range append([]edit{func(*world) {}}, tt.steps...) {
				step(w)
				w.compareOf(Request{Dir: w.dir, Patterns: tt.patterns}, Generate)
			}
		})
	}
}

// A world is a module with packages that depend on each other in all ways that there are, and what
// has been found out about it.
type world struct {
	tester
	root   string // of everything
	dir    string // of the module
	memory string
	past   map[string]string // a state to return to
}

// A tester is a test, or a check of rapid.
type tester interface {
	Fatal(...any)
	Fatalf(string, ...any)
	Cleanup(func())
}

// newWorld makes a world, with nothing generated yet.
func newWorld(t tester) *world {
	root, err := os.MkdirTemp("", "world")
	if err == nil {
		root, err = filepath.EvalSymlinks(root)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(root) })
	w := &world{tester: t, root: root, dir: filepath.Join(root, "a module"), memory: filepath.Join(root, "memory")}
	archive, err := txtar.ParseFile("testdata/memory/world.txtar")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range archive.Files {
		w.write(f.Name, string(f.Data))
	}
	w.writeModule()
	return w
}

// writeModule writes a go.mod that requires this module and what it requires: everything has been
// fetched to build this test.
func (w *world) writeModule() {
	ours, err := filepath.Abs("..")
	if err != nil {
		w.Fatal(err)
	}
	mod, err := os.ReadFile(filepath.Join(ours, "go.mod"))
	if err != nil {
		w.Fatal(err)
	}
	sum, err := os.ReadFile(filepath.Join(ours, "go.sum"))
	if err != nil {
		w.Fatal(err)
	}
	text := strings.Replace(string(mod), "module github.com/resilgen/resilgen", "module example.com", 1)
	text, _, _ = strings.Cut(text, "tool ")
	w.write("go.mod", text+"require github.com/resilgen/resilgen v0.0.0\nreplace github.com/resilgen/resilgen => "+ours+
		"\nrequire example.org/policies v0.0.0\nreplace example.org/policies => ../policies\n")
	w.write("go.sum", string(sum))
}

func (w *world) path(name string) string { return filepath.Join(w.dir, filepath.FromSlash(name)) }

func (w *world) write(name, content string) {
	if err := os.MkdirAll(filepath.Dir(w.path(name)), 0o777); err != nil {
		w.Fatal(err)
	}
	if err := os.WriteFile(w.path(name), []byte(content), 0o666); err != nil {
		w.Fatal(err)
	}
}

// read returns what a file holds; nothing if there is none.
func (w *world) read(name string) string {
	content, err := os.ReadFile(w.path(name))
	if err != nil {
		return ""
	}
	return string(content)
}

var patterns = [][]string{
	{"./..."}, {"./..."}, {"./..."}, {"./..."}, {"./a"}, {"./d"}, {"./a", "./d"}, {"./t", "./c"}, {"./deep/x"}, {"./link"}, {"./only/..."}, {"../policies"},
	{"example.com/a"}, {"example.com/deep/x"}, {"example.com/..."}, {"example.org/policies", "./a"}, {"all"}, {"pattern=./a"},
}

// request draws what to generate for.
func (w *world) request(t *rapid.T) Request {
	return Request{
		Dir:      w.dir,
		Patterns: rapid.SampledFrom(patterns).Draw(t, "patterns"),
		Tags:     rapid.SampledFrom([][]string{nil, nil, nil, {"special"}}).Draw(t, "tags"),
	}
}

// live makes an edit. Most are undone soon, or else nothing would be right any more.
func (w *world) live(t *rapid.T, edit edit) {
	edit(w)
	if rapid.IntRange(0, 2).Draw(t, "write") == 0 {
		w.compare(t)
		apply("./...")(w)
	}
	if rapid.IntRange(0, 3).Draw(t, "undo") > 0 {
		w.compare(t)
		edit(w)
	}
	if rapid.IntRange(0, 3).Draw(t, "write") == 0 {
		w.compare(t)
		apply("./...")(w)
	}
}

// compare holds that the memory makes no difference.
func (w *world) compare(t *rapid.T) {
	compute := Generate
	if rapid.IntRange(0, 7).Draw(t, "explain") == 7 {
		compute = Explain
	}
	w.compareOf(w.request(t), compute)
}

func (w *world) compareOf(req Request, compute func(context.Context, Request) (*Result, error)) {
	plain := printed(compute(context.Background(), req))
	req.Memory = w.memory
	for range 2 { // what the first run keeps, the second recalls
		if remembered := printed(compute(context.Background(), req)); remembered != plain {
			w.Fatalf("%s %v:\n%s", req.Patterns, req.Tags, diff.Diff("without memory", []byte(plain), "with memory", []byte(remembered)))
		}
	}
}

// printed returns all that a run found out.
func printed(r *Result, err error) string {
	var b strings.Builder
	fmt.Fprintf(&b, "error %v\n", err)
	if r == nil {
		return b.String()
	}
	for _, f := range r.Files {
		fmt.Fprintf(&b, "file %s\n%s\n", f.Path, f.Content)
	}
	for _, o := range r.Orphans {
		fmt.Fprintf(&b, "orphan %s\n", o)
	}
	for _, p := range r.Policies {
		fmt.Fprintf(&b, "policy %+v\n", p)
	}
	for _, i := range r.Interfaces {
		fmt.Fprintf(&b, "interface %s %s %s %v\n", i.Package, i.Name, i.Wrapper, i.Pos)
		for _, m := range i.Methods {
			fmt.Fprintf(&b, "method %s %v %v %q %q %+v %v %v %v\n", m.Name, m.Pos, m.Verdict, m.Policy.String(), m.Reason, m.LeftOut, m.Origins, m.Traits, m.Shared)
		}
	}
	for _, d := range r.Diagnostics {
		fmt.Fprintf(&b, "diagnostic %v (until %v)\n", d, d.End)
	}
	return b.String()
}

// An edit is something that happens to a world between two runs. What swap and flip do is undone
// when they do it again.
type edit func(*world)

// swap replaces one text in a file by another, or that one by the first.
func swap(name, a, b string) edit {
	return func(w *world) {
		text, from, to := w.read(name), a, b
		if strings.Contains(text, b) && (strings.Contains(b, a) || !strings.Contains(text, a)) {
			from, to = b, a
		}
		if strings.Contains(text, from) {
			w.write(name, strings.Replace(text, from, to, 1))
		}
	}
}

// flip makes a file, or removes it, with the directory if that is left empty.
func flip(name, content string) edit {
	return func(w *world) {
		if os.Remove(w.path(name)) != nil {
			w.write(name, content)
		} else if filepath.Dir(name) != "." {
			_ = os.Remove(filepath.Dir(w.path(name))) // fails where there is more
		}
	}
}

// hide moves a file or directory away, or back.
func hide(name string) edit {
	return func(w *world) {
		away := filepath.Join(w.root, "away", strings.ReplaceAll(name, "/", "-"))
		if err := os.MkdirAll(filepath.Dir(away), 0o777); err != nil {
			w.Fatal(err)
		}
		if os.Rename(w.path(name), away) != nil {
			_ = os.MkdirAll(filepath.Dir(w.path(name)), 0o777)
			_ = os.Rename(away, w.path(name)) // fails where both are
		}
	}
}

// harm does something to an output.
func harm(name string, how func(content string) string) edit {
	return func(w *world) {
		if content := w.read(name); content != "" {
			w.write(name, how(content))
		}
	}
}

// do does several edits, one after the other.
func do(all ...edit) edit {
	return func(w *world) {
		for _, e := range all {
			e(w)
		}
	}
}

// move moves a file; link makes a symlink, remove removes a file or directory with all that is in
// it.
func move(from, to string) edit { return func(w *world) { _ = os.Rename(w.path(from), w.path(to)) } }
func link(to, name string) edit { return func(w *world) { _ = os.Symlink(to, w.path(name)) } }
func remove(name string) edit   { return func(w *world) { _ = os.RemoveAll(w.path(name)) } }

// goCommand runs the go command, which may well fail.
func goCommand(args ...string) edit {
	return func(w *world) {
		cmd := exec.Command("go", args...)
		cmd.Dir = w.dir
		_ = cmd.Run()
	}
}

// compile compiles packages, so that there is export data of them; not what is vendored, which
// takes long.
func compile(packages ...string) edit {
	return func(w *world) {
		if _, err := os.Stat(w.path("vendor")); err != nil {
			goCommand(append([]string{"build"}, packages...)...)(w)
		}
	}
}

// apply writes what is generated.
func apply(patterns ...string) edit {
	return func(w *world) {
		result, err := Generate(context.Background(), Request{Dir: w.dir, Patterns: patterns})
		if err != nil {
			return
		}
		changes, err := result.Compare()
		if err == nil {
			err = Write(changes)
		}
		if err != nil {
			w.Fatal(err)
		}
	}
}

// remember remembers a state of the whole world, or returns to it.
func remember(w *world) {
	if w.past == nil {
		w.past = w.files()
		return
	}
	for path := range w.files() {
		_ = os.Remove(path)
	}
	for path, content := range w.past {
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			w.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o666); err != nil {
			w.Fatal(err)
		}
	}
	w.past = nil
}

// files returns all files of the world but those of the memory.
func (w *world) files() map[string]string {
	all := map[string]string{}
	_ = filepath.WalkDir(w.root, func(path string, d fs.DirEntry, err error) error {
		if err == nil && path == w.memory {
			return filepath.SkipDir
		}
		if err == nil && d.Type().IsRegular() {
			content, _ := os.ReadFile(path)
			all[path] = string(content)
		}
		return nil
	})
	return all
}

// edits are what may happen, by what to call it.
var edits = map[string]edit{
	"outputs are written":             apply("./..."),
	"outputs are written again":       apply("./..."),
	"outputs of all are written":      apply("./..."),
	"outputs of one are written":      apply("./a"),
	"everything is compiled":          compile("./..."),
	"what is not annotated is built":  compile("./b", "./c", "./fail", "./far", "./deep/x", "example.org/policies/..."),
	"dependencies are vendored":       goCommand("mod", "vendor"),
	"the vendor directory goes":       remove("vendor"),
	"an empty vendor directory":       func(w *world) { _ = os.Mkdir(w.path("vendor"), 0o777) },
	"return to an earlier state":      remember,
	"nothing":                         func(w *world) {},
	"a symlink to a directory":        link("a", "link"),
	"the symlink goes":                remove("link"),
	"the symlink leads elsewhere":     do(remove("link"), link("d", "link")),
	"a symlink that leads nowhere":    link("nowhere", "b/aa.go"),
	"that symlink goes":               remove("b/aa.go"),
	"an output is deleted":            remove("a/a_resil.go"),
	"another output is deleted":       remove("d/d_resil.go"),
	"an output is emptied":            harm("a/a_resil.go", func(string) string { return "" }),
	"an output is cut off":            harm("d/d_resil.go", func(s string) string { return s[:min(len(s), 75)] }),
	"half an output":                  harm("a/more_resil.go", func(s string) string { return s[:len(s)/2] }),
	"an output says more":             harm("only/only_resil.go", func(s string) string { return s + "\ntype Said struct{}\nfunc (Said) Error() string { return \"\" }\n" }),
	"an output of another package":    harm("t/t_resil_test.go", func(s string) string { return strings.Replace(s, "\npackage ", "\npackage x", 1) }),
	"an output is taken over by hand": harm("a/fall_resil.go", func(s string) string { return strings.Replace(s, "// Code", "// No code", 1) }),
	"an output of Windows":            harm("a/a_resil.go", func(s string) string { return strings.ReplaceAll(s, "\n", "\r\n") }),

	"a key is made another way":               swap("hosts/hosts.go", "string { return key }", "int { return len(key) }"),
	"nothing makes a key":                     swap("hosts/hosts.go", "Of", "From"),
	"a method is renamed":                     swap("a/a.go", "Get(", "Fetch("),
	"a method is added":                       swap("a/a.go", "// more", "Put(ctx context.Context, item b.Item) error // more"),
	"a comment changes":                       swap("a/a.go", "// Store", "// The Store"),
	"a directive changes":                     swap("a/a.go", "attempts=3", "attempts=4"),
	"a directive is wrong":                    swap("a/a.go", "//resilgen:retry", "//resilgen:rety"),
	"the interface is renamed":                swap("a/a.go", "type Store interface", "type Shop interface"),
	"the annotation goes":                     swap("a/a.go", "//resilgen:wrap\n", "//\n"),
	"the source goes":                         hide("a/a.go"),
	"the source of a wrapper for others goes": hide("only/only.go"),
	"a source is renamed":                     move("a/a.go", "a/z.go"),
	"a source is renamed back":                move("a/z.go", "a/a.go"),
	"a source does not parse":                 swap("a/a.go", "interface {", "interface {{"),
	"an import does not parse":                swap("b/b.go", "type Item", "type type Item"),
	"its imports do not parse":                swap("a/a.go", "import (", "import (("),
	"a package clause changes":                swap("a/more.go", "package a\n", "package other\n"),
	"an imported package clause changes":      swap("b/b.go", "package b\n", "package bee\n"),
	"all package clauses change":              swap("c/c.go", "package c\n", "package sea\n"),
	"a package is imported":                   swap("a/more.go", "import \"context\"", "import \"context\"\nimport _ \"example.com/fail\""),
	"a file appears":                          flip("a/new.go", "package a\n\n//resilgen:wrap\n//resilgen:retry\ntype New interface{ Do() error }\n"),
	"a file takes the wrapper's name":         flip("a/taken.go", "package a\n\ntype ResilientStore int\n"),
	"a file of other builds takes it":         flip("a/taken_windows.go", "package a\n\ntype ResilientMore int\n"),
	"a file lies where output belongs":        flip("a/new_resil.go", "package a\n"),
	"a package appears":                       flip("e/e.go", "package e\n\n//resilgen:wrap\n//resilgen:retry\ntype E interface{ Do() error }\n"),
	"a package goes":                          hide("c"),
	"another package goes":                    hide("fail"),
	"a directory with output alone":           flip("left/l_resil.go", "// Code generated by resilgen from l.go; DO NOT EDIT.\n\npackage left\n"),
	"an orphan that others use":               flip("b/o_resil.go", "// Code generated by resilgen from o.go; DO NOT EDIT.\n\npackage b\n\ntype ResilientOld struct{ Base }\n"),
	"an orphan is used":                       swap("a/a.go", "Size() int", "Size() b.ResilientOld"),
	"an orphan of tests":                      flip("b/o_resil_test.go", "// Code generated by resilgen from o_test.go; DO NOT EDIT.\n\npackage b_test\n"),
	"an orphan that does not parse":           flip("b/q_resil.go", "// Code generated by resilgen from q.go; DO NOT EDIT.\n\npackage"),

	"a type of an imported package":       swap("b/b.go", "type Item struct{ N int }", "type Item struct{ N []int }"),
	"an embedded interface":               swap("b/b.go", "Ping() error", "Ping(ctx context.Context) error"),
	"an interface two imports away":       swap("c/c.go", "Close() error", "Close() error; Shut() error"),
	"a type two imports away":             swap("c/c.go", "type Key string", "type Key float64"),
	"a value that only a directive names": swap("fail/fail.go", "var Busy = errors.New", "var Bussy = errors.New"),
	"its type":                            swap("fail/fail.go", "var Busy = errors.New(\"busy\")", "var Busy = len(\"busy\")"),
	"an error type":                       swap("fail/fail.go", "func (*Lost) Error", "func (Lost) Error"),
	"a fallback's signature":              swap("fail/fail.go", "func Instead(ctx context.Context, key c.Key, err error)", "func Instead(ctx context.Context, key c.Key, err string)"),
	"a local function":                    swap("a/local.go", "func isBusy(err error)", "func isBusy(err string)"),
	"a local function goes":               hide("a/local.go"),
	"a local function of tests":           move("a/local.go", "a/local_test.go"),
	"and no longer":                       move("a/local_test.go", "a/local.go"),
	"a foreign error goes internal":       swap("a/more.go", "example.com/fail.", "example.com/fail/internal/in."),

	"a policy":                                swap("../policies/policies.go", "attempts=5", "attempts=6"),
	"a policy is wrong":                       swap("../policies/policies.go", "attempts=5", "attempts=1"),
	"a policy is no more":                     swap("../policies/policies.go", "//resilgen:policy\n", "//\n"),
	"a policy's name":                         swap("../policies/policies.go", "\"critical\"", "\"relaxed\""),
	"a policy that a policy uses":             swap("../policies/base/base.go", "failures=30%", "failures=40%"),
	"a policy uses another":                   swap("../policies/policies.go", "example.org/policies/base.Base", "example.com/far.Far"),
	"a policy by its full path":               swap("far/far.go", "initial=10ms", "initial=20ms"),
	"a policy by its full path goes":          hide("far"),
	"a policy names another error":            swap("far/far.go", "never=example.com/fail.Busy", "never=example.com/fail.Gone"),
	"policies collide":                        swap("far/far.go", "\"near\"", "\"far\""),
	"a policy in the annotated package":       flip("a/own.go", "package a\n\n//resilgen:policy\n//resilgen:retry attempts=7\nconst Own = \"own\"\n"),
	"which is used":                           swap("d/d.go", "//resilgen:retry", "//resilgen:use example.com/a.Own"),
	"the replaced module's go version":        swap("../policies/go.mod", "go 1.26", "go 1.25"),
	"the replacement is another":              swap("go.mod", "=> ../policies\n", "=> ../policies2\n"),
	"another replacement":                     flip("../policies2/policies.go", "package policies\n\n//resilgen:policy\n//resilgen:retry attempts=9\nconst Critical = \"critical\"\n"),
	"its go.mod":                              flip("../policies2/go.mod", "module example.org/policies\n\ngo 1.26\n"),
	"the go version":                          swap("go.mod", "go 1.26", "go 1.26.1"),
	"a module that does not parse":            swap("go.mod", "module example.com\n", "module example.com com\n"),
	"the module's path":                       swap("go.mod", "module example.com\n", "module example.net\n"),
	"a workspace":                             flip("go.work", "go 1.26.1\n\nuse .\nuse ../policies\n"),
	"a workspace above":                       flip("../go.work", "go 1.26.1\n\nuse \"./a module\"\nuse ./policies\n"),
	"a nested module":                         flip("b/go.mod", "module example.com/b\n\ngo 1.26\n"),
	"a nested module above a package":         flip("deep/go.mod", "module example.com/deep\n\ngo 1.26\n"),
	"a package beneath":                       swap("deep/x/x.go", "type X struct{ N int }", "type X struct{ N []int }"),
	"a vendored policy":                       swap("vendor/example.org/policies/policies.go", "attempts=5", "attempts=8"),
	"an in-package test":                      flip("a/in_test.go", "package a\n\n//resilgen:wrap\n//resilgen:retry\ntype inTest interface{ Do() error }\n"),
	"an external test":                        flip("a/ex_test.go", exTest),
	"a test moves out of its package":         swap("t/t_test.go", "package t\n", "package t_test\n"),
	"a helper for external tests":             flip("t/helper_test.go", "package t\n\nfunc Helps(err error) bool { return true }\n"),
	"a package named like a test":             flip("t_test/t.go", "package t_test\n\n//resilgen:wrap\n//resilgen:retry\ntype Named interface{ Do() error }\n"),
	"a constraint":                            swap("a/more.go", "package a\n", "//go:build special\n\npackage a\n"),
	"a constraint of an import":               swap("b/b.go", "package b\n", "//go:build special\n\npackage b\n"),
	"a constraint of all that is there":       swap("only/only.go", "package only\n", "//go:build special\n\npackage only\n"),
	"a file of a system":                      flip("b/more_linux.go", "package b\n\ntype More interface{ Linux() error }\n"),
	"a file of another system":                flip("b/more_windows.go", "package b\n\ntype More interface{ Windows() error }\n"),
	"a C file":                                flip("b/b.c", "int b;\n"),
	"cgo":                                     flip("b/cgo.go", "package b\n\n// #include \"b.h\"\nimport \"C\"\n\ntype FromC C.b_type\n"),
	"a header":                                flip("b/b.h", "typedef struct { int n; } b_type;\n"),
	"what is embedded":                        flip("b/embed.go", "package b\n\nimport _ \"embed\"\n\n//go:embed text\nvar Text string\n"),
	"is there":                                flip("b/text", "text"),
	"an import cycle":                         flip("c/cycle.go", "package c\n\nimport _ \"example.com/a\"\n"),
	"a line directive":                        swap("a/a.go", "// Store", "//line other.go:1\n// Store"),
	"prose that speaks of directives":         flip("c/prose.go", "package c\n\n// As resilgen: says.\n"),
	"a file that nobody may read":             func(w *world) { _ = os.Chmod(w.path("c/c.go"), 0) },
	"everybody may read it":                   func(w *world) { _ = os.Chmod(w.path("c/c.go"), 0o666) },
	"a wrapper's type parameters":             swap("a/more.go", "type More interface", "type More[T any] interface"),
	"a wrapper is named":                      swap("a/a.go", "//resilgen:wrap\n", "//resilgen:wrap name=Wrapped\n"),
	"the package is used by a wrapper's name": swap("d/d.go", "*a.ResilientStore", "*a.ResilientShop"),
}

const oldOrphan = "// Code generated by resilgen from old.go; DO NOT EDIT.\n\npackage only\n\ntype Old int\n"

const exTest = `package a_test

import "example.com/a"

//resilgen:wrap
//resilgen:retry
type ExTest interface{ Do(*a.ResilientStore) error }
`

// The memory is worth its while: what is known is not asked of the go command again, but for its
// settings.
func TestMemoryIsUsed(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("the go command of this test is a shell script")
	}
	m := newModule(t, map[string]string{
		"p/p.go":     "package p\n\nimport \"example.com/q\"\n\n//resilgen:wrap\n//resilgen:retry\ntype Store interface{ Get(q.Key) error }\n",
		"p/other.go": "package p\n",
		"q/q.go":     "package q\n\ntype Key string\n",
	})
	compile := func() { // of packages that have to be read from source, nothing is remembered
		cmd := exec.Command("go", "build", "./q")
		cmd.Dir = m.dir
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
	}
	compile()
	log := logGo(t)
	for _, step := range []struct {
		what string
		do   func()
		want string // what the run after it asks
	}{
		{"the first run", func() {}, "env, imports, what there is"},
		{"output is written", func() { m.apply("./...") }, "env"},
		{"nothing", func() {}, "env"},
		{"a method is renamed", func() { m.change("p/p.go", "Get", "Fetch") }, "env"},
		{"output is written anew", func() { m.apply("./...") }, "env"},
		{"what is declared beside it", func() { m.change("p/other.go", "package p\n", "package p\n\ntype Other int\n") }, "env"},
		{"an imported package", func() { m.change("q/q.go", "Key string", "Key int"); compile() }, "env, imports"},
		{"what is imported", func() { m.change("p/other.go", "package p\n", "package p\n\nimport _ \"errors\"\n") }, "env, imports, what there is"},
		{"no longer", func() { m.change("p/other.go", "\nimport _ \"errors\"\n", "") }, "env"},
		{"a file", func() { m.write("q/new.go", "package q\n"); compile() }, "env, imports, what there is"},
	} {
		step.do()
		_ = os.Remove(log)
		if _, err := Generate(t.Context(), Request{Dir: m.dir, Patterns: []string{"./..."}, Memory: filepath.Join(m.dir, "../memory")}); err != nil {
			t.Fatal(err)
		}
		if got := asked(t, log); got != step.want {
			t.Errorf("%s: asked for %s; want %s", step.what, got, step.want)
		}
	}
}

// change replaces a text in a file.
func (m module) change(name, from, to string) {
	m.t.Helper()
	content, err := os.ReadFile(m.path(name))
	if err != nil || !strings.Contains(string(content), from) {
		m.t.Fatalf("%s does not say %s: %v", name, from, err)
	}
	m.write(name, strings.Replace(string(content), from, to, 1))
}

// logGo puts a go command before the real one, which notes what it is asked, and returns the file
// with its notes.
func logGo(t *testing.T) string {
	real, err := exec.LookPath("go")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	log := filepath.Join(dir, "calls")
	script := fmt.Sprintf("#!/bin/sh\necho \"$*\" >>'%s'\nexec '%s' \"$@\"\n", log, real)
	if err := os.WriteFile(filepath.Join(dir, "go"), []byte(script), 0o777); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", dir+string(filepath.ListSeparator)+os.Getenv("PATH"))
	return log
}

// asked returns what was asked of the go command.
func asked(t *testing.T, log string) string {
	t.Helper()
	content, err := os.ReadFile(log)
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for call := range strings.Lines(string(content)) {
		switch {
		case strings.HasPrefix(call, "env "):
			all = append(all, "env")
		case strings.Contains(call, "-export=true"):
			all = append(all, "imports")
		case strings.Contains(call, "-json="):
			all = append(all, "what there is")
		case !strings.Contains(call, "ReleaseTags"): // which goes with the others
			t.Errorf("called go %s", call)
		}
	}
	slices.Sort(all) // some are asked at the same time
	return strings.Join(all, ", ")
}
