package generator

// This file sees to it that nothing has the names already that generated declarations need.

import (
	"go/ast"
	"go/types"
	"strconv"
)

// checkNames reports wrappers whose names are taken: by a declaration, an import or another wrapper
// of the package. What other builds declare counts where the wrapper is part of every build.
func checkNames(p *typedPackage, annotations []*annotation, found *findings) {
	taken, elsewhere := map[string]Related{}, map[string]Related{}
	for _, f := range p.files {
		scope := p.scopes[f]
		if scope == nil {
			continue // it belongs to another package
		}
		for _, name := range scope.Names() {
			taken[name] = found.related(f.importOf(scope.Lookup(name)), "%s is imported here", name)
		}
		noteDeclared(f, taken, found)
	}
	for _, f := range p.elsewhere {
		noteDeclared(f, elsewhere, found)
	}
	for _, a := range annotations {
		for _, name := range []string{a.wrapper(), a.constructor()} {
			by, clash := taken[name]
			if !clash && !a.file.isConstrained() {
				by, clash = elsewhere[name]
			}
			if clash {
				needed := problemf("the wrapper of %s needs the name %s, which is taken: choose another with name=", a.name(), name)
				found.add(a.namePlace(), needed.relating(by))
				break
			}
		}
		taken[a.wrapper()] = found.related(a.namePlace(), "the wrapper of %s has this name", a.name())
		taken[a.constructor()] = found.related(a.namePlace(), "the constructor of the wrapper of %s has this name", a.name())
	}
}

// noteDeclared notes where a file declares its names.
func noteDeclared(f *sourceFile, names map[string]Related, found *findings) {
	for name, at := range f.declared() {
		names[name] = found.related(at, "%s is declared here", name)
	}
}

// importOf returns the import that brings an object into the scope of the file: one of a package,
// or one with a dot, of all that a package declares. The latter stands elsewhere than the object.
func (f *sourceFile) importOf(obj types.Object) ast.Node {
	for _, spec := range f.syntax.Imports {
		path, err := strconv.Unquote(spec.Path.Value)
		isDot := err == nil && spec.Name != nil && spec.Name.Name == "."
		if spec.Pos() == obj.Pos() || isDot && path == obj.Pkg().Path() {
			return spec
		}
	}
	return f.syntax.Name
}
