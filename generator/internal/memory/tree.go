package memory

// This file knows what the go command's list of packages depends on: which directories there are,
// the names of their files, and what stands in these up to the end of the imports. What else a file
// holds may change.

import (
	"go/build"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"github.com/resilgen/resilgen/generator/internal/parallel"
)

// Listing returns the key of the list of packages that patterns match in dir, with their files;
// false for patterns of which only the go command knows what they mean.
func (m *Memory) Listing(dir string, patterns []string) (Key, bool) {
	if m == nil {
		return Key{}, false
	}
	texts := append([]string{"listing", dir}, patterns...)
	for _, pattern := range patterns {
		dirs, ok := m.matched(dir, pattern)
		if !ok {
			return Key{}, false
		}
		for _, d := range dirs {
			text, ok := m.disk.dir(d).listed()
			if !ok {
				return Key{}, false
			}
			texts = append(texts, d, text)
		}
	}
	return m.Key(texts...), true
}

// Imports returns what the packages import that patterns match in dir and that hold marked files,
// as far as their files tell. What tests import counts only where tests are marked.
func (m *Memory) Imports(dir string, patterns []string) []string {
	paths := map[string]bool{}
	for _, pattern := range patterns {
		dirs, _ := m.matched(dir, pattern)
		for _, d := range dirs {
			files := m.disk.dir(d).files
			isMarked := slices.ContainsFunc(files, func(f file) bool { return f.IsMarked && !f.IsOutput })
			inTests := slices.ContainsFunc(files, func(f file) bool { return f.IsMarked && !f.IsOutput && f.isTest() })
			for _, f := range files {
				if isMarked && !f.IsOutput && (inTests || !f.isTest()) {
					for _, path := range f.imports {
						paths[path] = true
					}
				}
			}
		}
	}
	delete(paths, "C")
	return slices.Sorted(maps.Keys(paths))
}

// matched returns the directories whose packages a pattern may match; false if only the go command
// knows.
func (m *Memory) matched(dir, pattern string) (dirs []string, ok bool) {
	root, isTree := strings.CutSuffix(filepath.ToSlash(pattern), "/...")
	isLocal := build.IsLocalImport(root) || filepath.IsAbs(root)
	switch {
	case strings.Contains(root, "..."), strings.Contains(root, "="), !isLocal && (isTree || !strings.ContainsAny(root, "./")):
		return nil, false // a word such as all, a query such as file=x.go, or packages of several modules
	case !isLocal:
		dirs = m.surroundings.places.dirs(root)
		return dirs, len(dirs) > 0
	case !filepath.IsAbs(root):
		root = filepath.Join(dir, filepath.FromSlash(root))
	}
	if !isTree {
		return []string{filepath.Clean(root)}, true
	}
	return m.disk.below(filepath.Clean(root)), true
}

// below returns a directory and all in it that the go command looks into, sorted.
func (d *disk) below(root string) []string {
	all := []string{root}
	for level := all; len(level) > 0; {
		parallel.Each(level, func(dir string) { d.dir(dir) })
		var next []string
		for _, dir := range level {
			for _, name := range d.dir(dir).dirs {
				if name != "testdata" && name != "vendor" {
					next = append(next, filepath.Join(dir, name))
				}
			}
		}
		all, level = append(all, next...), next
	}
	slices.Sort(all)
	return all
}

// listed returns what a list of packages says of a directory.
func (d *directory) listed() (text string, ok bool) {
	var b strings.Builder
	b.WriteString(d.module)
	silent := len(d.silent()) > 0
	for _, f := range d.files {
		if !f.IsOutput || !silent {
			b.WriteString("\n" + f.name + "\n" + string(f.header[:]))
		}
	}
	return b.String(), d.err == nil
}
