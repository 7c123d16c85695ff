package generator

// This file finds output that nobody asks for any more.

import (
	"path/filepath"
	"slices"
)

// orphans returns the files with our header that are not among the planned files. A source that
// this build leaves out may well ask for its file in another one: that is no orphan.
func orphans(t *tree, wanted []string) []string {
	var list []string
	for path, s := range t.scans {
		if s.source == "" || slices.Contains(wanted, path) {
			continue
		}
		source := filepath.Join(filepath.Dir(path), s.source)
		if t.scans[source].wraps && outputPath(source) == path && !t.isBuilt(source) {
			continue
		}
		list = append(list, path)
	}
	slices.Sort(list)
	return list
}
