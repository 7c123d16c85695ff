package conformance

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/resilgen/resilgen/generator"
)

// A computation is generator.Generate or generator.Explain.
type computation func(context.Context, generator.Request) (*generator.Result, error)

// computes computes for an annotated source in a module of its own.
func computes(t *testing.T, compute computation, source string) *generator.Result {
	t.Helper()
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{"go.mod": "module example.com\n\ngo 1.26\n", "p.go": source} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	result, err := compute(t.Context(), generator.Request{Dir: dir, Patterns: []string{"."}})
	if err != nil {
		t.Fatal(err)
	}
	return result
}

// refused makes the test of a case that is refused when generating, at the place of the text that is blamed.
func refused(source, blamed, why string) func(*testing.T) {
	return func(t *testing.T) {
		result := computes(t, generator.Generate, source)
		if len(result.Diagnostics) != 1 || len(result.Files) != 0 {
			t.Fatalf("%d files, %v", len(result.Files), result.Diagnostics)
		}
		d := result.Diagnostics[0]
		if !strings.Contains(d.Message, why) {
			t.Errorf("it says %q, want %q", d.Message, why)
		}
		if at := strings.Index(source, blamed); d.Pos.Offset != at {
			t.Errorf("it blames offset %d: %q; want %q at %d", d.Pos.Offset, source[d.Pos.Offset:], blamed, at)
		}
	}
}

// verdict returns what is said of the only method of a source that is accepted.
func verdict(t *testing.T, source string) generator.Method {
	t.Helper()
	result := computes(t, generator.Explain, source)
	if len(result.Diagnostics) != 0 || len(result.Interfaces) != 1 {
		t.Fatalf("%d interfaces, %v", len(result.Interfaces), result.Diagnostics)
	}
	return result.Interfaces[0].Methods[0]
}
