package generator

// This file is about types of cgo. C.name means something only in files with the preamble that
// declares it, and the generated file has none; but a type or an alias that the package declares as
// C.name can be named anywhere. Nothing looks into types of C, so cgo need not run: each C.name
// stands for a type of its own.

import (
	"go/ast"
	"go/token"
	"go/types"
	"slices"
)

// standInForC returns a package C with all that the files take from it, as types without content.
// The type checker will complain about names in lower case, and go on.
func standInForC(files []*ast.File) *types.Package {
	c := types.NewPackage("C", "C")
	for _, f := range files {
		if !importsC(f) {
			continue
		}
		ast.Inspect(f, func(n ast.Node) bool {
			if sel, ok := n.(*ast.SelectorExpr); ok && isC(sel) && c.Scope().Lookup(sel.Sel.Name) == nil {
				name := types.NewTypeName(token.NoPos, c, sel.Sel.Name, nil)
				types.NewNamed(name, types.NewStruct(nil, nil), nil)
				c.Scope().Insert(name)
			}
			return true
		})
	}
	c.MarkComplete()
	return c
}

func importsC(f *ast.File) bool {
	return slices.ContainsFunc(f.Imports, func(spec *ast.ImportSpec) bool { return spec.Path.Value == `"C"` })
}

// isC reports whether a selector is C.name, in a file that imports "C".
func isC(sel *ast.SelectorExpr) bool {
	id, ok := sel.X.(*ast.Ident)
	return ok && id.Name == "C"
}

// reportTypesOfC reports what the interface takes from C, itself or by an interface of the same
// package that it embeds.
func (a *typedInterface) reportTypesOfC(found *findings) {
	const way = `which only files with its import "C" can name: declare a type or an alias of it, and use that`
	for _, sel := range a.typed.typesOfC(a.spec) {
		found.report(sel, "%s is a type of cgo, %s", types.ExprString(sel), way)
	}
	for _, e := range a.embedded() {
		if named, ok := types.Unalias(a.typed.info.TypeOf(e)).(*types.Named); ok {
			for _, sel := range a.typed.typesOfC(a.typed.declaration(named.Obj())) {
				found.report(e, "%s mentions %s, a type of cgo, %s", types.ExprString(e), types.ExprString(sel), way)
			}
		}
	}
}

// typesOfC returns the types of cgo that a declaration mentions.
func (p *typedPackage) typesOfC(spec *ast.TypeSpec) (all []*ast.SelectorExpr) {
	if spec == nil {
		return nil
	}
	ast.Inspect(spec, func(n ast.Node) bool {
		if sel, ok := n.(*ast.SelectorExpr); ok && isC(sel) {
			if name := p.info.Uses[sel.Sel]; name != nil && name.Pkg() != nil && name.Pkg().Path() == "C" {
				all = append(all, sel)
			}
		}
		return true
	})
	return all
}

// declaration returns the declaration of a type in the package; nil if it stands elsewhere.
func (p *typedPackage) declaration(name *types.TypeName) *ast.TypeSpec {
	for _, f := range p.files {
		for _, decl := range f.syntax.Decls {
			if group, ok := decl.(*ast.GenDecl); ok {
				for _, spec := range group.Specs {
					if spec, ok := spec.(*ast.TypeSpec); ok && p.info.Defs[spec.Name] == name {
						return spec
					}
				}
			}
		}
	}
	return nil
}
