package generator

// This file tells whether an object of Go is what a directive wants, and whether generated code may
// mention it.

import (
	"go/ast"
	"go/types"
	"path/filepath"
	"strings"

	"github.com/resilgen/resilgen/templates"
)

var (
	errorType = types.Universe.Lookup("error").Type()
	predicate = types.NewSignatureType(nil, nil, nil,
		types.NewTuple(types.NewParam(0, nil, "", errorType)),
		types.NewTuple(types.NewParam(0, nil, "", types.Typ[types.Bool])), false)
)

// isString reports whether an object is a string constant.
func isString(obj types.Object) bool {
	c, ok := obj.(*types.Const)
	if !ok {
		return false
	}
	basic, ok := c.Type().Underlying().(*types.Basic)
	return ok && basic.Info()&types.IsString != 0
}

// isFunction returns what keeps an object from being a function.
func isFunction(r reference, obj types.Object) *problem {
	if _, isType := obj.(*types.TypeName); !isType {
		if _, ok := obj.Type().Underlying().(*types.Signature); ok {
			return nil
		}
	}
	return problemf("%s is not a function: %s wants one", r.text, r.key)
}

// kindOf says what an object is.
func kindOf(obj types.Object) string {
	switch obj.(type) {
	case *types.TypeName:
		return "a type"
	case *types.Func:
		return "a function"
	case *types.Var:
		return "a variable"
	}
	return "something else"
}

// match says how an object selects errors.
func (p *typedPackage) match(r reference, obj types.Object) (templates.Match, *problem) {
	star, _, _ := r.split()
	t := obj.Type()
	if _, isType := obj.(*types.TypeName); isType {
		return matchType(r, t, star)
	}
	switch {
	case star:
		wrong := problemf("%s is not a type: * stands before error types only", obj.Name())
		return templates.Match{}, wrong.suggesting(strings.TrimPrefix(r.text, "*"))
	case types.AssignableTo(t, errorType):
		return templates.Match{Object: obj}, nil
	case types.AssignableTo(t, predicate):
		return templates.Match{Object: obj, Func: true}, nil
	}
	return templates.Match{}, problemf("%s is %s: %s= wants an error value, an error type or a func(error) bool",
		obj.Name(), types.TypeString(t, types.RelativeTo(p.types)), r.key)
}

// matchType says how a type selects errors.
func matchType(r reference, t types.Type, star bool) (templates.Match, *problem) {
	if g, ok := t.(interface{ TypeParams() *types.TypeParamList }); ok && g.TypeParams().Len() > 0 {
		return templates.Match{}, problemf("%s is generic: declare an alias of the instance that is meant, and name that", r.text)
	}
	asked, other, otherText := t, types.Type(types.NewPointer(t)), "*"+r.text
	if star {
		asked, other, otherText = other, asked, strings.TrimPrefix(r.text, "*")
	}
	if types.AssignableTo(asked, errorType) {
		return templates.Match{Type: asked}, nil
	}
	wrong := problemf("%s is no error type: it has no method Error() string", r.text)
	if types.AssignableTo(other, errorType) {
		wrong = wrong.suggesting(otherText)
	}
	return templates.Match{}, wrong
}

// mayUse returns why the file that is generated from one of this package could not mention an
// object.
func (p *typedPackage) mayUse(obj types.Object, from *sourceFile, found *findings) *problem {
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
