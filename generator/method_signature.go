package generator

// This file is the signatures that functions around a method must have. The names of parameters are
// those of the method, since the signatures are printed.

import (
	"go/token"
	"go/types"
)

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

func isVariadic(fn types.Object) bool { return fn.Type().Underlying().(*types.Signature).Variadic() }

// spell returns a type as Go in the annotated file would have it.
func (a *typedInterface) spell(t types.Type) string {
	return types.TypeString(t, func(pkg *types.Package) string {
		if pkg.Path() == a.typed.path {
			return ""
		}
		return pkg.Name()
	})
}
