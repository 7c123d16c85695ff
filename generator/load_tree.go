package generator

// This file searches the bytes of all files that the patterns match. What has no annotations costs
// a line of go list and this search. Our own output is left out, so that it may be stale, broken or
// gone.

import (
	"context"
	"maps"
	"path/filepath"
	"slices"
)

// A tree is everything that the patterns matched.
type tree struct {
	scans    map[string]scan  // of each Go file, by path
	known    map[string]bool  // the packages, by import path
	packages []*listedPackage // those that hold annotations
}

// load lists what the patterns match, and finds the packages that hold annotations.
func load(ctx context.Context, r *run) (*tree, error) {
	listed, err := list(ctx, r)
	if err != nil {
		return nil, err
	}
	known, files := map[string]bool{}, map[string]bool{}
	for _, p := range listed {
		known[p.PkgPath] = true
		for _, path := range goFiles(p) {
			files[path] = true
			for _, path := range r.memory.SilentOutputs(filepath.Dir(path)) { // which no list that was kept has
				files[path] = true
			}
		}
	}
	scans, err := scanAll(r, slices.Sorted(maps.Keys(files)))
	if err != nil {
		return nil, err
	}
	return &tree{scans, known, selectPackages(listed, scans)}, nil
}

// scanAll scans files, and returns what their bytes tell by path.
func scanAll(r *run, paths []string) (map[string]scan, error) {
	scans := make([]scan, len(paths))
	err := r.parallel("reading files", len(paths), func(i int) error {
		src, err := r.read(paths[i])
		scans[i] = scanBytes(src)
		return err
	})
	if err != nil {
		return nil, err
	}
	byPath := make(map[string]scan, len(paths))
	for i, path := range paths {
		byPath[path] = scans[i]
	}
	return byPath, nil
}

// isBuilt reports whether this build has an annotated file.
func (t *tree) isBuilt(path string) bool {
	return slices.ContainsFunc(t.packages, func(p *listedPackage) bool { return slices.Contains(p.paths(), path) })
}
