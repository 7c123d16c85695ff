package generator

// This file is annotations: interfaces that carry directives, and what they say as written.

import (
	"go/ast"
	"slices"
	"unicode"
	"unicode/utf8"
)

// A site is a file with directives: what it imports says what the names in them mean.
type site struct {
	pkg  *parsedPackage
	file *sourceFile
}

// An annotation is an interface that carries directives, or whose methods do.
type annotation struct {
	site
	spec    *ast.TypeSpec
	wrap    *directive
	own     []*directive            // on the interface, wrap excepted
	methods map[string][]*directive // on the methods that it declares, by name
}

// name returns the name of the interface.
func (a *annotation) name() string { return a.spec.Name.Name }

// directives returns all directives of the annotation but wrap, in the order of the file.
func (a *annotation) directives() []*directive {
	all := slices.Clone(a.own)
	for _, directives := range a.methods {
		all = append(all, directives...)
	}
	slices.SortFunc(all, func(x, y *directive) int { return int(x.Pos() - y.Pos()) })
	return all
}

// attach adds a directive that stands on the interface, or on the method if it is not empty.
func (a *annotation) attach(d *directive, method string, found *findings) {
	switch {
	case d.Name == "wrap" && a.wrap != nil:
		found.report(d, "%s is marked //resilgen:wrap twice", a.name())
	case d.Name == "wrap":
		a.wrap = d
	case method == "":
		a.own = append(a.own, d)
	default:
		if d.methods != nil {
			found.report(d.methods, "methods= chooses among the methods of an interface, and this directive stands on one of them")
			d.methods = nil
		}
		a.methods[method] = append(a.methods[method], d)
	}
}

// wrapper returns the name of the generated type.
func (a *annotation) wrapper() string {
	switch {
	case a.wrap.name != nil:
		return a.wrap.name.text
	case ast.IsExported(a.name()):
		return "Resilient" + a.name()
	}
	return "resilient" + capitalized(a.name())
}

// constructor returns the name of the function that makes the wrapper.
func (a *annotation) constructor() string {
	if ast.IsExported(a.wrapper()) {
		return "New" + a.wrapper()
	}
	return "new" + capitalized(a.wrapper())
}

func capitalized(name string) string {
	first, size := utf8.DecodeRuneInString(name)
	return string(unicode.ToUpper(first)) + name[size:]
}

// namePlace returns where the name of the wrapper is chosen: at name=, or else at wrap.
func (a *annotation) namePlace() ast.Node {
	if a.wrap.name != nil {
		return a.wrap.name
	}
	return a.wrap
}

// fields returns what is written in the interface; nothing if it is declared as another one.
func (a *annotation) fields() []*ast.Field {
	if it, ok := ast.Unparen(a.spec.Type).(*ast.InterfaceType); ok {
		return it.Methods.List
	}
	return nil
}

// embedded returns what the interface embeds, in source order, or the interface as which it is
// declared.
func (a *annotation) embedded() (list []ast.Expr) {
	if _, ok := ast.Unparen(a.spec.Type).(*ast.InterfaceType); !ok {
		return []ast.Expr{a.spec.Type}
	}
	for _, field := range a.fields() {
		if len(field.Names) == 0 {
			list = append(list, field.Type)
		}
	}
	return list
}
