package generator

// This file asks the go command which packages there are.

import (
	"context"
	"errors"
	"fmt"
	"go/build"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/tools/go/packages"
)

// list asks the go command what the patterns of the run match.
func list(ctx context.Context, r *run) ([]*packages.Package, error) {
	for _, p := range r.Patterns {
		if strings.HasSuffix(p, ".go") {
			return nil, fmt.Errorf("%s is a file: name its package, such as %s", p, "./"+filepath.ToSlash(filepath.Dir(p)))
		}
	}
	listed, err := listMatching(ctx, r, r.Patterns...)
	if err != nil {
		return nil, err
	}
	for _, p := range listed {
		// There is no such package. What is wrong in one that exists may not concern us.
		if len(p.Errors) > 0 && p.Name == "" && len(goFiles(p)) == 0 {
			return nil, goCommandError(p.Errors[0])
		}
	}
	for _, pattern := range r.Patterns {
		if matchesAny(r.Dir, pattern, listed) {
			continue
		}
		if alone, err := listMatching(ctx, r, pattern); err != nil {
			return nil, err
		} else if len(alone) == 0 {
			return nil, fmt.Errorf("no packages match %s", pattern)
		}
	}
	return listed, nil
}

// listMatching returns the packages that the patterns match, and their tests.
func listMatching(ctx context.Context, r *run, patterns ...string) ([]*packages.Package, error) {
	key, ok := r.memory.Listing(r.Dir, patterns)
	if kept, isKept := recallListing(r.memory, key); ok && isKept {
		return kept, nil
	}
	r.progress("listing packages", 0, 0)
	listed, err := packages.Load(&packages.Config{
		Context: ctx, Dir: r.Dir, BuildFlags: r.buildFlags(), Tests: true, Overlay: r.Overlay,
		Mode: packages.NeedName | packages.NeedFiles | packages.NeedForTest | packages.NeedModule,
	}, patterns...)
	if err != nil {
		return nil, goCommandError(err)
	}
	if ok {
		keepListing(r.memory, key, listed)
	}
	return listed, nil
}

// matchesAny reports whether a pattern certainly matches one of the packages: of several wildcards,
// the go command does not say which match nothing. What has no wildcard always matches.
func matchesAny(dir, pattern string, listed []*packages.Package) bool {
	root, isTree := strings.CutSuffix(pattern, "/...")
	switch {
	case !strings.Contains(pattern, "..."):
		return len(listed) > 0
	case !isTree:
		return false
	case build.IsLocalImport(root):
		root = filepath.Join(dir, root)
	}
	return slices.ContainsFunc(listed, func(p *packages.Package) bool {
		place := p.PkgPath
		if filepath.IsAbs(root) {
			place = p.Dir
		}
		return place == root || strings.HasPrefix(place, root+"/")
	})
}

// exportMode asks for export data.
const exportMode = packages.NeedName | packages.NeedFiles | packages.NeedExportFile

// listCached lists packages with what the build cache has of them. Nothing is compiled: -n makes
// the go command say what it would do, and not do it. What the cache lacks is listed without export
// data.
func listCached(ctx context.Context, r *run, mode packages.LoadMode, paths []string) ([]*packages.Package, error) {
	r.progress("looking for what packages import", 0, 0)
	return listExactly(ctx, r, mode, paths, "-n")
}

// listExactly lists packages by their paths, without their tests.
func listExactly(ctx context.Context, r *run, mode packages.LoadMode, paths []string, flags ...string) ([]*packages.Package, error) {
	listed, err := packages.Load(&packages.Config{
		Context: ctx, Dir: r.Dir, BuildFlags: append(r.buildFlags(), flags...), Mode: mode, Overlay: r.Overlay,
	}, paths...)
	if err != nil {
		return nil, goCommandError(err)
	}
	return listed, nil
}

// goCommandError returns an error of the go command as one line that speaks of the user's packages
// and files.
func goCommandError(err error) error {
	text := err.Error()
	if e, ok := errors.AsType[packages.Error](err); ok {
		text = e.Msg
	}
	if _, stderr, ok := strings.Cut(text, "stderr: "); ok {
		text = stderr
	}
	// The go command does not say that this is about go.mod.
	if pattern, _, ok := strings.Cut(text, ": directory prefix"); ok {
		text = pattern + ": there is no go.mod file in that directory or above it, or none of this module or workspace"
	}
	text = strings.TrimPrefix(strings.TrimSpace(text), "go: ")
	return errors.New(strings.Join(strings.FieldsFunc(text, func(r rune) bool { return r == '\n' || r == '\t' }), " "))
}

// goFiles returns the Go files of a package, also those that this build leaves out. The main
// package of a test has none: it stands in the build cache.
func goFiles(p *packages.Package) []string {
	all := slices.Concat(p.GoFiles, p.IgnoredFiles)
	return slices.DeleteFunc(all, func(path string) bool { return filepath.Ext(path) != ".go" })
}
