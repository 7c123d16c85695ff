package generator

// This file names what is generated, files and declarations, and sees to it that nothing has these
// names already.

import (
	"fmt"
	"go/ast"
	"go/build"
	"go/token"
	"go/types"
	"io"
	"path/filepath"
	"strings"
	"unicode"
	"unicode/utf8"
)

// wrapper returns the name of the generated type.
func (a *annotation) wrapper() string {
	switch {
	case a.wrap.name != nil:
		return a.wrap.name.value
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

// isTypeName reports whether name= can be the name of a type, and what is wrong with it if not.
func isTypeName(name *argument, found *findings) bool {
	switch {
	case !token.IsIdentifier(name.value) || name.value == "_":
		found.report(name, "", "name=%s: want the name of a Go type, such as ResilientStore", name.value)
	case types.Universe.Lookup(name.value) != nil || name.value == "init" || name.value == "main":
		found.report(name, "", "name=%s: that name has a meaning in Go already", name.value)
	default:
		return true
	}
	return false
}

// outputPath returns the file that is generated from a file. It is built when the source is: for
// tests, on one system, on one architecture.
func outputPath(source string) string {
	stem, suffix := splitPath(source)
	return stem + "_resil" + suffix
}

// splitPath splits off the suffix of a path that says when the file is built: payments,
// _linux_test.go.
func splitPath(path string) (stem, suffix string) {
	stem, suffix = strings.TrimSuffix(path, ".go"), ".go"
	if s, ok := strings.CutSuffix(stem, "_test"); ok {
		stem, suffix = s, "_test.go"
	}
	for range 2 { // name_GOOS_GOARCH
		i := strings.LastIndex(stem, "_")
		if i <= strings.LastIndexByte(stem, filepath.Separator)+1 || !isPlatform(stem[i:]) {
			break
		}
		stem, suffix = stem[:i], stem[i:]+suffix
	}
	return stem, suffix
}

// isPlatform reports whether files with such a suffix are built on some systems or architectures
// only. The list is that of go/build, asked as for a system that does not exist.
func isPlatform(suffix string) bool {
	nowhere := build.Default
	nowhere.GOOS, nowhere.GOARCH = "nowhere", "none"
	nowhere.OpenFile = func(string) (io.ReadCloser, error) { return io.NopCloser(strings.NewReader("package p")), nil }
	matches, err := nowhere.MatchFile("", "file"+suffix+".go")
	return err == nil && !matches
}

// isConstrained reports whether a file is built under some conditions only, tests apart.
func (f *file) isConstrained() bool {
	_, suffix := splitPath(f.path)
	return f.constraint != "" || suffix != ".go" && suffix != "_test.go"
}

// declared returns the package-scope names that a file declares, with their places.
func (f *file) declared() map[string]ast.Node {
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

// checkNames reports wrappers whose names are taken: by a declaration, an import or another wrapper
// of the package. What other builds declare counts where the wrapper is part of every build.
func checkNames(u *unit, annotations []*annotation, found *findings) {
	taken, elsewhere := map[string]string{}, map[string]string{}
	for _, f := range u.files {
		if f.scope == nil {
			continue // it belongs to another package
		}
		for _, name := range f.scope.Names() {
			taken[name] = "imported by " + filepath.Base(f.path)
		}
		f.noteDeclared(taken, found)
	}
	for _, f := range u.elsewhere {
		f.noteDeclared(elsewhere, found)
	}
	for _, a := range annotations {
		for _, name := range []string{a.wrapper(), a.constructor()} {
			how, clash := taken[name]
			if !clash && !a.file.isConstrained() {
				how, clash = elsewhere[name]
			}
			if clash {
				found.report(a.namePlace(), "", "the wrapper of %s needs the name %s, which is %s: choose another with name=", a.name(), name, how)
				break
			}
		}
		taken[a.wrapper()] = "that of the wrapper of " + a.name()
		taken[a.constructor()] = "that of the constructor of the wrapper of " + a.name()
	}
}

// namePlace is where the wrapper's name is chosen.
func (a *annotation) namePlace() ast.Node {
	if a.wrap.name != nil {
		return a.wrap.name
	}
	return a.wrap
}

// noteDeclared notes where the file declares its names.
func (f *file) noteDeclared(names map[string]string, found *findings) {
	for name, at := range f.declared() {
		p := found.position(at.Pos())
		names[name] = fmt.Sprintf("declared at %s:%d", filepath.Base(p.Filename), p.Line)
	}
}

// object returns the annotated interface's type name.
func (a *annotation) object() *types.TypeName {
	return a.unit.info.Defs[a.spec.Name].(*types.TypeName)
}
