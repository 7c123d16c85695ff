package generator

// This file tells whether generated code may mention an object of Go.

import (
	"go/ast"
	"go/types"
	"path/filepath"
	"strings"

	"github.com/resilgen/resilgen/templates"
)

// whyUnusable returns why the file that is generated from one of this package could not mention an
// object.
func (p *typedPackage) whyUnusable(obj types.Object, from *sourceFile, found *findings) *problem {
	own, pkg := p.path, obj.Pkg().Path()
	if pkg == own {
		at := found.position(obj.Pos())
		if strings.HasSuffix(at.Filename, "_test.go") && !strings.HasSuffix(from.path, "_test.go") {
			return problemf("%s is declared in %s, which only tests are built with", obj.Name(), filepath.Base(at.Filename))
		}
		return nil
	}
	switch {
	case !ast.IsExported(obj.Name()):
		return problemf("%s is not exported by package %s", obj.Name(), obj.Pkg().Name())
	case obj.Pkg().Name() == "main":
		return problemf("%s is declared in a command, which nothing can import", obj.Name())
	case !templates.SeesInternal(p.types, pkg):
		return problemf("%s is internal: package %s may not import it", pkg, p.name)
	case dependsOn(obj.Pkg(), own, map[*types.Package]bool{}):
		return problemf("%s imports %s, which cannot import it in turn", pkg, own)
	}
	return nil
}

// dependsOn reports whether a package imports a path, directly or not.
func dependsOn(pkg *types.Package, path string, seen map[*types.Package]bool) bool {
	if seen[pkg] {
		return false
	}
	seen[pkg] = true
	for _, imported := range pkg.Imports() {
		if imported.Path() == path || dependsOn(imported, path, seen) {
			return true
		}
	}
	return false
}
