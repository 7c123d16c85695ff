package generator

// This file finds the interface that somebody named by package and name, and gives those of other
// modules, and those in generated files, an interface of our own that embeds them.

import (
	"context"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"maps"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/tools/go/packages"

	"github.com/resilgen/resilgen/internal/nearest"
	"github.com/resilgen/resilgen/templates"
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

// listing lists a package, and reads what it declares.
func (s *suggester) listing(ctx context.Context, pattern string) (*listing, error) {
	if h := s.listings[pattern]; h != nil {
		return h, nil
	}
	listed, err := list(ctx, s.run.of(pattern))
	if err != nil {
		return nil, err
	}
	h := &listing{files: map[string]*ast.File{}}
	var all []string
	for _, p := range listed {
		all = append(all, goFiles(p)...)
		if p.ForTest == "" && len(goFiles(p)) > 0 {
			h.Package, h.dir = p, filepath.Dir(goFiles(p)[0])
		}
	}
	if h.Package == nil {
		return nil, fmt.Errorf("%s is no Go package", pattern)
	}
	for _, path := range all {
		src, err := s.run.read(path)
		if err != nil {
			return nil, err
		}
		// What does not parse is told where it matters.
		h.files[path], _ = parser.ParseFile(s.fset, path, src, parser.ParseComments|parser.SkipObjectResolution)
	}
	s.listings[pattern] = h
	return h, nil
}

// declaring returns the file that declares a type, of those of this build that are no tests.
func (h *listing) declaring(name string) (path string, f *ast.File) {
	for _, path := range h.GoFiles {
		if f := h.files[path]; f != nil {
			if _, spec := typeDeclaration(f, name); spec != nil {
				return path, f
			}
		}
	}
	return "", nil
}

// taken returns the package-scope names of all files.
func (h *listing) taken() map[string]bool {
	names := map[string]bool{}
	for _, f := range h.files {
		if f != nil {
			for name := range (&sourceFile{syntax: f}).declared() {
				names[name] = true
			}
		}
	}
	return names
}

// isOurs reports whether the module or workspace that we are in holds the package.
func (h *listing) isOurs() bool { return h.Module != nil && h.Module.Main }

// find returns what to annotate for an interface that the user names.
func (s *suggester) find(ctx context.Context, asked string) (*target, error) {
	pattern, name, err := splitTarget(asked)
	if err != nil {
		return nil, err
	}
	there, err := s.listing(ctx, pattern)
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
	here, err := s.listing(ctx, ".")
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
func (h *listing) embedding(there *listing, name string) (path, embedding string) {
	for _, path := range slices.Sorted(maps.Keys(h.files)) {
		f := h.files[path]
		if f == nil || ast.IsGenerated(f) || strings.HasSuffix(path, "_test.go") {
			continue
		}
		for _, decl := range f.Decls {
			decl, ok := decl.(*ast.GenDecl)
			if !ok {
				continue
			}
			for _, spec := range decl.Specs {
				if spec, ok := spec.(*ast.TypeSpec); ok && h.names(f, embedded(spec), there, name) {
					return path, spec.Name.Name
				}
			}
		}
	}
	return "", ""
}

// embedded returns what a type stands for: the only thing that it embeds, or what it is declared
// as.
func embedded(spec *ast.TypeSpec) ast.Expr {
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

// names reports whether an expression in a file is the name of a type of the package there, with
// type arguments or without.
func (h *listing) names(f *ast.File, e ast.Expr, there *listing, name string) bool {
	switch e := withoutArgs(e).(type) {
	case *ast.Ident:
		return e.Name == name && h.PkgPath == there.PkgPath
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

// embed drafts a file with an interface that embeds one of another module, or of a generated file.
func (s *suggester) embed(ctx context.Context, here, there *listing, asked, name string) (*target, error) {
	pkg, err := s.typesOf(ctx, there)
	if err != nil {
		return nil, err
	}
	obj, ok := pkg.Scope().Lookup(name).(*types.TypeName)
	own := types.NewPackage(here.PkgPath, here.Name)
	switch foreign := here.PkgPath != there.PkgPath; {
	case !ok:
		return nil, fmt.Errorf("%s is not a type", asked)
	case !types.IsInterface(obj.Type()):
		return nil, fmt.Errorf("%s is not an interface", asked)
	case foreign && !obj.Exported():
		return nil, fmt.Errorf("%s is not exported", asked)
	case foreign && !templates.SeesInternal(own, there.PkgPath):
		return nil, fmt.Errorf("package %s is internal: %s may not import it", there.PkgPath, here.PkgPath)
	case foreign && there.Name == "main":
		return nil, fmt.Errorf("%s is declared in a command, which nothing can import", asked)
	case foreign && dependsOn(pkg, here.PkgPath, map[*types.Package]bool{}):
		return nil, fmt.Errorf("%s imports %s, which cannot import it in turn", there.PkgPath, here.PkgPath)
	}
	d := draft{own: own, taken: here.taken(), imports: map[string]string{}}
	t := &target{asked: asked, isNew: true}
	t.name, t.wrap = d.freeName(obj)
	t.path = s.freePath(here, t.name)
	src := d.file(obj, t.name)
	s.drafts[t.path] = src
	here.files[t.path], err = parser.ParseFile(s.fset, t.path, src, parser.ParseComments|parser.SkipObjectResolution)
	return t, err
}

// typesOf returns the types of a package.
func (s *suggester) typesOf(ctx context.Context, h *listing) (*types.Package, error) {
	if h.types != nil {
		return h.types, nil
	}
	found, err := loadImports(ctx, s.run, nil, s.fset, []string{h.PkgPath}, nil)
	if err != nil {
		return nil, err
	}
	if h.types, err = found.Import(h.PkgPath); err != nil {
		return nil, fmt.Errorf("%s: %w", h.PkgPath, err)
	}
	return h.types, nil
}

// freePath returns a path for a file about a type, which nothing stands at, and nothing at what is
// generated for it.
func (s *suggester) freePath(here *listing, name string) string {
	// Without underscores, no suffix says what to build it for.
	stem := filepath.Join(here.dir, strings.ReplaceAll(strings.ToLower(name), "_", ""))
	for n := 1; ; n++ {
		path := stem + ".go"
		if n > 1 {
			path = stem + strconv.Itoa(n) + ".go"
		}
		if here.files[path] == nil && here.files[outputPath(path)] == nil {
			return path
		}
	}
}

// A draft is a file with one interface.
type draft struct {
	own     *types.Package
	taken   map[string]bool   // names of the package scope
	imports map[string]string // names by path
}

// freeName returns a name for an interface that embeds another one: the same if it is free, as the
// names of its wrapper must be. Where that is the name of the other one itself, the wrapper has the
// name that it would have had, if it is free.
func (d *draft) freeName(obj *types.TypeName) (name, wrap string) {
	free := func(name string, wrap *directive) bool {
		a := &annotation{spec: &ast.TypeSpec{Name: ast.NewIdent(name)}, wrap: wrap}
		return !d.taken[name] && !d.taken[a.wrapper()] && !d.taken[a.constructor()]
	}
	guarded := "Guarded" + capitalized(obj.Name())
	if obj.Pkg().Path() == d.own.Path() {
		wrapper := "Resilient" + capitalized(obj.Name())
		if free(guarded, &directive{name: &argument{value: wrapper}}) {
			return guarded, "name=" + wrapper
		}
	}
	for _, name := range []string{obj.Name(), capitalized(obj.Pkg().Name()) + capitalized(obj.Name()), guarded} {
		if free(name, &directive{}) {
			return name, ""
		}
	}
	for n := 2; ; n++ {
		if name := guarded + strconv.Itoa(n); free(name, &directive{}) {
			return name, ""
		}
	}
}

// qualify imports a package, and returns its name in this file.
func (d *draft) qualify(pkg *types.Package) string {
	if pkg.Path() == d.own.Path() {
		return ""
	}
	name, ok := d.imports[pkg.Path()]
	if ok {
		return name
	}
	used := slices.Collect(maps.Values(d.imports))
	for name = pkg.Name(); d.taken[name] || slices.Contains(used, name); {
		name += "pkg"
	}
	d.imports[pkg.Path()] = name
	return name
}

// file returns the source:
//
//	package cache
//
//	import redis "github.com/redis/go-redis/v9"
//
//	// Cmdable is [redis.Cmdable].
//	type Cmdable interface {
//		redis.Cmdable
//	}
func (d *draft) file(obj *types.TypeName, name string) []byte {
	plain := obj.Name()
	if q := d.qualify(obj.Pkg()); q != "" {
		plain = q + "." + plain
	}
	params, args := d.typeParams(obj)
	return []byte("package " + d.own.Name() + "\n\n" + d.importDeclaration() +
		"// " + name + " is [" + plain + "].\ntype " + name + params + " interface {\n\t" + plain + args + "\n}\n")
}

// importDeclaration returns what the file imports, by other names than the paths say where need be.
func (d *draft) importDeclaration() string {
	var specs []string
	for _, p := range slices.Sorted(maps.Keys(d.imports)) {
		spec := strconv.Quote(p)
		if as := d.imports[p]; as != path.Base(p) {
			spec = as + " " + spec
		}
		specs = append(specs, spec)
	}
	switch len(specs) {
	case 0:
		return ""
	case 1:
		return "import " + specs[0] + "\n\n"
	}
	return "import (\n\t" + strings.Join(specs, "\n\t") + "\n)\n\n"
}

// typeParams returns the type parameters of an interface as declared, "[K comparable, V any]", and
// as arguments, "[K, V]".
func (d *draft) typeParams(obj *types.TypeName) (params, args string) {
	generic, ok := obj.Type().(interface{ TypeParams() *types.TypeParamList })
	if !ok || generic.TypeParams().Len() == 0 {
		return "", ""
	}
	for p := range generic.TypeParams().TypeParams() {
		params += ", " + p.Obj().Name() + " " + types.TypeString(p.Constraint(), d.qualify)
		args += ", " + p.Obj().Name()
	}
	return "[" + params[2:] + "]", "[" + args[2:] + "]"
}
