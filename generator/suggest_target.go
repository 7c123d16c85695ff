package generator

// This file finds the interface that somebody named by package and name, or the interface of ours
// that embeds it.

import (
	"context"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"maps"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/tools/go/packages"

	"github.com/resilgen/resilgen/internal/nearest"
)

// A target is an interface to annotate.
type target struct {
	asked string // as the user named it
	path  string // the file that declares it
	name  string // the type there
	isNew bool   // the file is a draft alone
	wrap  string // arguments of //resilgen:wrap; "" for none
}

// splitTarget takes "example.com/pay.Store" apart: the package as the go command takes it, and the
// type. Without a package, it is the one in the current directory.
func splitTarget(asked string) (pattern, name string, err error) {
	i := strings.LastIndexByte(asked, '.')
	pattern, name = asked[:max(i, 0)], asked[i+1:]
	if pattern == "" {
		pattern = "."
	}
	if !token.IsIdentifier(name) || strings.Contains(pattern, "...") && pattern != ".." {
		return "", "", fmt.Errorf("%s does not name an interface: write Name, ./path.Name or example.com/path.Name", asked)
	}
	return pattern, name, nil
}

// A listing is a package with the declarations of its files.
type listing struct {
	*packages.Package
	dir   string
	types *types.Package       // nil until asked for
	files map[string]*ast.File // by path, those of tests and of other builds included
}

// listPackage lists a package, and reads what it declares.
func (s *suggester) listPackage(ctx context.Context, pattern string) (*listing, error) {
	if l := s.listings[pattern]; l != nil {
		return l, nil
	}
	listed, err := list(ctx, s.run.withPatterns(pattern))
	if err != nil {
		return nil, err
	}
	l := &listing{files: map[string]*ast.File{}}
	var all []string
	for _, p := range listed {
		all = append(all, goFiles(p)...)
		if p.ForTest == "" && len(goFiles(p)) > 0 {
			l.Package, l.dir = p, filepath.Dir(goFiles(p)[0])
		}
	}
	if l.Package == nil {
		return nil, fmt.Errorf("%s is no Go package", pattern)
	}
	for _, path := range all {
		src, err := s.run.read(path)
		if err != nil {
			return nil, err
		}
		// What does not parse is told where it matters.
		l.files[path], _ = parser.ParseFile(s.fset, path, src, parser.ParseComments|parser.SkipObjectResolution)
	}
	s.listings[pattern] = l
	return l, nil
}

// declaring returns the file that declares a type, of those of this build that are no tests.
func (l *listing) declaring(name string) (path string, f *ast.File) {
	for _, path := range l.GoFiles {
		if f := l.files[path]; f != nil {
			if _, spec := typeDeclaration(f, name); spec != nil {
				return path, f
			}
		}
	}
	return "", nil
}

// taken returns the package-scope names of all files.
func (l *listing) taken() map[string]bool {
	names := map[string]bool{}
	for _, f := range l.files {
		if f != nil {
			for name := range (&sourceFile{syntax: f}).declared() {
				names[name] = true
			}
		}
	}
	return names
}

// isOurs reports whether the module or workspace that we are in holds the package.
func (l *listing) isOurs() bool { return l.Module != nil && l.Module.Main }

// findTarget returns what to annotate for an interface that the user names.
func (s *suggester) findTarget(ctx context.Context, asked string) (*target, error) {
	pattern, name, err := splitTarget(asked)
	if err != nil {
		return nil, err
	}
	there, err := s.listPackage(ctx, pattern)
	if err != nil {
		return nil, err
	}
	path, f := there.declaring(name)
	if f == nil {
		near := nearest.To(name, slices.Sorted(maps.Keys(there.taken())))
		if near != "" {
			near = " (did you mean " + near + "?)"
		}
		return nil, fmt.Errorf("package %s declares no %s, tests apart%s", there.PkgPath, name, near)
	}
	if there.isOurs() && !ast.IsGenerated(f) {
		return &target{asked: asked, path: path, name: name}, nil
	}
	here, err := s.listPackage(ctx, ".")
	if err != nil {
		return nil, err
	}
	if path, name := here.embedding(there, name); path != "" {
		return &target{asked: asked, path: path, name: name}, nil
	}
	return s.embed(ctx, here, there, asked, name)
}

// embedding returns the interface of a package that embeds nothing but a given one, or is an alias
// of it.
func (l *listing) embedding(there *listing, name string) (path, embedding string) {
	for _, path := range slices.Sorted(maps.Keys(l.files)) {
		f := l.files[path]
		if f == nil || ast.IsGenerated(f) || strings.HasSuffix(path, "_test.go") {
			continue
		}
		for _, decl := range f.Decls {
			decl, ok := decl.(*ast.GenDecl)
			if !ok {
				continue
			}
			for _, spec := range decl.Specs {
				if spec, ok := spec.(*ast.TypeSpec); ok && l.isNameOf(f, soleEmbedded(spec), there, name) {
					return path, spec.Name.Name
				}
			}
		}
	}
	return "", ""
}

// soleEmbedded returns what a type stands for: the only thing that it embeds, or what it is
// declared as; nil for an interface with more in it.
func soleEmbedded(spec *ast.TypeSpec) ast.Expr {
	it, ok := ast.Unparen(spec.Type).(*ast.InterfaceType)
	switch {
	case !ok:
		return spec.Type
	case len(it.Methods.List) == 1 && len(it.Methods.List[0].Names) == 0:
		return it.Methods.List[0].Type
	}
	return nil
}

// withoutArgs returns the name of a type without its type arguments.
func withoutArgs(e ast.Expr) ast.Expr {
	switch e := e.(type) {
	case *ast.ParenExpr:
		return withoutArgs(e.X)
	case *ast.IndexExpr:
		return e.X
	case *ast.IndexListExpr:
		return e.X
	}
	return e
}

// isNameOf reports whether an expression in a file is the name of a type of the package there, with
// type arguments or without.
func (l *listing) isNameOf(f *ast.File, e ast.Expr, there *listing, name string) bool {
	switch e := withoutArgs(e).(type) {
	case *ast.Ident:
		return e.Name == name && l.PkgPath == there.PkgPath
	case *ast.SelectorExpr:
		pkg, ok := e.X.(*ast.Ident)
		return ok && e.Sel.Name == name && slices.ContainsFunc(f.Imports, func(spec *ast.ImportSpec) bool {
			imported, _ := strconv.Unquote(spec.Path.Value)
			as := there.Name
			if spec.Name != nil {
				as = spec.Name.Name
			}
			return imported == there.PkgPath && as == pkg.Name
		})
	}
	return false
}

// typesOf returns the types of a package.
func (s *suggester) typesOf(ctx context.Context, l *listing) (*types.Package, error) {
	if l.types != nil {
		return l.types, nil
	}
	found, err := loadImports(ctx, s.run, nil, s.fset, []string{l.PkgPath}, nil)
	if err != nil {
		return nil, err
	}
	if l.types, err = found.Import(l.PkgPath); err != nil {
		return nil, fmt.Errorf("%s: %w", l.PkgPath, err)
	}
	return l.types, nil
}
