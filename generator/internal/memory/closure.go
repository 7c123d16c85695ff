package memory

// This file finds all local code that packages depend on. Imports are followed whatever the build constraints of their files: a file too many costs
// nothing but finding out again what holds anyway. Generated files are code like any other: what they declare can be used.

import (
	"maps"
	"slices"
)

// Content returns a text that is another one if the package in a directory is, its tests included; false if it cannot be read.
func (m *Memory) Content(dir string) (string, bool) {
	if m == nil {
		return "", false
	}
	return m.sum(map[string]bool{dir: true})
}

// Closure returns a text that is another one if any of the local code is that packages depend on: those in dirs, their tests included, and those of
// the import paths; false if not all of it is known.
func (m *Memory) Closure(dirs, paths []string) (string, bool) {
	if m == nil {
		return "", false
	}
	known := map[string]bool{} // directories; true for those whose tests count
	level := slices.Clone(dirs)
	for _, dir := range dirs {
		known[dir] = true
	}
	for _, path := range paths {
		level = m.add(level, path, known)
	}
	for len(level) > 0 {
		each(level, func(dir string) { m.disk.dir(dir) })
		var next []string
		for _, dir := range level {
			for _, f := range m.disk.dir(dir).files {
				if f.isTest() && !known[dir] {
					continue
				}
				for _, path := range f.imports {
					next = m.add(next, path, known)
				}
			}
		}
		level = next
	}
	for dir := range known {
		if m.disk.dir(dir).isForeign {
			return "", false
		}
	}
	return m.sum(known)
}

// add adds the directories that an import path may mean, unless they are known.
func (m *Memory) add(level []string, path string, known map[string]bool) []string {
	for _, dir := range m.surroundings.places.dirs(path) {
		if _, ok := known[dir]; !ok {
			known[dir] = false
			level = append(level, dir)
		}
	}
	return level
}

// sum returns what the directories hold.
func (m *Memory) sum(dirs map[string]bool) (string, bool) {
	var texts []string
	for _, path := range slices.Sorted(maps.Keys(dirs)) {
		d := m.disk.dir(path)
		if d.err != nil {
			return "", false
		}
		texts = append(texts, path, d.module)
		for _, f := range d.files {
			if dirs[path] || !f.isTest() {
				texts = append(texts, f.name, string(f.content[:]))
			}
		}
	}
	key := keyOf(texts...)
	return string(key[:]), true
}
