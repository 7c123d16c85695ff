package generator

// This file tells what a file declares.

import "go/ast"

// declared returns the package-scope names that a file declares, with their places.
func (f *sourceFile) declared() map[string]ast.Node {
	names := map[string]ast.Node{}
	for _, decl := range f.syntax.Decls {
		switch decl := decl.(type) {
		case *ast.FuncDecl:
			if decl.Recv == nil {
				names[decl.Name.Name] = decl.Name
			}
		case *ast.GenDecl:
			for _, spec := range decl.Specs {
				switch spec := spec.(type) {
				case *ast.TypeSpec:
					names[spec.Name.Name] = spec.Name
				case *ast.ValueSpec:
					for _, name := range spec.Names {
						names[name.Name] = name
					}
				}
			}
		}
	}
	return names
}
