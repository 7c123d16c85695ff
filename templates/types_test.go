package templates

import (
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/dave/jennifer/jen"
)

// declarations are what the types below are made of.
const declarations = `package p

import ("bytes"; "context"; "fmt"; "iter"; "unsafe")

type T struct{}
type Of[X any] struct{}
type Pair[K comparable, V any] struct{}
type Alias = map[string]T
type AliasOf[X any] = []Of[X]

var (
	_ bytes.Buffer
	_ context.Context
	_ fmt.Stringer
	_ iter.Seq[int]
	_ unsafe.Pointer
)
`

// A type is spelled as its source wrote it.
func TestSpell(t *testing.T) {
	exprs := []string{
		"int", "byte", "uint8", "rune", "error", "any", "interface{}", "unsafe.Pointer",
		"*T", "**T", "[]T", "[4]T", "[][2][]T", "map[string][]T", "map[[2]int]map[T]*T",
		"fmt.Stringer", "*bytes.Buffer", "context.Context",
		"Alias", "[]Alias", "Of[int]", "Of[Of[string]]", "Pair[string, []T]", "AliasOf[T]", "iter.Seq2[string, error]",
		"chan T", "<-chan T", "chan<- T", "chan chan T", "chan<- chan T", "<-chan chan T", "chan chan<- T",
		"chan (<-chan T)", "chan<- (<-chan T)", "<-chan (<-chan T)", "chan func() <-chan T",
		"func()", "func(int)", "func(a int, b int) (n int, err error)", "func(int, ...string) error", "func(keys ...[]byte) (T, error)",
		"func(func(int) bool) func() error", "func(_ int, string bool)", "func() (_ int, err error)", "func(...any)",
		"struct{}", "struct{ A int }", "struct {\n\tA int `json:\"a,omitempty\"`\n}", "struct {\n\tA int \"back`tick\"\n}",
		"struct {\n\tfmt.Stringer\n\t*T\n\tN int\n}", "struct{ Inner struct{ X []struct{} } }",
		"interface{ M(a int) (b string) }", "interface {\n\tfmt.Stringer\n\tM()\n}", "interface {\n\terror\n\tCode() int\n}",
	}
	source := declarations
	for i, expr := range exprs {
		source += fmt.Sprintf("type X%d = %s\n", i, expr)
	}
	pkg := check(t, source)
	for i, expr := range exprs {
		name := fmt.Sprintf("X%d", i)
		typ := pkg.Scope().Lookup(name).Type().(*types.Alias).Rhs()
		got := strings.TrimSpace(fmt.Sprintf("%#v", jen.Type().Id(name).Op("=").Add(newSpeller(pkg).spell(typ))))
		if want := fmt.Sprintf("type %s = %s", name, expr); got != want {
			t.Errorf("got:  %s\nwant: %s", got, want)
		}
	}
}

// A constraint is spelled as its source wrote it, where a type declaration can hold it.
func TestSpellConstraint(t *testing.T) {
	exprs := []string{
		"any", "comparable", "~int", "int | string", "~int | ~[]byte | T", "fmt.Stringer", "Of[P]", "~*T", "~*T | *Alias",
		"interface{ *T }", "interface{ *T | int }", "interface{ int }", "interface {\n\t~int\n\tfmt.Stringer\n}", "interface{ Less(P) bool }",
	}
	source := declarations
	for i, expr := range exprs {
		source += fmt.Sprintf("type X%d[P %s] struct{}\n", i, expr)
	}
	pkg := check(t, source)
	for i, expr := range exprs {
		name := fmt.Sprintf("X%d", i)
		constraint := typeParams(pkg.Scope().Lookup(name).(*types.TypeName)).At(0).Constraint()
		got := fmt.Sprintf("%#v", jen.Type().Id(name).Types(jen.Id("P").Add(newSpeller(pkg).constraint(constraint))).Struct())
		if want := fmt.Sprintf("type %s[P %s] struct{}", name, expr); got != want {
			t.Errorf("got:  %s\nwant: %s", got, want)
		}
	}
}

// What is mentioned is noted: imports by path, other names as they stand, and never a type
// parameter.
func TestSpellerNotesMentions(t *testing.T) {
	pkg := check(t, declarations+"type X[K comparable] = func(context.Context, Of[K], ...Alias) (K, error)")
	s := newSpeller(pkg)
	s.spell(pkg.Scope().Lookup("X").Type().(*types.Alias).Rhs())
	if want := map[string]string{"context": "context"}; !maps.Equal(s.packages, want) {
		t.Errorf("packages %v, want %v", s.packages, want)
	}
	if want := []string{"Of", "Alias", "error"}; !slices.Equal(s.names.held, want) {
		t.Errorf("names %v, want %v", s.names.held, want)
	}
}

// imported knows packages from their sources; type-checking the runtime takes a while, so it is
// done once.
var (
	fset     = token.NewFileSet()
	imported = importer.ForCompiler(fset, "source", nil)
)

// check type-checks the sources of package p.
func check(t *testing.T, sources ...string) *types.Package {
	t.Helper()
	var files []*ast.File
	for _, source := range sources {
		file, err := parser.ParseFile(fset, "p.go", source, 0)
		if err != nil {
			t.Fatalf("%v in:\n%s", err, source)
		}
		files = append(files, file)
	}
	config := types.Config{Importer: imported}
	pkg, err := config.Check("example.com/p", fset, files, nil)
	if err != nil {
		t.Fatalf("%v in:\n%s", err, sources[len(sources)-1])
	}
	return pkg
}
