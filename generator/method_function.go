package generator

// This file checks that a function which an annotation names fits what generated code does with it,
// as the compiler would, and finds the type arguments of a generic one.

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"strings"

	"github.com/resilgen/resilgen/templates"
)

// fit returns the function as generated code calls it, with arguments and for results as in the
// signature; nil if that would not compile.
func fit(fn types.Object, want *types.Signature) *templates.Func {
	if args, ok := fitExactly(fn, want); ok {
		return &templates.Func{Object: fn, TypeArgs: args}
	}
	if args, ok := fitLoosely(fn, want); ok {
		return &templates.Func{Object: fn, TypeArgs: args}
	}
	return nil
}

// fitExactly reports whether the function can be assigned to a variable of the signature. This is
// how Go finds type arguments of which the results tell.
func fitExactly(fn types.Object, want *types.Signature) (typeArgs []types.Type, ok bool) {
	taker := types.NewSignatureType(nil, nil, nil, types.NewTuple(types.NewParam(token.NoPos, nil, "", want)), nil, false)
	_, typeArgs, ok = evaluate("take(fn)", fn, types.NewVar(token.NoPos, nil, "take", taker))
	return typeArgs, ok
}

// fitLoosely reports whether the function takes such arguments, perhaps as interfaces, and returns
// what can be such results.
func fitLoosely(fn types.Object, want *types.Signature) (typeArgs []types.Type, ok bool) {
	got, typeArgs, ok := call(fn, want)
	return typeArgs, ok && assignable(got, want.Results())
}

// call returns what the function returns when it is called with arguments as in the signature;
// false if that would not compile.
func call(fn types.Object, with *types.Signature) (result types.Type, typeArgs []types.Type, ok bool) {
	expression := "fn("
	var args []types.Object
	for i := range with.Params().Len() {
		name := fmt.Sprintf("a%d", i)
		expression += name + ","
		args = append(args, types.NewVar(token.NoPos, nil, name, with.Params().At(i).Type()))
	}
	if with.Variadic() {
		expression = strings.TrimSuffix(expression, ",") + "..."
	}
	return evaluate(expression+")", fn, args...)
}

// assignable reports whether what a call returns can be assigned to variables.
func assignable(got types.Type, to *types.Tuple) bool {
	results, ok := got.(*types.Tuple)
	if !ok {
		results = types.NewTuple(types.NewParam(token.NoPos, nil, "", got))
	}
	if results.Len() != to.Len() {
		return false
	}
	for i := range to.Len() {
		result, want := results.At(i).Type(), to.At(i).Type()
		if !types.AssignableTo(result, want) || types.Identical(want, errorType) && !types.IsInterface(result) {
			return false // a nil pointer that implements error would be an error
		}
	}
	return true
}

// evaluate type-checks an expression in which fn is the function and other objects go by their
// names.
func evaluate(expression string, fn types.Object, others ...types.Object) (t types.Type, typeArgs []types.Type, ok bool) {
	pkg := types.NewPackage("", "")
	if signature, ok := fn.Type().(*types.Signature); ok {
		pkg.Scope().Insert(types.NewFunc(token.NoPos, pkg, "fn", signature))
	} else {
		pkg.Scope().Insert(types.NewVar(token.NoPos, pkg, "fn", fn.Type()))
	}
	for _, o := range others {
		pkg.Scope().Insert(o)
	}
	parsed, err := parser.ParseExpr(expression)
	if err != nil {
		panic(err) // the expressions are ours
	}
	info := types.Info{Types: map[ast.Expr]types.TypeAndValue{}, Instances: map[*ast.Ident]types.Instance{}}
	if types.CheckExpr(token.NewFileSet(), pkg, token.NoPos, parsed, &info) != nil {
		return nil, nil, false
	}
	for _, instance := range info.Instances {
		for arg := range instance.TypeArgs.Types() {
			typeArgs = append(typeArgs, arg)
		}
	}
	return info.Types[parsed].Type, typeArgs, true
}

// The signatures of the functions around a method. Names of parameters are those of the method, to
// be read.

// fallbackSignature is what a fallback is: it has the arguments and the error, and returns the
// results.
func (m member) fallbackSignature() *types.Signature {
	return signature(append(variables(m.Signature().Params()), errorBeside(m.Signature().Params())), unnamed(m.Signature().Results()))
}

// takerSignature is how a function is called with the method's arguments, from the first one on
// that it gets. One that is variadic like the method takes them likewise; one that is variadic all
// by itself does not fit.
func (m member) takerSignature(fn types.Object, first int, results ...*types.Var) (sig *types.Signature, fits bool) {
	variadic := m.Signature().Variadic() && isVariadic(fn)
	return types.NewSignatureType(nil, nil, nil, types.NewTuple(variables(m.Signature().Params())[first:]...),
		types.NewTuple(results...), variadic), variadic == isVariadic(fn)
}

func isVariadic(fn types.Object) bool { return fn.Type().Underlying().(*types.Signature).Variadic() }

// rejectSignature is what makes results of an error.
func (m member) rejectSignature() *types.Signature {
	return signature([]*types.Var{newVar("err", errorType)}, unnamed(m.Signature().Results()))
}

// failureSignature is what tells from so many results whether a call failed.
func (m member) failureSignature(results int) *types.Signature {
	return signature(variables(m.Signature().Results())[:results], []*types.Var{newVar("", errorType)})
}

func signature(params, results []*types.Var) *types.Signature {
	return types.NewSignatureType(nil, nil, nil, types.NewTuple(params...), types.NewTuple(results...), false)
}

func newVar(name string, t types.Type) *types.Var { return types.NewParam(token.NoPos, nil, name, t) }

func variables(tuple *types.Tuple) (list []*types.Var) {
	for v := range tuple.Variables() {
		list = append(list, newVar(v.Name(), v.Type()))
	}
	return list
}

func unnamed(tuple *types.Tuple) (list []*types.Var) {
	for v := range tuple.Variables() {
		list = append(list, newVar("", v.Type()))
	}
	return list
}

// errorBeside returns an error to stand behind other parameters: with a name if they have names.
func errorBeside(params *types.Tuple) *types.Var {
	name := "err"
	for v := range params.Variables() {
		switch v.Name() {
		case "":
			return newVar("", errorType)
		case "err":
			name = "cause"
		}
	}
	return newVar(name, errorType)
}

// spell returns a type as Go in the annotated file would have it.
func (a *typedInterface) spell(t types.Type) string {
	return types.TypeString(t, func(pkg *types.Package) string {
		if pkg.Path() == a.in.path {
			return ""
		}
		return pkg.Name()
	})
}
