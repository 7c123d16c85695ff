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

// misfit says that a function does not fit.
func (a *typedInterface) misfit(s appliedSetting, fn types.Object, want string) string {
	return fmt.Sprintf("%s is a %s, and a %s is wanted", s.Value, a.spell(fn.Type()), want)
}
