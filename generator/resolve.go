package generator

// This file finds out what the names in directives are: values, types and functions of Go, written
// as in the annotated file or with the full import path, because a file may not import what only a
// comment uses.

import (
	"cmp"
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"iter"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/resilgen/resilgen/internal/nearest"
	"github.com/resilgen/resilgen/templates"
)

// A reference is one name that a directive mentions.
type reference struct {
	item
	home  home
	key   string // on, never or use; for functions, what they are for: fallback, failure, reject, rewind, key
	names naming // noName for a policy
}

// mayBeParameter reports whether the reference may just as well mean a parameter: which of the two
// is seen method by method.
func (r reference) mayBeParameter() bool {
	_, qualifier, _ := r.split()
	return r.names == aKey && qualifier == ""
}

// references returns every name that the annotation's directives mention.
func (a *annotation) references() []reference { return a.home.references(a.directives()) }

// references returns every name that directives in this file mention.
func (h home) references(directives []*directive) (all []reference) {
	for _, d := range directives {
		for _, s := range d.settings {
			all = append(all, h.mentioned(s)...)
		}
		for _, i := range d.policies {
			all = append(all, reference{i, h, "use", noName})
		}
	}
	return all
}

// mentioned returns the names that a setting mentions.
func (h home) mentioned(s setting) (all []reference) {
	switch what := s.names(); what {
	case aFunction, aKey:
		all = append(all, reference{item{s.span, s.Value}, h, s.purpose(), what})
	case anErrorList:
		for _, i := range s.items() {
			all = append(all, reference{i, h, s.Key, what})
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

// names are what the names in an annotation's directives stand for. Those that come from named
// policies of other packages have their full import path here.
type names struct {
	matches   map[string]templates.Match // in lists of errors
	functions map[string]types.Object    // whether they fit is seen method by method
	absent    map[token.Pos]problem      // of what may be a parameter, by its place: why it is no function
}

// A problem is why a name stands for nothing that can be used.
type problem struct {
	error
	suggestion string
}

// referenceForm is name, pkg.Name or example.com/path/pkg.Name, of a type with a star if need be.
var referenceForm = regexp.MustCompile(`^\*?([^.\s"'][^\s"']*\.)?[\pL_][\pL\pN_]*$`)

// split takes *net.OpError apart.
func (r reference) split() (star bool, qualifier, name string) {
	text, star := strings.CutPrefix(r.text, "*")
	i := strings.LastIndex(text, ".")
	return star, text[:max(i, 0)], text[i+1:]
}

// importPath returns the package that has to be loaded for the reference if its file does not
// import it by that name: "" for none.
func (r reference) importPath() string {
	_, qualifier, _ := r.split()
	switch {
	case qualifier == "resil":
		return runtimePath
	case strings.Contains(qualifier, "...") || slices.Contains([]string{"all", "std", "cmd", "tool", "work"}, qualifier):
		return "" // to the go command, many packages
	}
	return qualifier
}

// packages returns the packages of which the file of a reference tells that they may be meant.
func (r reference) packages() (paths []string) {
	_, qualifier, _ := r.split()
	for path, name := range r.home.file.imports() {
		switch {
		case name == qualifier && name != "":
			return []string{path}
		case name == "." && qualifier == "", name == "" && qualifier != "":
			paths = append(paths, path)
		}
	}
	return paths
}

// imports returns the import paths of a file and the names that it gives to them: a dot, or nothing
// where the package's own name counts, also for what is imported for a comment alone, as _.
func (f *file) imports() iter.Seq2[string, string] {
	return func(yield func(path, name string) bool) {
		for _, spec := range f.syntax.Imports {
			path, err := strconv.Unquote(spec.Path.Value)
			if err != nil || path == "C" {
				continue
			}
			name := ""
			if spec.Name != nil && spec.Name.Name != "_" {
				name = spec.Name.Name
			}
			if !yield(path, name) {
				return
			}
		}
	}
}

// resolve returns what each name is. Each that is nothing usable is reported.
func (a *annotation) resolve(shelf *shelf, found *findings) names {
	all := names{map[string]templates.Match{}, map[string]types.Object{}, map[token.Pos]problem{}}
	var uses []reference
	for _, r := range a.references() {
		if r.key == "use" {
			uses = append(uses, r)
			continue
		}
		if suggestion, err := all.add(r, r.text, a.home, found); err != nil {
			found.report(r, suggestion, "%s", err)
		}
	}
	a.layers = map[token.Pos][]layer{}
	for _, r := range uses {
		a.layers[r.Pos()] = shelf.bring(r, user{a.home, r, found})
		for i := range a.layers[r.Pos()] {
			a.layers[r.Pos()][i].resolve(&all, user{a.home, r, found})
		}
	}
	return all
}

// add adds what a reference stands for under a text. What cannot be used from a home is an error,
// unless a parameter may be meant.
func (n *names) add(r reference, text string, from home, found *findings) (suggestion string, err error) {
	obj, suggestion, err := from.unit.lookup(r)
	if err == nil {
		suggestion, err = n.addObject(obj, r, text, from, found)
	}
	if err != nil && r.mayBeParameter() {
		n.absent[r.Pos()] = problem{err, suggestion}
		return "", nil
	}
	return suggestion, err
}

func (n *names) addObject(obj types.Object, r reference, text string, from home, found *findings) (suggestion string, err error) {
	if r.names == anErrorList {
		n.matches[text], suggestion, err = from.unit.match(r, obj)
	} else {
		err = isFunction(r, obj)
	}
	if err == nil {
		err = from.mayUse(obj, found)
	}
	if err == nil && r.names != anErrorList {
		n.functions[text] = obj
	}
	return suggestion, err
}

// lookup returns the object that a reference, which may stand in another package, names, as the
// unit sees it.
func (u *unit) lookup(r reference) (obj types.Object, suggestion string, err error) {
	if !referenceForm.MatchString(r.text) {
		return nil, "", fmt.Errorf("%s is not a name: write Name, pkg.Name or example.com/path/pkg.Name", r.text)
	}
	_, qualifier, name := r.split()
	if obj := u.dotImported(r); obj != nil {
		return obj, "", nil
	}
	pkg, err := u.packageOf(r, qualifier)
	if err != nil {
		return nil, "", err
	}
	if obj := pkg.Scope().Lookup(name); obj != nil {
		return obj, "", nil
	}
	if qualifier == "" && r.home.unit != u && !ast.IsExported(name) {
		return nil, "", fmt.Errorf("%s is not exported by package %s", name, pkg.Name())
	}
	near := nearest.To(name, r.candidates(pkg.Scope()))
	if near != "" {
		near = strings.TrimSuffix(r.text, name) + near
	}
	return nil, near, fmt.Errorf("package %s declares no %s", pkg.Name(), name)
}

// dotImported returns what a reference without a qualifier names in a package that its file imports
// as a dot; nil for nothing.
func (u *unit) dotImported(r reference) types.Object {
	_, qualifier, name := r.split()
	if qualifier != "" || !ast.IsExported(name) {
		return nil
	}
	for path, as := range r.home.file.imports() {
		if as != "." {
			continue
		}
		if pkg, err := u.Import(path); err == nil && pkg.Scope().Lookup(name) != nil {
			return pkg.Scope().Lookup(name)
		}
	}
	return nil
}

// packageOf returns the package that a reference means by a qualifier: one that its file imports,
// or else one by its path; without a qualifier, its own.
func (u *unit) packageOf(r reference, qualifier string) (*types.Package, error) {
	if qualifier == "" {
		return u.Import(r.home.unit.path)
	}
	for path, name := range r.home.file.imports() {
		pkg, err := u.Import(path)
		switch {
		case err != nil && (name == qualifier || name == "" && templates.ExpectedName(path) == qualifier):
			return nil, err
		case err == nil && cmp.Or(name, pkg.Name()) == qualifier:
			return pkg, nil
		}
	}
	path := r.importPath()
	pkg, err := u.Import(path)
	if err != nil && (path == "" || path == qualifier && !strings.Contains(path, "/")) {
		return nil, fmt.Errorf("this file imports no package %s: import it, or write its full path", qualifier)
	}
	return pkg, err
}

// Import returns a package as the unit sees it, which may be itself.
func (u *unit) Import(path string) (*types.Package, error) {
	if path == u.path {
		return u.types, nil
	}
	return u.importer.Import(path)
}

// candidates returns the names in a package that a reference may have meant.
func (r reference) candidates(scope *types.Scope) []string {
	return slices.DeleteFunc(scope.Names(), func(name string) bool {
		obj := scope.Lookup(name)
		switch r.names {
		case anErrorList:
			return false
		case noName:
			return !isString(obj)
		}
		return isFunction(r, obj) != nil
	})
}

var (
	errorType = types.Universe.Lookup("error").Type()
	predicate = types.NewSignatureType(nil, nil, nil,
		types.NewTuple(types.NewParam(0, nil, "", errorType)),
		types.NewTuple(types.NewParam(0, nil, "", types.Typ[types.Bool])), false)
)

// match says how an object selects errors.
func (u *unit) match(r reference, obj types.Object) (m templates.Match, suggestion string, err error) {
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
		obj.Name(), types.TypeString(t, types.RelativeTo(u.types)), r.key)
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
func (h home) mayUse(obj types.Object, found *findings) error {
	own, pkg := h.unit.path, obj.Pkg().Path()
	if pkg == own {
		at := found.position(obj.Pos())
		if strings.HasSuffix(at.Filename, "_test.go") && !strings.HasSuffix(h.file.path, "_test.go") {
			return fmt.Errorf("%s is declared in %s, which only tests are built with", obj.Name(), filepath.Base(at.Filename))
		}
		return nil
	}
	switch {
	case !ast.IsExported(obj.Name()):
		return fmt.Errorf("%s is not exported by package %s", obj.Name(), obj.Pkg().Name())
	case obj.Pkg().Name() == "main":
		return fmt.Errorf("%s is declared in a command, which nothing can import", obj.Name())
	case !templates.SeesInternal(h.unit.types, pkg):
		return fmt.Errorf("%s is internal: package %s may not import it", pkg, h.unit.name)
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
