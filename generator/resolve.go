package generator

// This file finds out what the names in directives are: values, types and functions of Go, written as in the annotated file or
// with the full import path, because a file may not import what only a comment uses.

import (
	"fmt"
	"go/ast"
	"go/types"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/resilgen/resilgen/templates"
)

// A reference is one name that a directive mentions.
type reference struct {
	item
	key      string // on or never; for functions, what they are for: fallback, failure, reject, rewind
	function bool
}

// references returns every name that the annotation's directives mention.
func (a *annotation) references() (all []reference) {
	for _, d := range a.directives() {
		for _, s := range d.settings {
			switch {
			case s.namesFunction():
				all = append(all, reference{item{s.span, s.Value}, s.purpose(), true})
			case s.Key == "on" || s.Key == "never":
				for _, i := range s.items() {
					all = append(all, reference{i, s.Key, false})
				}
			}
		}
	}
	return all
}

// purpose says what a setting's function is for.
func (s setting) purpose() string {
	if s.Key != "" {
		return s.Key
	}
	return s.Directive
}

// names are what the names in an annotation's directives stand for.
type names struct {
	matches   map[string]templates.Match // in on= and never=
	functions map[string]types.Object    // whether they fit is seen method by method
}

// referenceForm is name, pkg.Name or example.com/path/pkg.Name, of a type with a star if need be.
var referenceForm = regexp.MustCompile(`^\*?([^.\s"'][^\s"']*\.)?[\pL_][\pL\pN_]*$`)

// split takes *net.OpError apart.
func (r reference) split() (star bool, qualifier, name string) {
	text, star := strings.CutPrefix(r.text, "*")
	i := strings.LastIndex(text, ".")
	return star, text[:max(i, 0)], text[i+1:]
}

// importPath returns the package that has to be loaded for the reference if its file does not import it by that name:
// "" for none.
func (r reference) importPath() string {
	_, qualifier, _ := r.split()
	if qualifier == "resil" {
		return runtimePath
	}
	return qualifier
}

// resolve returns what each name is. Each that is nothing usable is reported.
func (a *annotation) resolve(found *findings) names {
	all := names{map[string]templates.Match{}, map[string]types.Object{}}
	for _, r := range a.references() {
		obj, suggestion, err := a.lookup(r)
		switch {
		case err != nil:
		case r.function:
			err = isFunction(r, obj)
		default:
			all.matches[r.text], suggestion, err = a.match(r, obj)
		}
		if err == nil {
			err = a.mayUse(obj, found)
		}
		switch {
		case err != nil:
			found.report(r, suggestion, "%s", err)
		case r.function:
			all.functions[r.text] = obj
		}
	}
	return all
}

// lookup returns the object that a reference names.
func (a *annotation) lookup(r reference) (obj types.Object, suggestion string, err error) {
	if !referenceForm.MatchString(r.text) {
		return nil, "", fmt.Errorf("%s is not a name: write Name, pkg.Name or example.com/path/pkg.Name", r.text)
	}
	_, qualifier, name := r.split()
	file, pkg := a.file.scope, a.unit.types
	if qualifier == "" {
		if obj := file.Lookup(name); obj != nil && !isPackage(obj) { // by a dot import
			return obj, "", nil
		}
	} else if imported, ok := file.Lookup(qualifier).(*types.PkgName); ok {
		pkg = imported.Imported()
	} else if path := r.importPath(); path != a.unit.path {
		pkg, err = a.unit.importer.Import(path)
		switch {
		case err != nil && path == qualifier && !strings.Contains(path, "/"):
			return nil, "", fmt.Errorf("this file imports no package %s: import it, or write its full path", qualifier)
		case err != nil:
			return nil, "", err
		}
	}
	if obj := pkg.Scope().Lookup(name); obj != nil {
		return obj, "", nil
	}
	near := nearest(name, r.candidates(pkg.Scope()))
	if near != "" {
		near = strings.TrimSuffix(r.text, name) + near
	}
	return nil, near, fmt.Errorf("package %s declares no %s", pkg.Name(), name)
}

// candidates returns the names in a package that a reference may have meant.
func (r reference) candidates(scope *types.Scope) []string {
	return slices.DeleteFunc(scope.Names(), func(name string) bool {
		return r.function && isFunction(r, scope.Lookup(name)) != nil
	})
}

func isPackage(obj types.Object) bool {
	_, ok := obj.(*types.PkgName)
	return ok
}

var (
	errorType = types.Universe.Lookup("error").Type()
	predicate = types.NewSignatureType(nil, nil, nil,
		types.NewTuple(types.NewParam(0, nil, "", errorType)),
		types.NewTuple(types.NewParam(0, nil, "", types.Typ[types.Bool])), false)
)

// match says how an object selects errors.
func (a *annotation) match(r reference, obj types.Object) (m templates.Match, suggestion string, err error) {
	star, _, _ := r.split()
	t := obj.Type()
	if _, isType := obj.(*types.TypeName); isType {
		return matchType(r, t, star)
	}
	switch {
	case star:
		return m, strings.TrimPrefix(r.text, "*"), fmt.Errorf("%s is not a type: * stands before error types only", obj.Name())
	case types.AssignableTo(t, errorType):
		return templates.Match{Object: obj}, "", nil
	case types.AssignableTo(t, predicate):
		return templates.Match{Object: obj, Func: true}, "", nil
	}
	return m, "", fmt.Errorf("%s is %s: %s= wants an error value, an error type or a func(error) bool",
		obj.Name(), types.TypeString(t, types.RelativeTo(a.unit.types)), r.key)
}

// matchType is match for types.
func matchType(r reference, t types.Type, star bool) (m templates.Match, suggestion string, err error) {
	if g, ok := t.(interface{ TypeParams() *types.TypeParamList }); ok && g.TypeParams().Len() > 0 {
		return m, "", fmt.Errorf("%s is generic: declare an alias of the instance that is meant, and name that", r.text)
	}
	asked, other, otherText := t, types.Type(types.NewPointer(t)), "*"+r.text
	if star {
		asked, other, otherText = other, asked, strings.TrimPrefix(r.text, "*")
	}
	if types.AssignableTo(asked, errorType) {
		return templates.Match{Type: asked}, "", nil
	}
	if types.AssignableTo(other, errorType) {
		suggestion = otherText
	}
	return m, suggestion, fmt.Errorf("%s is no error type: it has no method Error() string", r.text)
}

// mayUse reports why the generated file could not mention the object.
func (a *annotation) mayUse(obj types.Object, found *findings) error {
	own, pkg := a.unit.path, obj.Pkg().Path()
	if pkg == own {
		at := found.position(obj.Pos())
		if strings.HasSuffix(at.Filename, "_test.go") && !strings.HasSuffix(a.file.path, "_test.go") {
			return fmt.Errorf("%s is declared in %s, which only tests are built with", obj.Name(), filepath.Base(at.Filename))
		}
		return nil
	}
	switch {
	case !ast.IsExported(obj.Name()):
		return fmt.Errorf("%s is not exported by package %s", obj.Name(), obj.Pkg().Name())
	case obj.Pkg().Name() == "main":
		return fmt.Errorf("%s is declared in a command, which nothing can import", obj.Name())
	case !templates.SeesInternal(a.unit.types, pkg):
		return fmt.Errorf("%s is internal: package %s may not import it", pkg, a.unit.name)
	case dependsOn(obj.Pkg(), own, map[*types.Package]bool{}):
		return fmt.Errorf("%s imports %s, which cannot import it in turn", pkg, own)
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
