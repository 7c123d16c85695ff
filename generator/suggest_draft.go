package generator

// This file drafts a file with an interface that embeds another one: of another module, or in a
// generated file. These cannot be annotated where they stand.

import (
	"context"
	"fmt"
	"go/ast"
	"go/parser"
	"go/types"
	"maps"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/resilgen/resilgen/templates"
)

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
		if free(guarded, &directive{name: &argument{text: wrapper}}) {
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
