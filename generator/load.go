package generator

// This file finds out which packages there are, and reads and parses those that hold annotations.
// What has none costs a line of go list and a search of its bytes. Our own output is left out, so
// that it may be stale, broken or gone.

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"go/build"
	"go/build/constraint"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/tools/go/packages"

	"github.com/resilgen/resilgen/generator/internal/parallel"
)

// A tree is everything that the patterns matched.
type tree struct {
	scans    map[string]scan   // of each Go file, by path
	names    map[string]string // of packages, by import path
	units    []*unit
	recalled []*unit // those of which an earlier run found out everything
}

// load lists what the patterns match, and finds the packages that hold annotations.
func load(ctx context.Context, req Request) (*tree, error) {
	listed, err := list(ctx, req)
	if err != nil {
		return nil, err
	}
	t := &tree{scans: map[string]scan{}, names: map[string]string{}}
	for _, p := range listed {
		t.names[p.PkgPath] = p.Name
		for _, path := range goFiles(p) {
			t.scans[path] = scan{}
			for _, path := range req.memory.SilentOutputs(filepath.Dir(path)) { // which no list that was kept has
				t.scans[path] = scan{}
			}
		}
	}
	paths := slices.Sorted(maps.Keys(t.scans))
	scans := make([]scan, len(paths))
	err = req.parallel("reading files", len(paths), func(i int) error {
		src, err := req.read(paths[i])
		scans[i] = scanBytes(src)
		return err
	})
	if err != nil {
		return nil, err
	}
	for i, path := range paths {
		t.scans[path] = scans[i]
	}
	t.units = t.selectUnits(listed)
	return t, nil
}

// read returns what a file holds.
func (req Request) read(path string) ([]byte, error) {
	if src, ok := req.Overlay[path]; ok {
		return src, nil
	}
	return os.ReadFile(path)
}

// absolute returns the request with an absolute directory: by a relative one, the go command would
// not know through which symlink it was reached, and name files by paths that the user has not
// seen.
func (req Request) absolute() (Request, error) {
	if info, err := os.Stat(cmp.Or(req.Dir, ".")); err != nil || !info.IsDir() {
		return req, fmt.Errorf("%s is no directory", req.Dir)
	}
	dir, err := filepath.Abs(req.Dir)
	req.Dir = dir
	return req, err
}

// list asks the go command what the patterns match.
func list(ctx context.Context, req Request) ([]*packages.Package, error) {
	req.Patterns = req.patterns()
	for _, p := range req.Patterns {
		if strings.HasSuffix(p, ".go") {
			return nil, fmt.Errorf("%s is a file: name its package, such as %s", p, "./"+filepath.ToSlash(filepath.Dir(p)))
		}
	}
	listed, err := match(ctx, req, req.Patterns...)
	if err != nil {
		return nil, err
	}
	for _, p := range listed {
		if len(p.Errors) > 0 && p.Name == "" && len(goFiles(p)) == 0 {
			return nil, plain(p.Errors[0]) // there is no such package; what is wrong in one that exists may not concern us
		}
	}
	for _, pattern := range req.Patterns {
		if req.matchesAny(pattern, listed) {
			continue
		}
		if alone, err := match(ctx, req, pattern); err != nil {
			return nil, err
		} else if len(alone) == 0 {
			return nil, fmt.Errorf("no packages match %s", pattern)
		}
	}
	return listed, nil
}

// patterns returns what packages are asked for.
func (req Request) patterns() []string {
	if len(req.Patterns) == 0 {
		return []string{"."}
	}
	return req.Patterns
}

// match returns the packages that the patterns match, and their tests.
func match(ctx context.Context, req Request, patterns ...string) ([]*packages.Package, error) {
	key, ok := req.memory.Listing(req.Dir, patterns)
	if kept, found := req.recallListing(key); ok && found {
		return kept, nil
	}
	req.progress("listing packages", 0, 0)
	listed, err := packages.Load(&packages.Config{
		Context: ctx, Dir: req.Dir, BuildFlags: buildFlags(req), Tests: true, Overlay: req.Overlay,
		Mode: packages.NeedName | packages.NeedFiles | packages.NeedForTest | packages.NeedModule,
	}, patterns...)
	if err != nil {
		return nil, plain(err)
	}
	if ok {
		req.keepListing(key, listed)
	}
	return listed, nil
}

// matchesAny reports whether a pattern certainly matches one of the packages: of several wildcards,
// the go command does not say which match nothing. What has no wildcard always matches.
func (req Request) matchesAny(pattern string, listed []*packages.Package) bool {
	root, isTree := strings.CutSuffix(pattern, "/...")
	switch {
	case !strings.Contains(pattern, "..."):
		return len(listed) > 0
	case !isTree:
		return false
	case build.IsLocalImport(root):
		root = filepath.Join(req.Dir, root)
	}
	return slices.ContainsFunc(listed, func(p *packages.Package) bool {
		place := p.PkgPath
		if filepath.IsAbs(root) {
			place = p.Dir
		}
		return place == root || strings.HasPrefix(place, root+"/")
	})
}

// plain returns the error of the go command as one line of the user's world.
func plain(err error) error {
	text := err.Error()
	if e, ok := errors.AsType[packages.Error](err); ok {
		text = e.Msg
	}
	if _, stderr, ok := strings.Cut(text, "stderr: "); ok {
		text = stderr
	}
	if pattern, _, ok := strings.Cut(text, ": directory prefix"); ok { // the go command does not say that this is about go.mod
		text = pattern + ": there is no go.mod file in that directory or above it, or none of this module or workspace"
	}
	text = strings.TrimPrefix(strings.TrimSpace(text), "go: ")
	return errors.New(strings.Join(strings.FieldsFunc(text, func(r rune) bool { return r == '\n' || r == '\t' }), " "))
}

func buildFlags(req Request) []string {
	if len(req.Tags) == 0 {
		return nil
	}
	return []string{"-tags=" + strings.Join(req.Tags, ",")}
}

// goFiles returns the Go files of a package, also those that this build leaves out. The main
// package of a test has none: it stands in the build cache.
func goFiles(p *packages.Package) []string {
	all := slices.Concat(p.GoFiles, p.IgnoredFiles)
	return slices.DeleteFunc(all, func(path string) bool { return filepath.Ext(path) != ".go" })
}

// parse parses the files of all units. An error is a file that cannot be read.
func parse(req Request, fset *token.FileSet, units []*unit) error {
	var files []*file
	for _, u := range units {
		files = append(append(files, u.files...), u.elsewhere...)
	}
	err := parallel.Do(len(files), func(i int) error { return files[i].parse(req, fset) })
	for _, u := range units {
		u.settleName()
	}
	return err
}

func (f *file) parse(req Request, fset *token.FileSet) error {
	src, err := req.read(f.path)
	if err != nil {
		return err
	}
	f.syntax, f.broken = parser.ParseFile(fset, f.path, src, parser.ParseComments|parser.SkipObjectResolution)
	if f.syntax == nil {
		return f.broken
	}
	for _, group := range f.syntax.Comments {
		for _, c := range group.List {
			if c.Pos() < f.syntax.Package && constraint.IsGoBuild(c.Text) {
				f.constraint = strings.TrimSpace(strings.TrimPrefix(c.Text, "//go:build"))
			}
		}
	}
	return nil
}

// settleName names the unit as its first annotated file does, and drops what is elsewhere and
// belongs to another package.
func (u *unit) settleName() {
	for _, f := range slices.Backward(u.files) {
		if f.marked || u.name == "" {
			u.name = f.syntax.Name.Name
		}
	}
	u.elsewhere = slices.DeleteFunc(u.elsewhere, func(f *file) bool {
		return f.syntax.Name.Name != u.name || f.constraint == "ignore"
	})
}
