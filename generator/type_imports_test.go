package generator

import (
	"go/token"
	"go/types"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/go/packages"
)

// mixed is a package whose types make sense only if its imports agree on what they all import: the
// two methods Get are one.
var mixed = map[string]string{
	"p.go": `package p

import (
	"context"

	"example.com/dep"
)

//resilgen:wrap
//resilgen:retry
//resilgen:timeout call=1s
type Store interface {
	dep.Getter
	Get(ctx context.Context) (*dep.Value, error)
	Put(ctx dep.Context, v dep.Amount) error
}
`,
	"dep/dep.go": `package dep

// typedef struct { int n; } amount;
import "C"

import (
	"context"
	"net/http"
)

type (
	Context = context.Context
	Amount  = C.amount
	Value   struct{ http.Header }
	Getter  interface {
		Get(ctx Context) (*Value, error)
	}
)
`,
}

// Without export data, in part or at all, the outcome is the same.
func TestCache(t *testing.T) {
	m := newModule(t, mixed)
	want := m.files() // of dep, no build has made export data
	if len(want) != 1 {
		t.Fatalf("got %v", want)
	}
	if m.exportData("context", "net/http") == 0 {
		t.Fatal("the cache of these tests is cold: this test would not show the difference")
	}
	if m.exportData("example.com/dep") > 0 {
		t.Error("the import has been compiled, which takes long where it imports much")
	}

	t.Setenv("GOCACHE", t.TempDir())
	if got := m.files(); !maps.Equal(got, want) {
		t.Errorf("with a cold cache: got %v, want %v", got, want)
	}
	if m.exportData("context", "net/http") > 0 {
		t.Error("with a cold cache, imports have been compiled, which takes long")
	}
}

// exportData returns for how many of the packages the build cache holds export data.
func (m module) exportData(paths ...string) (n int) {
	m.t.Helper()
	cmd := exec.Command("go", append([]string{"list", "-e", "-export", "-n", "-f={{if .Export}}+{{end}}"}, paths...)...)
	cmd.Dir = m.dir
	out, err := cmd.Output()
	if err != nil {
		m.t.Fatal(err)
	}
	return strings.Count(string(out), "+")
}

// build compiles packages.
func (m module) build(paths ...string) {
	m.t.Helper()
	cmd := exec.Command("go", append([]string{"build"}, paths...)...)
	cmd.Dir = m.dir
	if out, err := cmd.CombinedOutput(); err != nil {
		m.t.Fatalf("%v\n%s", err, out)
	}
}

// Export data that cannot be read, as a later release of Go may write it, is as good as none. What
// is read from other packages and what is checked from source agree.
func TestUnreadableExportData(t *testing.T) {
	m := newModule(t, mixed)
	listed, err := listCached(t.Context(), &run{Request: Request{Dir: m.dir}}, packages.NeedName|packages.NeedFiles|packages.NeedExportFile|
		packages.NeedImports|packages.NeedDeps|packages.NeedModule, []string{"example.com/dep", "context", "net/http"})
	if err != nil {
		t.Fatal(err)
	}
	unreadable := filepath.Join(t.TempDir(), "unreadable")
	if err := os.WriteFile(unreadable, []byte("!<arch>\nof a Go to come"), 0o666); err != nil {
		t.Fatal(err)
	}
	for _, p := range listed {
		if p.PkgPath == "context" {
			p.ExportFile = unreadable
		}
	}
	fset := token.NewFileSet()
	if newImports().readExportData(fset, listed) {
		t.Error("unreadable export data was read")
	}
	found := checkSource(&run{}, fset, listed, nil)
	context := found.types["context"].Scope().Lookup("Context").Type()
	request := found.types["net/http"].Scope().Lookup("Request").Type()
	method, _, _ := types.LookupFieldOrMethod(request, true, nil, "Context")
	for _, got := range []types.Type{
		method.(*types.Func).Signature().Results().At(0).Type(),
		found.types["example.com/dep"].Scope().Lookup("Context").Type(),
	} {
		if !types.Identical(got, context) {
			t.Errorf("%s is not the context of package context", got)
		}
	}
}

// Packages may mention what is generated for each other, and add methods to it, before it is
// generated and when it is out of date.
func TestMentionsOfOutput(t *testing.T) {
	const store = "\n\n//resilgen:wrap\n//resilgen:retry\ntype Store interface{ Get() error }\n"
	const other = "\n\n//resilgen:wrap\n//resilgen:retry\ntype Other interface{ Get() error }\n\nfunc (*ResilientStore) Extra() {}\n"
	second := func(mentions string) string {
		return "package second\n\nimport \"example.com/first\"\n\n//resilgen:wrap\n//resilgen:retry\ntype User interface{ Use(" + mentions + ") error }\n"
	}
	m := newModule(t, map[string]string{
		"first/first.go":   "package first" + store,
		"second/second.go": second("*first.ResilientStore"),
	})
	if m.build("./first"); m.exportData("example.com/first") == 0 {
		t.Fatal("this test would not show that export data may lack what is to come")
	}
	apply := func(want ...string) {
		t.Helper()
		var got []string
		for _, c := range m.apply("./...") {
			got = append(got, c.Kind.String()+" "+m.relative(c.Path))
		}
		if !slices.Equal(got, want) {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	apply("missing first/first_resil.go", "missing second/second_resil.go")
	m.write("first/first.go", "package first"+store+other)
	m.write("second/second.go", second("*first.ResilientStore, first.ResilientOther"))
	apply("stale first/first_resil.go", "stale second/second_resil.go")
}
