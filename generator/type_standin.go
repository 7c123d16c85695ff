package generator

// This file stands in for our output, which is left out: signatures may well mention what it
// declares.

import (
	"go/ast"
	"go/token"
)

// standIns are declarations to be added to annotated files, by their paths.
type standIns map[string][]ast.Decl

// newStandIns declares the wrappers as empty structs. These have no place within the interfaces,
// and so no errors of their own.
func newStandIns(annotations []*annotation) standIns {
	all := standIns{}
	for _, a := range annotations {
		all[a.file.path] = append(all[a.file.path], &ast.GenDecl{Tok: token.TYPE, Specs: []ast.Spec{&ast.TypeSpec{
			// The type checker asks for the file of what has methods.
			Name:       &ast.Ident{NamePos: a.file.syntax.Package, Name: a.wrapper()},
			TypeParams: a.spec.TypeParams,
			Type:       &ast.StructType{Fields: &ast.FieldList{}},
		}}})
	}
	return all
}
