package generator

// This file holds what the package comment says of the package's files: that they are all there,
// that a family uses only those above it, and that nothing is written to what an earlier stage has
// made.

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/go/packages"
)

// A house is a package whose comment names its files, one a line.
type house struct {
	*packages.Package
	files []string       // in the order of the comment
	level map[string]int // of families; a higher one may use a lower one
}

var fileLine = regexp.MustCompile(`(?m)^\t(\w+\.go) +\S`)

// newHouse reads the comment of a package.
func newHouse(p *packages.Package) *house {
	h := &house{Package: p, level: map[string]int{}}
	for _, f := range p.Syntax {
		for _, m := range fileLine.FindAllStringSubmatch(f.Doc.Text(), -1) {
			h.files = append(h.files, m[1])
			if _, known := h.level[family(m[1])]; !known {
				h.level[family(m[1])] = len(h.level)
			}
		}
	}
	return h
}

// family is the first word of a file's name.
func family(file string) string {
	first, _, _ := strings.Cut(strings.TrimSuffix(filepath.Base(file), ".go"), "_")
	return first
}

func (h *house) familyAt(pos token.Pos) string { return family(h.Fset.Position(pos).Filename) }

// breaches returns what does not hold, sorted.
func (h *house) breaches() (list []string) {
	for i, f := range h.Syntax {
		name := filepath.Base(h.CompiledGoFiles[i])
		if name != "doc.go" && !slices.Contains(h.files, name) {
			list = append(list, name+" is not in the package comment")
		}
		ast.Inspect(f, func(n ast.Node) bool {
			if id, ok := n.(*ast.Ident); ok {
				list = append(list, h.use(id)...)
			}
			for _, target := range written(n) {
				list = append(list, h.write(target)...)
			}
			return true
		})
	}
	for _, name := range h.files {
		if !slices.ContainsFunc(h.CompiledGoFiles, func(path string) bool { return filepath.Base(path) == name }) {
			list = append(list, name+" is in the package comment and does not exist")
		}
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// use returns what is wrong with a use of a name: it is declared in a family further down.
func (h *house) use(id *ast.Ident) []string {
	obj := h.TypesInfo.Uses[id]
	if obj == nil || obj.Pkg() != h.Types || h.isLocal(obj) {
		return nil
	}
	from, to := h.familyAt(id.Pos()), h.familyAt(obj.Pos())
	if h.level[from] >= h.level[to] {
		return nil
	}
	return []string{fmt.Sprintf("%s uses %s of %s", from, obj.Name(), to)}
}

// isLocal reports whether an object is declared in a function.
func (h *house) isLocal(obj types.Object) bool {
	if v, ok := obj.(*types.Var); ok && v.IsField() {
		return false
	}
	if fn, ok := obj.(*types.Func); ok && fn.Signature().Recv() != nil {
		return false
	}
	return obj.Parent() != h.Types.Scope()
}

// written returns the expressions that a statement or call writes to.
func written(n ast.Node) []ast.Expr {
	switch n := n.(type) {
	case *ast.AssignStmt:
		return n.Lhs
	case *ast.IncDecStmt:
		return []ast.Expr{n.X}
	case *ast.CallExpr:
		if fn, ok := n.Fun.(*ast.Ident); ok && (fn.Name == "delete" || fn.Name == "clear") {
			return n.Args[:1]
		}
	}
	return nil
}

// write returns what is wrong with writing to an expression: it is a field, or what a field holds,
// of a type of another family. Who writes to a copy of his own writes to nobody.
func (h *house) write(target ast.Expr) []string {
	for {
		switch e := target.(type) {
		case *ast.IndexExpr:
			target = e.X
			continue
		case *ast.StarExpr:
			target = e.X
			continue
		case *ast.ParenExpr:
			target = e.X
			continue
		}
		break
	}
	sel, ok := target.(*ast.SelectorExpr)
	if !ok {
		return nil
	}
	field, ok := h.TypesInfo.Uses[sel.Sel].(*types.Var)
	if !ok || !field.IsField() || field.Pkg() != h.Types || h.isCopy(sel.X) {
		return nil
	}
	from, to := h.familyAt(sel.Pos()), h.familyAt(field.Pos())
	if from == to {
		return nil
	}
	return []string{fmt.Sprintf("%s writes to %s of %s", from, field.Name(), to)}
}

// isCopy reports whether an expression is a variable of a function that holds a struct by itself.
func (h *house) isCopy(e ast.Expr) bool {
	id, ok := ast.Unparen(e).(*ast.Ident)
	if !ok {
		return false
	}
	_, isStruct := h.TypesInfo.TypeOf(id).Underlying().(*types.Struct)
	return isStruct && h.isLocal(h.TypesInfo.ObjectOf(id))
}

// loadHouse loads a package with its types.
func loadHouse(t *testing.T, dir string) *house {
	listed, err := packages.Load(&packages.Config{Dir: dir, Mode: packages.NeedName | packages.NeedCompiledGoFiles |
		packages.NeedSyntax | packages.NeedTypes | packages.NeedTypesInfo | packages.NeedImports}, ".")
	if err != nil {
		t.Fatal(err)
	}
	if p := listed[0]; len(p.Errors) > 0 {
		t.Fatal(p.Errors)
	}
	return newHouse(listed[0])
}

func TestFamilies(t *testing.T) {
	for _, breach := range loadHouse(t, ".").breaches() {
		t.Error(breach)
	}
}

// What the house is held by notices what it is for.
func TestBreaches(t *testing.T) {
	files := map[string]string{
		"go.mod":   "module example.com/house\n\ngo 1.26\n",
		"doc.go":   "// Package house has rooms:\n//\n//\tcellar_a.go  the cellar\n//\tcellar_b.go  more of it\n//\troof.go      the roof\n//\tgone.go      gone\npackage house\n",
		"attic.go": "package house\n",
		"cellar_a.go": "package house\n\ntype A struct{ n int; m map[int]int; b *B }\n\ntype B struct{ n int }\n\n" +
			"func (b *B) set() { b.n = 1 }\n",
		"cellar_b.go": "package house\n\nfunc (a *A) grow() { a.n++; up() }\n",
		"roof.go": "package house\n\nfunc up() {}\n\nfunc write(a *A) { a.m[1] = 2; a.b.n = 3; delete(a.m, 1) }\n\n" +
			"func read(a A) int { a.n = 2; a.b.set(); return a.n }\n",
	}
	m := newModule(t, files)
	got := loadHouse(t, m.dir).breaches()
	want := []string{
		"attic.go is not in the package comment", "cellar uses up of roof", "gone.go is in the package comment and does not exist",
		"roof writes to m of cellar", "roof writes to n of cellar",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}
