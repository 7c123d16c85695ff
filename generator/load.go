package generator

// This file finds out which packages there are, and reads and parses those that hold annotations. What has none costs a
// line of go list and a search of its bytes. Our own output is left out, so that it may be stale, broken or gone.

import (
	"context"
	"errors"
	"fmt"
	"go/build/constraint"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/tools/go/packages"
)

// A tree is everything that the patterns matched.
type tree struct {
	scans map[string]scan // of each Go file, by path
	units []*unit
}

// load lists what the patterns match, and parses the packages that hold annotations.
func load(ctx context.Context, req Request, fset *token.FileSet) (*tree, error) {
	listed, err := list(ctx, req)
	if err != nil {
		return nil, err
	}
	t := &tree{scans: map[string]scan{}}
	for _, p := range listed {
		for _, path := range goFiles(p) {
			t.scans[path] = scan{}
		}
	}
	paths := slices.Sorted(maps.Keys(t.scans))
	scans := make([]scan, len(paths))
	err = parallel(len(paths), func(i int) error {
		src, err := os.ReadFile(paths[i])
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
	return t, parse(fset, t.units)
}

// list asks the go command what the patterns match.
func list(ctx context.Context, req Request) ([]*packages.Package, error) {
	patterns := req.Patterns
	if len(patterns) == 0 {
		patterns = []string{"."}
	}
	for _, p := range patterns {
		if strings.HasSuffix(p, ".go") {
			return nil, fmt.Errorf("%s is a file: name its package, such as %s", p, "./"+filepath.ToSlash(filepath.Dir(p)))
		}
	}
	if info, err := os.Stat(req.Dir); req.Dir != "" && (err != nil || !info.IsDir()) {
		return nil, fmt.Errorf("%s is no directory", req.Dir)
	}
	const mode = packages.NeedName | packages.NeedFiles | packages.NeedForTest | packages.NeedModule
	listed, err := packages.Load(&packages.Config{
		Context: ctx, Dir: req.Dir, BuildFlags: buildFlags(req), Tests: true, Mode: mode,
	}, patterns...)
	if err != nil {
		return nil, plain(err)
	}
	if len(listed) == 0 {
		return nil, fmt.Errorf("no packages match %s", strings.Join(patterns, " "))
	}
	for _, p := range listed {
		if len(p.Errors) > 0 && p.Name == "" && len(goFiles(p)) == 0 {
			return nil, plain(p.Errors[0]) // there is no such package; what is wrong in one that exists may not concern us
		}
	}
	return listed, nil
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

// goFiles returns the Go files of a package, also those that this build leaves out. The main package of a test has none: it stands in
// the build cache.
func goFiles(p *packages.Package) []string {
	all := slices.Concat(p.GoFiles, p.IgnoredFiles)
	return slices.DeleteFunc(all, func(path string) bool { return filepath.Ext(path) != ".go" })
}

// parse parses the files of all units. An error is a file that cannot be read.
func parse(fset *token.FileSet, units []*unit) error {
	var files []*file
	for _, u := range units {
		files = append(append(files, u.files...), u.elsewhere...)
	}
	err := parallel(len(files), func(i int) error { return files[i].parse(fset) })
	for _, u := range units {
		u.settleName()
	}
	return err
}

func (f *file) parse(fset *token.FileSet) error {
	f.syntax, f.broken = parser.ParseFile(fset, f.path, nil, parser.ParseComments|parser.SkipObjectResolution)
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

// settleName names the unit as its first annotated file does, and drops what is elsewhere and belongs to another package.
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
