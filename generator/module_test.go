package generator

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// A module is a Go module in a temporary directory.
type module struct {
	t   *testing.T
	dir string
}

// newModule writes files by path, and a go.mod unless they have one.
func newModule(t *testing.T, files map[string]string) module {
	t.Helper()
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	m := module{t, filepath.Join(dir, "a module")} // a space in a path is nothing special
	m.write("go.mod", "module example.com\n\ngo 1.26\n")
	for _, path := range slices.Sorted(maps.Keys(files)) {
		m.write(path, files[path])
	}
	return m
}

func (m module) path(name string) string { return filepath.Join(m.dir, filepath.FromSlash(name)) }

func (m module) write(name, content string) {
	m.t.Helper()
	if err := os.MkdirAll(filepath.Dir(m.path(name)), 0o777); err != nil {
		m.t.Fatal(err)
	}
	if err := os.WriteFile(m.path(name), []byte(content), 0o666); err != nil {
		m.t.Fatal(err)
	}
}

// relative makes the paths in a text relative to the module.
func (m module) relative(text string) string {
	return filepath.ToSlash(strings.ReplaceAll(text, m.dir+string(filepath.Separator), ""))
}

// generate computes the result; it must not fail.
func (m module) generate(patterns ...string) *Result {
	m.t.Helper()
	result, err := Generate(m.t.Context(), Request{Dir: m.dir, Patterns: patterns})
	if err != nil {
		m.t.Fatal(err)
	}
	return result
}

// explain finds out what becomes of every method; it must not fail.
func (m module) explain(patterns ...string) *Result {
	m.t.Helper()
	result, err := Explain(m.t.Context(), Request{Dir: m.dir, Patterns: patterns})
	if err != nil {
		m.t.Fatal(err)
	}
	return result
}

// files is generate for right annotations; it returns the files by their path in the module.
func (m module) files(patterns ...string) map[string]string {
	m.t.Helper()
	result := m.generate(patterns...)
	for _, d := range result.Diagnostics {
		m.t.Error(d)
	}
	files := map[string]string{}
	for _, f := range result.Files {
		files[m.relative(f.Path)] = string(f.Content)
	}
	return files
}

// apply generates, compares and writes; it returns what was written.
func (m module) apply(patterns ...string) []Change {
	m.t.Helper()
	changes, err := m.generate(patterns...).Compare()
	if err == nil {
		err = Write(changes)
	}
	if err != nil {
		m.t.Fatal(err)
	}
	return changes
}

func (m module) stat(name string) os.FileInfo {
	m.t.Helper()
	info, err := os.Stat(m.path(name))
	if err != nil {
		m.t.Fatal(err)
	}
	return info
}
