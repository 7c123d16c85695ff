package main

// This file holds which part of the module may import which, as CONTRIBUTING.md says.

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "github.com/resilgen/resilgen"

// parts are the directories with Go code, each with those whose packages it may import beside its
// own. Of two that a package lies in, the inner one counts: it has arrows of its own.
var parts = map[string][]string{
	"cmd":                {"generator", "runtime", "internal/brief", "internal/nearest"},
	"generator":          {"templates", "runtime", "internal/brief", "internal/nearest"},
	"generator/forecast": {"runtime"},
	"templates":          {"runtime"},
	"runtime":            {"internal/brief"},
	"example":            {"runtime"},
	"internal/brief":     {},
	"internal/nearest":   {},
}

const printer = "github.com/dave/jennifer" // only templates may know how code is printed

// runtimeDeps are all dependencies that every user of generated code has to take with it.
var runtimeDeps = []string{"github.com/cenkalti/backoff/", "github.com/sony/gobreaker/", "golang.org/x/time/", "golang.org/x/sync/"}

// violations returns what the layout forbids, sorted: a directory that is in none of its parts, and
// "generator imports github.com/dave/jennifer/jen". The graph has the imports of each package of
// the module, by import paths.
func violations(graph map[string][]string) []string {
	var found []string
	for pkg, imports := range graph {
		if partOf(inModule(pkg)) == "" {
			found = append(found, inModule(pkg)+" is in no part")
			continue
		}
		for _, path := range imports {
			if !allowed(inModule(pkg), path) {
				found = append(found, inModule(pkg)+" imports "+inModule(path))
			}
		}
	}
	slices.Sort(found)
	return found
}

// inModule returns the package's directory in this module, or the import path of a foreign one.
func inModule(path string) string { return strings.TrimPrefix(path, module+"/") }

func allowed(dir, path string) bool {
	part := partOf(dir)
	// What is linked into every user's program. It may not import the integrations of the runtime:
	// nobody pays for what he does not import.
	isCore := dir == "runtime" || liesIn(dir, "runtime/internal") || slices.Contains(parts["runtime"], part)
	own := part
	if isCore {
		own += "/internal"
	}
	switch lies := func(in string) bool { return liesIn(inModule(path), in) }; {
	case strings.HasPrefix(path, module+"/"):
		return lies(own) || slices.ContainsFunc(parts[part], lies)
	case strings.HasPrefix(path, printer):
		return part == "templates"
	case path == "go/token":
		return part != "templates" && part != "runtime"
	case isCore:
		return isStandard(path) && !strings.HasPrefix(path, "go/") || slices.ContainsFunc(runtimeDeps, func(dep string) bool { return strings.HasPrefix(path+"/", dep) })
	}
	return true
}

// partOf returns the innermost part that a directory lies in; "" for none.
func partOf(dir string) (part string) {
	for p := range parts {
		if liesIn(dir, p) && len(p) > len(part) {
			part = p
		}
	}
	return part
}

func liesIn(dir, outer string) bool { return strings.HasPrefix(dir+"/", outer+"/") }

func isStandard(path string) bool {
	first, _, _ := strings.Cut(path, "/")
	return !strings.Contains(first, ".")
}

func TestLayoutViolations(t *testing.T) {
	tests := []struct{ pkg, path, want string }{
		{"cmd/resilgen", module + "/generator", ""},
		{"cmd/resilgen", module + "/runtime", ""},
		{"cmd/resilgen", module + "/templates", "cmd/resilgen imports templates"},
		{"cmd/resilgen", "github.com/dave/jennifer/jen", "cmd/resilgen imports github.com/dave/jennifer/jen"},
		{"generator", module + "/templates", ""},
		{"generator", module + "/runtime", ""},
		{"generator", "golang.org/x/tools/go/packages", ""},
		{"generator", module + "/cmd/resilgen", "generator imports cmd/resilgen"},
		{"generator", "github.com/dave/jennifer/jen", "generator imports github.com/dave/jennifer/jen"},
		{"templates", "github.com/dave/jennifer/jen", ""},
		{"templates", "go/types", ""},
		{"templates", "go/token", "templates imports go/token"},
		{"templates", module + "/generator", "templates imports generator"},
		{"runtime", "time", ""},
		{"runtime", "github.com/cenkalti/backoff/v4", ""},
		{"runtime", "github.com/sony/gobreaker/v2", ""},
		{"runtime", "golang.org/x/time/rate", ""},
		{"runtime", "golang.org/x/sync/semaphore", ""},
		{"runtime", module + "/runtime/internal/window", ""},
		{"runtime", "golang.org/x/tools/go/packages", "runtime imports golang.org/x/tools/go/packages"},
		{"runtime", "github.com/cenkalti/backoffice/v4", "runtime imports github.com/cenkalti/backoffice/v4"},
		{"runtime", module + "/templates", "runtime imports templates"},
		{"runtime", module + "/runtime/otel", "runtime imports runtime/otel"},
		{"runtime/internal/window", "go.uber.org/zap", "runtime/internal/window imports go.uber.org/zap"},
		{"runtime/otel", "go.opentelemetry.io/otel", ""},
		{"runtime/otel", module + "/runtime", ""},
		{"runtime/otel", module + "/generator", "runtime/otel imports generator"},
		{"example/gateway", module + "/runtime", ""},
		{"example/gateway", module + "/generator", "example/gateway imports generator"},
		{"cmd/resilgen", module + "/generator/forecast", ""},
		{"cmd/resilgen", module + "/internal/nearest", ""},
		{"generator", module + "/generator/forecast", ""},
		{"generator", module + "/internal/brief", ""},
		{"generator/forecast", module + "/runtime", ""},
		{"generator/forecast", module + "/generator", "generator/forecast imports generator"},
		{"generator/forecast", module + "/templates", "generator/forecast imports templates"},
		{"generator/internal/memory", module + "/generator/internal/parallel", ""},
		{"templates", module + "/internal/nearest", "templates imports internal/nearest"},
		{"runtime", module + "/internal/brief", ""},
		{"runtime", module + "/internal/nearest", "runtime imports internal/nearest"},
		{"internal/brief", "strings", ""},
		{"internal/brief", "github.com/agnivade/levenshtein", "internal/brief imports github.com/agnivade/levenshtein"},
		{"internal/brief", module + "/runtime", "internal/brief imports runtime"},
		{"internal/nearest", "github.com/agnivade/levenshtein", ""},
		{"internal/nearest", module + "/internal/brief", "internal/nearest imports internal/brief"},
		{"internal/nearest", module + "/generator", "internal/nearest imports generator"},
		{"internal/misc", "fmt", "internal/misc is in no part"},
		{"runtime", "go/token", "runtime imports go/token"},
		{"runtime", "go/types", "runtime imports go/types"},
		{"runtime/overrides", "go/token", "runtime/overrides imports go/token"},
		{"generator/forecast", module + "/internal/brief", "generator/forecast imports internal/brief"},
		{"example/gateway", module + "/internal/brief", "example/gateway imports internal/brief"},
		{"example/gateway", "github.com/dave/jennifer/jen", "example/gateway imports github.com/dave/jennifer/jen"},
	}
	for _, tt := range tests {
		got := strings.Join(violations(map[string][]string{module + "/" + tt.pkg: {tt.path}}), "; ")
		if got != tt.want {
			t.Errorf("%s importing %s: got %q, want %q", tt.pkg, tt.path, got, tt.want)
		}
	}
}

func TestLayout(t *testing.T) {
	graph := importsBelow(t, filepath.Join("..", ".."))
	for part := range parts {
		if !slices.ContainsFunc(slices.Collect(maps.Keys(graph)), func(path string) bool {
			return strings.HasPrefix(inModule(path)+"/", part+"/")
		}) {
			t.Errorf("there is no package in %s: what holds the layout looks in the wrong place", part)
		}
	}
	for _, v := range violations(graph) {
		t.Error(v)
	}
}

// importsBelow returns what the packages of the module import, in files for whatever platform.
func importsBelow(t *testing.T, root string) map[string][]string {
	t.Helper()
	graph := map[string][]string{}
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() {
			if path != root && (isLeftOut(entry.Name()) || isModule(path)) {
				return filepath.SkipDir
			}
			return nil
		}
		if filepath.Ext(path) != ".go" || strings.HasSuffix(path, "_test.go") {
			return nil
		}
		f, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		dir, err := filepath.Rel(root, filepath.Dir(path))
		pkg := module + "/" + filepath.ToSlash(dir)
		graph[pkg] = append(graph[pkg], importedBy(f)...) // a package without imports is one as well
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return graph
}

func importedBy(f *ast.File) (paths []string) {
	for _, spec := range f.Imports {
		path, _ := strconv.Unquote(spec.Path.Value) // which the parser has seen
		paths = append(paths, path)
	}
	return paths
}

// isLeftOut reports whether the go command does not look into directories of this name.
func isLeftOut(dir string) bool { return dir == "testdata" || strings.ContainsRune("._", rune(dir[0])) }

func isModule(dir string) bool {
	_, err := os.Stat(filepath.Join(dir, "go.mod"))
	return err == nil
}

// What is imported on another platform alone is imported, and a package may import nothing.
func TestImportsBelow(t *testing.T) {
	root := t.TempDir()
	writeFile(t, filepath.Join(root, "a", "a_windows.go"), "package a\n\nimport \"os\"\n")
	writeFile(t, filepath.Join(root, "a", "a_test.go"), "package a\n\nimport \"testing\"\n")
	writeFile(t, filepath.Join(root, "b", "b.go"), "package b\n")
	writeFile(t, filepath.Join(root, "c", "go.mod"), "module c\n")
	writeFile(t, filepath.Join(root, "c", "c.go"), "package c\n")
	writeFile(t, filepath.Join(root, "testdata", "d.go"), "package d\n")
	got, want := importsBelow(t, root), map[string][]string{module + "/a": {"os"}, module + "/b": nil}
	if !maps.EqualFunc(got, want, slices.Equal) {
		t.Errorf("got %q, want %q", got, want)
	}
}
