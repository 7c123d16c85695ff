package main

// This file holds that CONTRIBUTING.md leads to places that exist.

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"testing"
)

var (
	placeInFile = regexp.MustCompile("`(\\w+)`\\s+in\\s+`([\\w/.-]+\\.go)`") // `Do` in `runtime/guard.go`
	fileNamed   = regexp.MustCompile("`([\\w/.-]+/[\\w.-]+\\.go)`")
	dirNamed    = regexp.MustCompile("`([\\w/.-]+)/`")
	dirEntered  = regexp.MustCompile(`\bcd ([\w/.-]+)`)
)

// leadsAstray returns the places that a text names and a tree does not have.
func leadsAstray(root, text string) (wrong []string) {
	exists := func(path ...string) bool {
		_, err := os.Stat(filepath.Join(root, filepath.Join(path...)))
		return err == nil
	}
	for _, m := range slices.Concat(fileNamed.FindAllStringSubmatch(text, -1), dirEntered.FindAllStringSubmatch(text, -1)) {
		if !exists(m[1]) {
			wrong = append(wrong, m[1])
		}
	}
	for _, m := range dirNamed.FindAllStringSubmatch(text, -1) {
		if !exists(m[1]) {
			wrong = append(wrong, m[1])
		}
	}
	for _, m := range placeInFile.FindAllStringSubmatch(text, -1) {
		if !slices.Contains(declaredIn(filepath.Join(root, m[2])), m[1]) {
			wrong = append(wrong, m[1]+" in "+m[2])
		}
	}
	return wrong
}

// declaredIn returns the names of what a file declares, methods included; nothing for a file that
// does not parse.
func declaredIn(path string) (names []string) {
	f, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
	if err != nil {
		return nil
	}
	for _, decl := range f.Decls {
		switch decl := decl.(type) {
		case *ast.FuncDecl:
			names = append(names, decl.Name.Name)
		case *ast.GenDecl:
			for _, spec := range decl.Specs {
				switch spec := spec.(type) {
				case *ast.TypeSpec:
					names = append(names, spec.Name.Name)
				case *ast.ValueSpec:
					for _, name := range spec.Names {
						names = append(names, name.Name)
					}
				}
			}
		}
	}
	return names
}

func TestContributing(t *testing.T) {
	root := filepath.Join("..", "..")
	text, err := os.ReadFile(filepath.Join(root, "CONTRIBUTING.md"))
	if err != nil {
		t.Fatal(err)
	}
	if n := len(placeInFile.FindAll(text, -1)); n < 20 {
		t.Errorf("only %d places are named", n)
	}
	for _, wrong := range leadsAstray(root, string(text)) {
		t.Errorf("there is no %s", wrong)
	}
}

func TestLeadsAstray(t *testing.T) {
	const text = "`Do` in\n`runtime/guard.go`, `Undo` in `runtime/guard.go`, `runtime/nowhere.go`, (cd bench; cd away)\n| `runtime/` | `nowhere/`, `runtime/internal/tree/` |"
	want := []string{"runtime/nowhere.go", "away", "nowhere", "Undo in runtime/guard.go"}
	if got := leadsAstray(filepath.Join("..", ".."), text); !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}
