package main

// This file holds how comments look: as narrow as the Go project's own, and a file's first one
// where readers look for it.

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

const (
	commentWidth = 100 // of a comment on lines of its own, in columns
	codeWidth    = 120 // of a line with a comment behind the code
	tabWidth     = 4
)

var directive = regexp.MustCompile(`^//[a-z0-9]+:[a-z0-9]`)

// misplacedProse returns what is wrong with the comments of a file: "file.go:3: 104 columns". In
// generated files nothing is.
func misplacedProse(path string, src []byte) (found []string) {
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, path, src, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return []string{err.Error()}
	}
	if ast.IsGenerated(f) {
		return nil
	}
	if !strings.HasSuffix(path, "_test.go") && !hasFirst(f) {
		found = append(found, path+": no first comment says what the file is")
	}
	lines := strings.Split(string(src), "\n")
	for _, group := range f.Comments {
		for _, c := range group.List {
			at := fset.PositionFor(c.Pos(), false)
			for i, text := range strings.Split(c.Text, "\n") {
				line, most := lines[at.Line-1+i], commentWidth
				if isBehind := i == 0 && strings.TrimSpace(line[:at.Column-1]) != ""; isBehind {
					most = codeWidth
				}
				if n := widthOf(line); n > most && !isVerbatim(text) {
					found = append(found, fmt.Sprintf("%s:%d: %d columns", path, at.Line+i, n))
				}
			}
		}
		if isLate(f, group) {
			found = append(found, fmt.Sprintf("%s: the file's first comment stands behind its imports", fset.Position(group.Pos())))
		}
	}
	return found
}

func widthOf(line string) (n int) {
	for _, r := range line {
		if n++; r == '\t' {
			n += tabWidth - 1
		}
	}
	return n
}

// isVerbatim reports whether a line of a comment cannot be wrapped: a directive, or a line of code
// or of a table, which a tab sets apart.
func isVerbatim(line string) bool {
	return directive.MatchString(line) || strings.HasPrefix(strings.TrimPrefix(line, "//"), "\t")
}

// isLate reports whether a comment is about the whole file, and stands behind its imports or its
// first declaration. It is one if it says so, or if nothing follows it directly before there is any
// declaration.
func isLate(f *ast.File, group *ast.CommentGroup) bool {
	if strings.HasPrefix(group.Text(), "This file ") && len(f.Decls) > 0 {
		return group.Pos() > f.Decls[0].Pos() || group == docOf(f.Decls[0])
	}
	imports := slices.IndexFunc(f.Decls, func(d ast.Decl) bool {
		decl, ok := d.(*ast.GenDecl)
		return !ok || decl.Tok != token.IMPORT
	})
	if imports <= 0 || strings.HasPrefix(group.List[0].Text, "//go:") {
		return false
	}
	first := f.Decls[imports]
	if doc := docOf(first); doc != nil {
		return group.Pos() > f.Decls[imports-1].End() && group.End() < doc.Pos()
	}
	return group.Pos() > f.Decls[imports-1].End() && group.End() < first.Pos()
}

// hasFirst reports whether a comment before all declarations is about the package or the file.
func hasFirst(f *ast.File) bool {
	return f.Doc != nil || slices.ContainsFunc(f.Comments, func(c *ast.CommentGroup) bool {
		return c.Pos() > f.Name.End() && (len(f.Decls) == 0 || c.End() < f.Decls[0].Pos() && c != docOf(f.Decls[0]))
	})
}

func docOf(decl ast.Decl) *ast.CommentGroup {
	switch decl := decl.(type) {
	case *ast.FuncDecl:
		return decl.Doc
	case *ast.GenDecl:
		return decl.Doc
	}
	return nil
}

func TestProse(t *testing.T) {
	root := filepath.Join("..", "..")
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.Name() == ".git", entry.IsDir() && isInput(path):
			return filepath.SkipDir
		case filepath.Ext(path) != ".go":
			return nil
		}
		src, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		for _, f := range misplacedProse(path, src) {
			t.Error(f)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// isInput reports whether a directory holds what tests read. The corpus is a program of its own.
func isInput(path string) bool {
	return filepath.Base(filepath.Dir(path)) == "testdata" && filepath.Base(path) != "corpus"
}

func TestMisplacedProse(t *testing.T) {
	long := strings.Repeat("long ", 20)
	const first, late = "package p\n\n// This file is fine.\n\n", "the file's first comment stands behind its imports"
	tests := []struct{ name, src, want string }{
		{"narrow", first + "import \"fmt\"\n\n// F is.\nfunc F() { fmt.Println() }\n", ""},
		{"wide", first + "// " + long + "\n\nvar x int\n", "p.go:5: 103 columns"},
		{"wide in a function", first + "func f() {\n\t// " + long + "\n}\n", "p.go:6: 107 columns"},
		{"without a space", first + "//" + long + "\n\nvar x int\n", "p.go:5: 102 columns"},
		{"in a list", first + "//   - short\n//     " + long + "\nvar x int\n", "p.go:6: 107 columns"},
		{"in a block", first + "/*\n" + long + "long\n*/\n\nvar x int\n", "p.go:6: 104 columns"},
		{"a table", first + "//\t" + long + "\n\nvar x int\n", ""},
		{"a directive", first + "//go:generate " + long + "\n\nvar x int\n", ""},
		{"generated", "// Code generated by p; DO NOT EDIT.\n\npackage p\n\n// " + long + "\n", ""},
		{"not generated", "// Package p says // Code generated by p; DO NOT EDIT.\npackage p\n\n// " + long + "\n", "p.go:4: 103 columns"},
		{"behind code", first + "var x int // " + long + "\n", ""},
		{"far behind code", first + "var x int // " + long + long + "\n", "p.go:5: 213 columns"},
		{"late", first + "import _ \"fmt\"\n\n// It is late.\n\n// X is.\nvar X int\n", "p.go:7:1: " + late},
		{"late, and attached", first + "import _ \"fmt\"\n\n// This file is late.\nvar X int\n", "p.go:7:1: " + late},
		{"late, behind a declaration", first + "var X int\n\n// This file is late.\n\nvar Y int\n", "p.go:7:1: " + late},
		{"of the package", "// Package p is.\npackage p\n\nvar x int\n", ""},
		{"none", "package p\n\n// X is.\nvar X int\n", "p.go: no first comment says what the file is"},
	}
	for _, tt := range tests {
		if got := strings.Join(misplacedProse("p.go", []byte(tt.src)), "; "); got != tt.want {
			t.Errorf("%s: got %q, want %q", tt.name, got, tt.want)
		}
	}
}
