package generator

// This file finds the context that a method takes.

import "go/types"

// contextIndex returns the index of the first parameter that is a context.Context: by that name, an
// alias of it, or as an interface type of the same methods, which takes the context of an attempt
// as well.
func contextIndex(sig *types.Signature) int {
	for i := range sig.Params().Len() {
		if isContext(sig.Params().At(i).Type()) {
			return i
		}
	}
	return -1
}

// isContext reports whether a type has the methods of context.Context and no others.
func isContext(t types.Type) bool {
	if isTypeParam(t) {
		return false
	}
	it, ok := t.Underlying().(*types.Interface)
	if !ok || it.NumMethods() != 4 {
		return false
	}
	for m := range it.Methods() {
		if m.Pkg() == nil || m.Pkg().Path() != "context" {
			return false
		}
	}
	return true
}

// isLikeContext reports whether a type has the methods of context.Context, and perhaps others.
func isLikeContext(t types.Type) bool { return hasMethod(t, "Deadline") && hasMethod(t, "Done") }

// whyNoContext says why a method that has no context has none.
func (a *typedInterface) whyNoContext(m member) string {
	for v := range m.Signature().Params().Variables() {
		named, _ := pointed(v.Type()).(interface{ Obj() *types.TypeName })
		if named != nil && named.Obj().Name() == "Context" || isLikeContext(v.Type()) {
			return "it takes no context.Context: an attempt could not have its own " + a.spell(v.Type())
		}
	}
	return "it takes no context"
}
