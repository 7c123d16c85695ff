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
	"slices"
	"strings"
	"testing"
)

const (
	commentWidth = 100 // of a comment on lines of its own, in columns
	codeWidth    = 120 // of a line with a comment behind the code
	tabWidth     = 4
)

// misplacedProse returns what is wrong with the comments of a file: "file.go:3: 104 columns".
func misplacedProse(path string, src []byte) (found []string) {
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, path, src, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return []string{err.Error()}
	}
	lines := strings.Split(string(src), "\n")
	for _, group := range f.Comments {
		for _, c := range group.List {
			at := fset.PositionFor(c.Pos(), false)
			line, most := lines[at.Line-1], commentWidth
			if isBehind := strings.TrimSpace(line[:at.Column-1]) != ""; isBehind {
				most = codeWidth
			}
			if n := widthOf(line); n > most && !isVerbatim(c.Text) {
				found = append(found, fmt.Sprintf("%s:%d: %d columns", path, at.Line, n))
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

// isVerbatim reports whether a comment cannot be wrapped: a directive, or a line of code or of a
// table.
func isVerbatim(text string) bool {
	body := strings.TrimPrefix(text, "//")
	return !strings.HasPrefix(body, " ") || strings.HasPrefix(body, "   ") && !strings.HasPrefix(strings.TrimSpace(body), "- ")
}

// isLate reports whether a comment is about the whole file, and stands between its imports and its
// first declaration. It is one if nothing follows it directly.
func isLate(f *ast.File, group *ast.CommentGroup) bool {
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
		case entry.IsDir() && (entry.Name() == "testdata" || entry.Name() == ".git"):
			return filepath.SkipDir
		case filepath.Ext(path) != ".go":
			return nil
		}
		src, err := os.ReadFile(path)
		if err != nil || strings.Contains(string(src), "// Code generated ") && strings.HasPrefix(string(src), "//") {
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

func TestMisplacedProse(t *testing.T) {
	long := strings.Repeat("long ", 20)
	tests := []struct{ name, src, want string }{
		{"narrow", "package p\n\n// This file is fine.\n\nimport \"fmt\"\n\n// F is.\nfunc F() { fmt.Println() }\n", ""},
		{"wide", "package p\n\n// " + long + "\n\nvar x int\n", "p.go:3: 103 columns"},
		{"a table", "package p\n\n//\t" + long + "\n\nvar x int\n", ""},
		{"a directive", "package p\n\n//go:generate " + long + "\n\nvar x int\n", ""},
		{"behind code", "package p\n\nvar x int // " + long + "\n", ""},
		{"far behind code", "package p\n\nvar x int // " + long + long + "\n", "p.go:3: 213 columns"},
		{"late", "package p\n\nimport _ \"fmt\"\n\n// This file is late.\n\n// X is.\nvar X int\n", "p.go:5:1: the file's first comment stands behind its imports"},
	}
	for _, tt := range tests {
		if got := strings.Join(misplacedProse("p.go", []byte(tt.src)), "; "); got != tt.want {
			t.Errorf("%s: got %q, want %q", tt.name, got, tt.want)
		}
	}
}
