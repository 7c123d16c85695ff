package generator

import (
	"os"
	"slices"
	"testing"

	"github.com/resilgen/resilgen/templates"
)

// What is fetched ahead is what will be wanted, and only where it is not known yet. What nobody
// guessed is asked for when it is wanted.
func TestPrefetch(t *testing.T) {
	m := newModule(t, map[string]string{
		"go.mod":      "module example.com\n\ngo 1.26\n",
		"a/a.go":      "package a\n\nimport (\n\t\"context\"\n\t\"time\"\n)\n\n//resilgen:wrap\n//resilgen:breaker\n//resilgen:retry on=io.EOF\ntype A interface {\n\tGet(context.Context, time.Time) error\n}\n",
		"a/a_test.go": "package a\n\nimport \"testing\"\n\nfunc Test(*testing.T) {}\n",
		"b/b.go":      "package b\n\nimport \"net/http\"\n\nvar _ http.Client\n",
	})
	req := Request{Dir: m.dir, Patterns: []string{"./..."}, Memory: t.TempDir()}
	asked := prefetchImports(t.Context(), beginTest(t, req))
	if asked == nil {
		t.Fatal("nothing is fetched ahead")
	}
	defer asked.end()
	if want := []string{"context", "time", templates.RuntimePath}; !slices.Equal(asked.paths, want) {
		t.Errorf("asked for %v, want %v", asked.paths, want)
	}
	listed, ok := asked.answer([]string{"time"})
	if !ok || len(listed) != 1 || listed[0].PkgPath != "time" || listed[0].ExportFile == "" {
		t.Errorf("the answer for time is %v, %v", listed, ok)
	}
	if _, ok := asked.answer([]string{"time", "io"}); ok {
		t.Error("there is an answer for what was not asked")
	}

	result, err := Generate(t.Context(), req)
	if err != nil || len(result.Diagnostics) > 0 {
		t.Fatal(err, result.Diagnostics)
	}
	if len(result.Files) != 1 || m.relative(result.Files[0].Path) != "a/a_resil.go" {
		t.Errorf("got %d files", len(result.Files))
	}
	if again := prefetchImports(t.Context(), beginTest(t, req)); again != nil {
		again.end()
		t.Error("what is known is asked again")
	}
}

// beginTest begins a run that ends with the test.
func beginTest(t *testing.T, req Request) *run {
	r, err := begin(t.Context(), req)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(r.end)
	return r
}

// Who does not want the answer does not wait for it.
func TestPrefetchInVain(t *testing.T) {
	m := newModule(t, map[string]string{"p.go": annotated})
	if _, err := Generate(t.Context(), Request{Dir: m.dir, Patterns: []string{"./nowhere"}, Memory: t.TempDir()}); err == nil {
		t.Error("there is no error")
	}
	if err := os.Remove(m.path("go.mod")); err != nil {
		t.Fatal(err)
	}
	if _, err := Generate(t.Context(), Request{Dir: m.dir, Memory: t.TempDir()}); err == nil {
		t.Error("there is no error")
	}
}
