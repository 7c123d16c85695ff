package resil_test

import (
	"go/ast"
	"go/doc"
	"go/parser"
	"go/token"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestPackageCommentIsAMap: the package comment has every name of the package for one kind of
// reader: the program, generated code, or tools. What go doc lists under a type goes with it.
func TestPackageCommentIsAMap(t *testing.T) {
	pkg := documented(t)
	readers := map[string][]string{}
	for _, section := range strings.Split(pkg.Doc, "\n# ") {
		if reader, text, _ := strings.Cut(section, "\n"); strings.HasPrefix(reader, "For ") {
			for _, link := range regexp.MustCompile(`\[(\w+)\]`).FindAllStringSubmatch(text, -1) {
				readers[link[1]] = append(readers[link[1]], reader)
			}
		}
	}
	names := map[string]bool{}
	for _, v := range append(pkg.Consts, pkg.Vars...) {
		for _, name := range v.Names {
			names[name] = true
		}
	}
	for _, f := range pkg.Funcs {
		names[f.Name] = true
	}
	for _, typ := range pkg.Types {
		names[typ.Name] = true
		for _, f := range typ.Funcs {
			names[f.Name] = readers[f.Name] != nil
		}
		for _, v := range typ.Consts {
			for _, name := range v.Names {
				names[name] = readers[name] != nil
			}
		}
	}
	for name, wanted := range names {
		if wanted && len(readers[name]) != 1 {
			t.Errorf("%s is for %q, want one kind of reader", name, readers[name])
		}
	}
	for name := range readers {
		if !names[name] {
			t.Errorf("the package comment has %s, which does not exist", name)
		}
	}
}

// TestPackageCommentNamesMethods: the methods that the package comment links to exist.
func TestPackageCommentNamesMethods(t *testing.T) {
	pkg := documented(t)
	methods := map[string]bool{}
	for _, typ := range pkg.Types {
		for _, m := range typ.Methods {
			methods[typ.Name+"."+m.Name] = true
		}
	}
	links := regexp.MustCompile(`\[([A-Z]\w*\.\w+)\]`).FindAllStringSubmatch(pkg.Doc, -1)
	if len(links) < 5 {
		t.Errorf("only %d methods are named", len(links))
	}
	for _, link := range links {
		if !methods[link[1]] {
			t.Errorf("the package comment has %s, which does not exist", link[1])
		}
	}
}

// documented returns the documentation of the package.
func documented(t *testing.T) *doc.Package {
	t.Helper()
	fset := token.NewFileSet()
	paths, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	var files []*ast.File
	for _, path := range paths {
		if strings.HasSuffix(path, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(fset, path, nil, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, f)
	}
	pkg, err := doc.NewFromFiles(fset, files, "github.com/resilgen/resilgen/runtime")
	if err != nil {
		t.Fatal(err)
	}
	return pkg
}
