package templates

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"strings"
	"testing"

	"github.com/dave/jennifer/jen"
)

func TestSeesInternal(t *testing.T) {
	for _, tt := range []struct {
		from, path string
		want       bool
	}{
		{"example.com/a", "example.com/a/b", true},
		{"example.com/a", "example.com/a/internal/b", true},
		{"example.com/a/c", "example.com/a/internal", true},
		{"example.com/ab", "example.com/a/internal/b", false},
		{"example.com", "example.com/a/internal", false},
		{"example.com/a", "internal/abi", false},
		{"example.com/a", "example.com/internalized", true},
		{"example.com/a", "vendor/golang.org/x/net/idna", false},
		{"example.com/a_test", "example.com/a/internal/b", true},
		{"example.com/ab_test", "example.com/a/internal/b", false},
	} {
		name := tt.from[strings.LastIndex(tt.from, "/")+1:]
		if got := SeesInternal(types.NewPackage(tt.from, name), tt.path); got != tt.want {
			t.Errorf("%s from %s: got %v", tt.path, tt.from, got)
		}
	}
}

// foreign is a package that mentions in exported types what others cannot mention.
const foreign = `package foreign

import "example.com/lib/internal/deep"

type Open struct{}
type hidden struct{}
type secret = []Open
type secretOf[X any] = map[string]X
type other = Open
type veiled = hidden
type Published = deep.Type
type Box[X any] = deep.Box[X]
type Reverse[X, Y any] = deep.Pair[Y, X]
type OpenAndInt = deep.Pair[Open, int]
type Of[X any] struct{}

`

// What is within reach is spelled, also by a detour, and what is not is found.
func TestUnnameable(t *testing.T) {
	tests := []struct{ expr, want, spelled string }{
		{"Open", "", "foreign.Open"},
		{"hidden", "hidden", ""},
		{"[]*hidden", "hidden", ""},
		{"map[hidden]int", "hidden", ""},
		{"map[int]hidden", "hidden", ""},
		{"<-chan hidden", "hidden", ""},
		{"func(int, hidden)", "hidden", ""},
		{"func() (hidden, error)", "hidden", ""},
		{"Of[hidden]", "hidden", ""},
		{"Of[Of[deep.Type]]", "", "foreign.Of[foreign.Of[foreign.Published]]"},
		{"Published", "", "foreign.Published"}, // an exported alias of an internal type
		{"deep.Type", "", "foreign.Published"}, // which others can know by that alias
		{"deep.Box[Open]", "", "foreign.Box[foreign.Open]"},
		{"deep.Box[hidden]", "Box", ""},
		{"deep.Pair[Open, int]", "", "foreign.OpenAndInt"},
		{"deep.Pair[int, Open]", "Pair", ""},
		{"secret", "", "[]foreign.Open"}, // an alias out of reach of something within
		{"secretOf[int]", "", "map[string]int"},
		{"secretOf[hidden]", "secretOf", ""},
		{"veiled", "veiled", ""},
		{"struct{ A Open }", "", "struct{ A foreign.Open }"},
		{"struct{ a Open }", "a", ""},
		{"struct{ A hidden }", "hidden", ""},
		{"struct{ Published }", "", "struct{ foreign.Published }"},
		{"struct{ Open; other }", "other", ""},
		{"interface{ m() }", "m", ""},
		{"interface{ M(hidden) }", "hidden", ""},
		{"interface{ Stringer; M() }", "Stringer", ""},
	}
	source := foreign
	for i, tt := range tests {
		source += fmt.Sprintf("type x%d = %s\n", i, strings.ReplaceAll(tt.expr, "Stringer", "deep.Stringer"))
	}
	imported := checkPackage(t, "example.com/lib/foreign", source, importMap{
		"example.com/lib/internal/deep": checkPackage(t, "example.com/lib/internal/deep", `package deep
			type Type int
			type Stringer interface{ String() string }
			type Box[X any] struct{}
			type Pair[X, Y any] struct{}`, nil),
	})
	local := types.NewPackage("example.com/p", "p")
	local.SetImports([]*types.Package{types.NewPackage("example.com/other", "other"), imported})
	for i, tt := range tests {
		typ := imported.Scope().Lookup(fmt.Sprintf("x%d", i)).Type().(*types.Alias).Rhs()
		got, spelled := "", ""
		if obj := Unnameable(local, typ); obj != nil {
			got = obj.Name()
		} else {
			spelled = fmt.Sprintf("%#v", jen.Var().Id("_").Add(newSpeller(local).spell(typ)))
		}
		if got != tt.want || strings.TrimPrefix(strings.TrimSpace(spelled), "var _ ") != tt.spelled {
			t.Errorf("%s: got %q, %q", tt.expr, got, spelled)
		}
		if obj := Unnameable(imported, typ); obj != nil {
			t.Errorf("%s: its own package cannot name %s", tt.expr, obj.Name())
		}
	}
}

type importMap map[string]*types.Package

func (m importMap) Import(path string) (*types.Package, error) { return m[path], nil }

func checkPackage(t *testing.T, path, source string, imports importMap) *types.Package {
	t.Helper()
	fset := token.NewFileSet()
	file, err := parser.ParseFile(fset, "p.go", source, 0)
	if err != nil {
		t.Fatal(err)
	}
	config := types.Config{Importer: imports}
	pkg, err := config.Check(path, fset, []*ast.File{file}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return pkg
}
