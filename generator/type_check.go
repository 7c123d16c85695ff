package generator

// This file type-checks the annotated packages, each alone and without the bodies of functions.
// Type errors are nobody's business here, unless an annotated interface cannot be understood
// because of them.

import (
	"errors"
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"
)

// A typedPackage is a package with its types. Of one that is read for its policies alone there is
// neither info nor errors.
type typedPackage struct {
	*parsedPackage
	importer importer // of what it imports
	types    *types.Package
	info     *types.Info
	errors   []types.Error
	scopes   map[*sourceFile]*types.Scope // what each file imports
}

// A typedInterface is an annotated interface with the types of its package.
type typedInterface struct {
	*annotation
	typed *typedPackage
}

// object returns the interface's type name.
func (a *typedInterface) object() *types.TypeName {
	return a.typed.info.Defs[a.spec.Name].(*types.TypeName)
}

// checkTypes type-checks packages, with the types of what they import, and with stand-ins for what
// our output declares.
func checkTypes(r *run, fset *token.FileSet, packages []*parsedPackage, imported imports, wrappers standIns) map[*parsedPackage]*typedPackage {
	typed := make(map[*parsedPackage]*typedPackage, len(packages))
	tested := map[*listedPackage]*typedPackage{}
	isExternal := func(p *parsedPackage) bool { return p.underTest != nil }
	isAlone := func(p *parsedPackage) bool { return p.underTest == nil }
	for _, skip := range []func(*parsedPackage) bool{isExternal, isAlone} {
		batch := slices.DeleteFunc(slices.Clone(packages), skip)
		checked := make([]*typedPackage, len(batch))
		_ = r.parallel("checking packages", len(batch), func(i int) error {
			checked[i] = checkPackage(fset, batch[i], importer{imports: imported, underTest: tested[batch[i].underTest]}, wrappers)
			return nil
		})
		for _, t := range checked {
			typed[t.parsedPackage], tested[t.listedPackage] = t, t
		}
	}
	return typed
}

// checkPackage type-checks a package.
func checkPackage(fset *token.FileSet, p *parsedPackage, from importer, wrappers standIns) *typedPackage {
	var syntax []*ast.File
	for _, f := range p.files {
		withStandIns := *f.syntax
		withStandIns.Decls = slices.Concat(f.syntax.Decls, wrappers[f.path])
		syntax = append(syntax, &withStandIns)
	}
	from.cgo = standInForC(syntax)
	var errs []types.Error
	config := types.Config{
		Importer:         from,
		GoVersion:        p.goVersion,
		IgnoreFuncBodies: true,
		Error: func(err error) {
			// A tab continues the error before.
			if e, ok := errors.AsType[types.Error](err); ok && !strings.HasPrefix(e.Msg, "\t") {
				errs = append(errs, e)
			}
		},
	}
	info := &types.Info{
		Types:  map[ast.Expr]types.TypeAndValue{},
		Defs:   map[*ast.Ident]types.Object{},
		Uses:   map[*ast.Ident]types.Object{},
		Scopes: map[ast.Node]*types.Scope{},
	}
	pkg, _ := config.Check(p.path, fset, syntax, info) // the errors are collected
	scopes := map[*sourceFile]*types.Scope{}
	for i, f := range p.files {
		scopes[f] = info.Scopes[syntax[i]]
	}
	return &typedPackage{p, from, pkg, info, errs, scopes}
}

// importedPackage returns a package that is read for its policies alone, with the types that others
// see of it.
func importedPackage(p *parsedPackage, imported imports) *typedPackage {
	pkg, _ := imported.Import(p.path) // nil if there is none, in which nothing is declared
	return &typedPackage{parsedPackage: p, importer: importer{imports: imported}, types: pkg}
}

// An importer imports for a package: external tests see the package with its in-package tests.
type importer struct {
	imports
	underTest *typedPackage
	cgo       *types.Package
}

// Import is that of [types.Importer].
func (i importer) Import(path string) (*types.Package, error) {
	switch {
	case path == "C":
		return i.cgo, nil
	case i.underTest != nil && i.underTest.path == path:
		return i.underTest.types, nil
	}
	return i.imports.Import(path)
}
