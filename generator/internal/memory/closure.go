package memory

// This file finds all local code that a package depends on. Imports are followed whatever the build
// constraints of their files: a file too many costs nothing but finding out again what holds
// anyway.

import (
	"maps"
	"path/filepath"
	"slices"

	"github.com/resilgen/resilgen/generator/internal/parallel"
)

// A Closure is all local code that something depends on.
type Closure struct {
	Sum  string          // a hash of the code
	dirs map[string]bool // of what is imported
}

// Imports reports whether the package in a directory is imported.
func (c Closure) Imports(dir string) bool { return c.dirs[dir] }

// Content returns a text that stands for what the package in a directory holds, its tests included
// and our output left out: another text if that has changed. It reports false if the directory
// cannot be read.
func (m *Memory) Content(dir string) (string, bool) {
	if m == nil {
		return "", false
	}
	d := m.disk.dir(dir)
	texts := []string{dir, d.module}
	for _, f := range d.files {
		if !f.IsOutput {
			texts = append(texts, f.name, string(f.content[:]))
		}
	}
	key := keyOf(texts...)
	return string(key[:]), d.err == nil
}

// Closure returns what a package depends on: what is in its directory own, which may be empty for
// none, without our output; all that the given files of it import; and the packages of further
// import paths. It reports false if not all of that is known. Of what is imported, generated files
// are code like all others: what they declare can be used.
func (m *Memory) Closure(own string, files, paths []string) (Closure, bool) {
	c := Closure{dirs: map[string]bool{}}
	if m == nil {
		return c, false
	}
	var content string
	if own != "" {
		var ok bool
		if content, ok = m.Content(own); !ok || m.disk.dir(own).isForeign {
			return c, false
		}
	}
	level := m.add(nil, paths, c.dirs)
	for _, path := range files {
		for _, f := range m.disk.dir(filepath.Dir(path)).files {
			if f.name == filepath.Base(path) {
				level = m.add(level, f.imports, c.dirs)
			}
		}
	}
	for len(level) > 0 {
		parallel.Each(level, func(dir string) { m.disk.dir(dir) })
		var next []string
		for _, dir := range level {
			for _, f := range m.disk.dir(dir).files {
				if !f.isTest() {
					next = m.add(next, f.imports, c.dirs)
				}
			}
		}
		level = next
	}
	var ok bool
	c.Sum, ok = m.sum(content, c.dirs)
	return c, ok
}

// add adds the directories that import paths may mean, unless they are known.
func (m *Memory) add(level, paths []string, known map[string]bool) []string {
	for _, path := range paths {
		for _, dir := range m.surroundings.places.dirs(path) {
			if !known[dir] {
				known[dir] = true
				level = append(level, dir)
			}
		}
	}
	return level
}

// sum returns the hash of a content and of the directories that it imports.
func (m *Memory) sum(content string, dirs map[string]bool) (string, bool) {
	texts := []string{content}
	for _, path := range slices.Sorted(maps.Keys(dirs)) {
		d := m.disk.dir(path)
		if d.err != nil || d.isForeign {
			return "", false
		}
		texts = append(texts, path, d.module)
		for _, f := range d.files {
			if !f.isTest() {
				texts = append(texts, f.name, string(f.content[:]))
			}
		}
	}
	key := keyOf(texts...)
	return string(key[:]), true
}
