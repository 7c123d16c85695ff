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
	open  []string       // the types that later families change by calling their methods
}

var (
	fileLine  = regexp.MustCompile(`(?m)^\t(\w+\.go) +\S`)
	openTypes = regexp.MustCompile(`Methods\s+that\s+later\s+families\s+call\s+change\s+([^.;]+)`)
	typeLink  = regexp.MustCompile(`\[(\w+)\]`)
)

// newHouse reads the comment of a package.
func newHouse(p *packages.Package) *house {
	h := &house{Package: p, level: map[string]int{}}
	for _, f := range p.Syntax {
		for _, m := range openTypes.FindAllStringSubmatch(f.Doc.Text(), -1) {
			for _, link := range typeLink.FindAllStringSubmatch(m[1], -1) {
				h.open = append(h.open, link[1])
			}
		}
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
		switch {
		case name == "doc.go" && len(f.Decls) > 0:
			list = append(list, "doc.go has more than the package comment")
		case name != "doc.go" && !slices.Contains(h.files, name):
			list = append(list, name+" is not in the package comment")
		}
		ast.Inspect(f, func(n ast.Node) bool {
			if id, ok := n.(*ast.Ident); ok {
				list = append(list, h.use(id)...)
			}
			return true
		})
	}
	for _, path := range h.IgnoredFiles {
		if !strings.HasSuffix(path, "_test.go") {
			list = append(list, filepath.Base(path)+" is not built here, so nothing holds it")
		}
	}
	for i, name := range h.files {
		if !slices.ContainsFunc(h.CompiledGoFiles, func(path string) bool { return filepath.Base(path) == name }) {
			list = append(list, name+" is in the package comment and does not exist")
		}
		known := slices.IndexFunc(h.files, func(other string) bool { return family(other) == family(name) })
		if known < i && family(h.files[i-1]) != family(name) || slices.Index(h.files, name) < i {
			list = append(list, name+" stands apart from its family")
		}
	}
	list = append(list, h.writeBreaches()...)
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

// loadHouse loads a package with its types.
func loadHouse(t *testing.T, dir string) *house {
	listed, err := packages.Load(&packages.Config{Dir: dir, Mode: packages.NeedName | packages.NeedFiles | packages.NeedCompiledGoFiles |
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
	m := newModule(t, map[string]string{
		"go.mod": "module example.com/house\n\ngo 1.26\n",
		"doc.go": "// Package house has rooms:\n//\n//\tcellar_a.go  the cellar\n//\troof.go      the roof\n//\tcellar_b.go  more of it\n" +
			"//\tgone.go      gone\npackage house\n\nvar everywhere int\n",
		"attic.go":          "package house\n",
		"cellar_a.go":       "package house\n\ntype A struct{ n int }\n",
		"cellar_b.go":       "package house\n\nfunc (a *A) grow(r *R) { up(); r.fly(); r.wide++ }\n",
		"roof.go":           "package house\n\nfunc up() {}\n\ntype R struct{ wing }\n\ntype wing struct{ wide int }\n\nfunc (wing) fly() {}\n",
		"cellar_windows.go": "package house\n",
		"cellar_tagged.go":  "//go:build tagged\n\npackage house\n",
	})
	got := loadHouse(t, m.dir).breaches()
	want := []string{
		"attic.go is not in the package comment",
		"cellar uses R of roof", "cellar uses fly of roof", "cellar uses up of roof", "cellar uses wide of roof",
		"cellar writes to wing of roof",
		"cellar_b.go stands apart from its family",
		"cellar_tagged.go is not built here, so nothing holds it", "cellar_windows.go is not built here, so nothing holds it",
		"doc.go has more than the package comment",
		"gone.go is in the package comment and does not exist",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}
