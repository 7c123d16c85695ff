package generator

// This file finds out what the names in directives are in Go.

import (
	"cmp"
	"go/ast"
	"go/types"
	"slices"
	"strings"

	"github.com/resilgen/resilgen/internal/nearest"
	"github.com/resilgen/resilgen/templates"
)

// lookup returns the object that a reference, which may stand in another package, names, as this
// package sees it.
func (p *typedPackage) lookup(r reference) (types.Object, *problem) {
	if !referenceForm.MatchString(r.text) {
		return nil, problemf("%s is not a name: write Name, pkg.Name or example.com/path/pkg.Name", r.text)
	}
	_, qualifier, name := r.split()
	if obj := p.dotImported(r); obj != nil {
		return obj, nil
	}
	pkg, unknown := p.packageOf(r, qualifier)
	if unknown != nil {
		return nil, unknown
	}
	if obj := pkg.Scope().Lookup(name); obj != nil {
		return obj, nil
	}
	if qualifier == "" && r.site.pkg != p.parsedPackage && !ast.IsExported(name) {
		return nil, problemf("%s is not exported by package %s", name, pkg.Name())
	}
	near := nearest.To(name, r.candidates(pkg.Scope()))
	if near != "" {
		near = strings.TrimSuffix(r.text, name) + near
	}
	return nil, problemf("package %s declares no %s", pkg.Name(), name).suggesting(near)
}

// dotImported returns what a reference without a qualifier names in a package that its file imports
// as a dot; nil for nothing.
func (p *typedPackage) dotImported(r reference) types.Object {
	_, qualifier, name := r.split()
	if qualifier != "" || !ast.IsExported(name) {
		return nil
	}
	for path, as := range r.site.file.imports() {
		if as != "." {
			continue
		}
		if pkg, err := p.Import(path); err == nil && pkg.Scope().Lookup(name) != nil {
			return pkg.Scope().Lookup(name)
		}
	}
	return nil
}

// packageOf returns the package that a reference means by a qualifier: one that its file imports,
// or else one by its path; without a qualifier, its own.
func (p *typedPackage) packageOf(r reference, qualifier string) (*types.Package, *problem) {
	if qualifier == "" {
		return p.packageAt(r.site.pkg.path)
	}
	for path, name := range r.site.file.imports() {
		pkg, err := p.packageAt(path)
		switch {
		case err != nil && (name == qualifier || name == "" && templates.ExpectedName(path) == qualifier):
			return nil, err
		case err == nil && cmp.Or(name, pkg.Name()) == qualifier:
			return pkg, nil
		}
	}
	path := r.importPath()
	pkg, err := p.packageAt(path)
	if err != nil && (path == "" || path == qualifier && !strings.Contains(path, "/")) {
		return nil, problemf("this file imports no package %s: import it, or write its full path", qualifier)
	}
	return pkg, err
}

// Import returns a package as this one sees it, which may be itself.
func (p *typedPackage) Import(path string) (*types.Package, error) {
	if path == p.path {
		return p.types, nil
	}
	return p.importer.Import(path)
}

func (p *typedPackage) packageAt(path string) (*types.Package, *problem) {
	pkg, err := p.Import(path)
	if err != nil {
		return nil, problemf("%s", err)
	}
	return pkg, nil
}

// candidates returns the names in a package that a reference may have meant.
func (r reference) candidates(scope *types.Scope) []string {
	return slices.DeleteFunc(scope.Names(), func(name string) bool {
		obj := scope.Lookup(name)
		switch r.naming {
		case anErrorList:
			return false
		case noName:
			return !isString(obj)
		}
		return whyNoFunction(r, obj) != nil
	})
}
