package corpus

// This file shows that the checks of the corpus catch what they are for.

import (
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"testing"

	"github.com/resilgen/resilgen/generator"
	resil "github.com/resilgen/resilgen/runtime"
	"github.com/resilgen/resilgen/templates"
)

// A verdict that does not account for every policy, or that the signature belies, is none.
func TestCheckVerdict(t *testing.T) {
	all := resil.Policy{Retry: &resil.Retry{}, Breaker: &resil.Breaker{}, Timeout: &resil.Timeout{}}
	noTimeout := resil.Policy{Retry: &resil.Retry{}, Breaker: &resil.Breaker{}}
	left := func(reason string, policies ...string) (list []templates.LeftOut) {
		for _, p := range policies {
			list = append(list, templates.LeftOut{Policy: p, Reason: reason})
		}
		return list
	}
	const call, noContext, noError = "func(context.Context) error", "func() error", "func(context.Context) int"
	for name, tt := range map[string]struct {
		signature string
		verdict   generator.Method
		want      bool
	}{
		"guarded":             {call, generator.Method{Policy: all}, true},
		"in part":             {noContext, generator.Method{Verdict: generator.InPart, Policy: noTimeout, LeftOut: left("it takes no context", "timeout")}, true},
		"passed through":      {noError, generator.Method{Verdict: generator.PassedThrough, Reason: "x", LeftOut: left("x", "retry", "breaker", "timeout")}, true},
		"silently unguarded":  {call, generator.Method{}, false},
		"silently in part":    {call, generator.Method{Policy: noTimeout}, false},
		"no reason":           {noContext, generator.Method{Verdict: generator.InPart, Policy: noTimeout, LeftOut: left("", "timeout")}, false},
		"acts and left out":   {call, generator.Method{Verdict: generator.InPart, Policy: all, LeftOut: left("x", "timeout")}, false},
		"there is a context":  {call, generator.Method{Verdict: generator.InPart, Policy: noTimeout, LeftOut: left("it takes no context", "timeout")}, false},
		"there is no context": {noContext, generator.Method{Policy: all}, false},
		"there is no error":   {noError, generator.Method{Policy: all}, false},
		"there is an error": {call, generator.Method{Verdict: generator.PassedThrough, Reason: "it has no error to judge by",
			LeftOut: left("it has no error to judge by", "retry", "breaker", "timeout")}, false},
		"off": {call, generator.Method{Verdict: generator.Off}, false},
	} {
		s := &subject{form: forms[0]}
		if got := s.checkVerdict(signature(t, tt.signature), tt.verdict); got != tt.want {
			t.Errorf("%s: got %v", name, got)
		}
	}
}

// signature returns what a function type written in Go stands for. The context in it is not the
// real one, which takes long to read.
func signature(t *testing.T, text string) *types.Signature {
	t.Helper()
	fset := token.NewFileSet()
	check := func(path, source string, imports importer) *types.Package {
		file, err := parser.ParseFile(fset, path+".go", source, 0)
		if err != nil {
			t.Fatal(err)
		}
		pkg, err := (&types.Config{Importer: imports}).Check(path, fset, []*ast.File{file}, nil)
		if err != nil {
			t.Fatal(err)
		}
		return pkg
	}
	context := check("context", "package context; type Context interface{ Err() error }", importer{})
	pkg := check("p", `package p; import "context"; type F `+text+`; type _ context.Context`, importer{context})
	return pkg.Scope().Lookup("F").Type().Underlying().(*types.Signature)
}

// An importer knows one package.
type importer struct{ only *types.Package }

func (i importer) Import(string) (*types.Package, error) { return i.only, nil }

// Code that does another thing than the verdict says is noticed.
func TestKeep(t *testing.T) {
	code := readCode(t, []generator.File{{Path: "p.go", Content: []byte(`package p
		func (r *Wrapper[K]) Guarded(ctx context.Context) error {
			return r.guarded.Do(ctx, func(ctx context.Context) error { return r.next.Guarded(ctx) })
		}
		func (r *Wrapper[K]) Bare(ctx context.Context) error { return r.next.Bare(ctx) }`)}})["Wrapper"]
	for name, verdict := range map[string]generator.Verdict{"Guarded": generator.Guarded, "Bare": generator.PassedThrough} {
		for v := generator.Guarded; v <= generator.PassedThrough; v++ {
			if got, want := code[name].keep(v), (v == generator.PassedThrough) == (verdict == generator.PassedThrough); got != want {
				t.Errorf("%s as %s: got %v", name, v, got)
			}
		}
	}
}
