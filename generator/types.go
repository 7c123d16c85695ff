package generator

// This file type-checks the annotated packages, each alone and without the bodies of functions.
// Type errors are nobody's business here, unless an annotated interface cannot be understood
// because of them.

import (
	"context"
	"errors"
	"go/ast"
	"go/token"
	"go/types"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// checkTypes type-checks the units. An error is a failure of the run.
func checkTypes(ctx context.Context, req Request, fset *token.FileSet, units []*unit, annotations []*annotation, shelf *shelf) error {
	paths := map[string]bool{}
	for _, u := range units {
		for _, f := range u.files {
			for _, spec := range f.syntax.Imports {
				if path, err := strconv.Unquote(spec.Path.Value); err == nil && path != "C" {
					paths[path] = true
				}
			}
		}
	}
	references := shelf.references()
	for _, a := range annotations {
		references = append(references, a.references()...)
		a.standIn()
	}
	for _, r := range references {
		for _, path := range append(r.packages(), r.importPath()) {
			paths[path] = true
		}
	}
	for _, u := range shelf.borrowed {
		paths[u.path] = true
	}
	delete(paths, "")
	found, err := loadImports(ctx, req, fset, slices.Sorted(maps.Keys(paths)), annotations)
	if err != nil {
		return err
	}
	shelf.settle(found)
	alone := slices.DeleteFunc(slices.Clone(units), func(u *unit) bool { return u.underTest != nil })
	external := slices.DeleteFunc(slices.Clone(units), func(u *unit) bool { return u.underTest == nil })
	for _, batch := range [][]*unit{alone, external} {
		_ = req.parallel("checking packages", len(batch), func(i int) error { batch[i].check(fset, found); return nil })
	}
	return nil
}

// check type-checks a unit.
func (u *unit) check(fset *token.FileSet, found imports) {
	var syntax []*ast.File
	for _, f := range u.files {
		withStandIns := *f.syntax
		withStandIns.Decls = slices.Concat(f.syntax.Decls, f.standIns)
		syntax = append(syntax, &withStandIns)
	}
	u.importer = importer{found, u.underTest, standInForC(syntax)}
	config := types.Config{
		Importer:         u.importer,
		GoVersion:        u.goVersion,
		IgnoreFuncBodies: true,
		Error: func(err error) {
			if e, ok := errors.AsType[types.Error](err); ok && !strings.HasPrefix(e.Msg, "\t") { // a tab continues the error before
				u.errors = append(u.errors, e)
			}
		},
	}
	u.info = &types.Info{
		Types:  map[ast.Expr]types.TypeAndValue{},
		Defs:   map[*ast.Ident]types.Object{},
		Uses:   map[*ast.Ident]types.Object{},
		Scopes: map[ast.Node]*types.Scope{},
	}
	u.types, _ = config.Check(u.path, fset, syntax, u.info) // the errors are collected
	for i, f := range u.files {
		f.scope = u.info.Scopes[syntax[i]]
	}
}

// An importer imports for a unit: external tests see the package with its in-package tests.
type importer struct {
	imports
	underTest *unit
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

// standIn declares the wrapper as an empty struct: our output is left out, and signatures may well
// mention what it declares. It has no place within the interface, and so no errors of its own.
func (a *annotation) standIn() {
	a.file.standIns = append(a.file.standIns, &ast.GenDecl{Tok: token.TYPE, Specs: []ast.Spec{&ast.TypeSpec{
		Name:       &ast.Ident{NamePos: a.file.syntax.Package, Name: a.wrapper()}, // the type checker asks for the file of what has methods
		TypeParams: a.spec.TypeParams,
		Type:       &ast.StructType{Fields: &ast.FieldList{}},
	}}})
}

// isWellTyped reports whether the interface can be understood, and what keeps it from that.
func (a *annotation) isWellTyped(found *findings) bool {
	before := len(found.list)
	if a.findC(found); len(found.list) > before {
		return false
	}
	for _, e := range a.unit.errors {
		if a.spec.Pos() <= e.Pos && e.Pos < a.spec.End() {
			found.report(span{e.Pos, e.Pos}, "", "%s", e.Msg)
		}
	}
	if len(found.list) > before {
		return false
	}
	a.findInvalid(found)
	return len(found.list) == before
}

// findInvalid reports the parts of the interface that stand for an unknown type because of an error
// elsewhere.
func (a *annotation) findInvalid(found *findings) {
	ast.Inspect(a.spec.Type, func(n ast.Node) bool {
		e, ok := n.(ast.Expr)
		if !ok {
			return true
		}
		t := a.unit.info.Types[e]
		if !t.IsType() || types.Unalias(t.Type) != types.Typ[types.Invalid] {
			return true
		}
		message := types.ExprString(e) + " is not a valid type"
		if why := a.importError(e); why != "" {
			message = why
		}
		found.report(e, "", "%s", message)
		return false
	})
	for _, e := range a.embedded() {
		if isHollow(a.unit.info.TypeOf(e)) {
			found.report(e, "", "%s does not type-check", types.ExprString(e))
		}
	}
}

// isHollow reports whether an interface's declaration, which may stand elsewhere, is broken:
// methods may be missing from it.
func isHollow(t types.Type) bool {
	it, ok := t.Underlying().(*types.Interface)
	if !ok {
		return false
	}
	for m := range it.Methods() {
		if strings.Contains(m.Type().String(), types.Typ[types.Invalid].String()) {
			return true
		}
	}
	for e := range it.EmbeddedTypes() {
		if types.Unalias(e) == types.Typ[types.Invalid] || isHollow(e) {
			return true
		}
	}
	return false
}

// importError returns what is wrong with the import by which an expression names a type; empty for
// nothing.
func (a *annotation) importError(e ast.Expr) string {
	sel, ok := e.(*ast.SelectorExpr)
	if !ok {
		return ""
	}
	id, ok := sel.X.(*ast.Ident)
	if !ok {
		return ""
	}
	name, ok := a.unit.info.Uses[id].(*types.PkgName)
	if !ok {
		return ""
	}
	for _, e := range a.unit.errors {
		for _, spec := range a.file.syntax.Imports {
			if e.Pos == spec.Path.Pos() && spec.Path.Value == strconv.Quote(name.Imported().Path()) {
				return e.Msg
			}
		}
	}
	return ""
}
