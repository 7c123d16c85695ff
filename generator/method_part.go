package generator

// This file looks for arguments and results of some kind in the signature of a method.

import "go/types"

// A part is an argument or a result, or a field of one.
type part struct {
	index int
	field string // empty for the whole
	what  string // to be read: body, its io.Reader, the Body of req
	use   string // what an attempt does with it: consumes, writes to
	seeks bool   // an io.Seeker
}

// holds looks for a type of some kind in what a value of type t holds: as the whole, as an element,
// or, for a kind that may be another one, in an exported field of a struct, whose name it returns.
// It looks no deeper: what a struct keeps to itself is its own business.
func holds(t types.Type, isWhole, isField func(types.Type) bool) (field string, ok bool) {
	if isWhole(t) {
		return "", true
	}
	if isTypeParam(t) {
		return "", false
	}
	switch u := pointed(t).Underlying().(type) {
	case *types.Slice:
		return "", isWhole(u.Elem())
	case *types.Array:
		return "", isWhole(u.Elem())
	case *types.Map:
		return "", isWhole(u.Elem())
	case *types.Struct:
		for f := range u.Fields() {
			if f.Exported() && isField(f.Type()) {
				return f.Name(), true
			}
		}
	}
	return "", false
}

// partOf describes a parameter or result, or the field of it that matters.
func (a *typedInterface) partOf(of *types.Tuple, index int, field string) part {
	v := of.At(index)
	what := v.Name()
	if what == "" || what == "_" {
		what = "its " + a.spell(v.Type())
	}
	if field != "" {
		what = "the " + field + " of " + what
	}
	return part{index: index, field: field, what: what}
}

// method returns the signature of a method of a type; nil if it has none of this name.
func method(t types.Type, name string) *types.Signature {
	obj, _, _ := types.LookupFieldOrMethod(t, false, nil, name)
	if fn, ok := obj.(*types.Func); ok {
		return fn.Signature()
	}
	return nil
}

func hasMethod(t types.Type, name string) bool { return method(t, name) != nil }

// pointed returns what a pointer points to, and any other type itself.
func pointed(t types.Type) types.Type {
	if p, ok := types.Unalias(t).(*types.Pointer); ok {
		return types.Unalias(p.Elem())
	}
	return types.Unalias(t)
}

func isTypeParam(t types.Type) bool {
	_, ok := types.Unalias(t).(*types.TypeParam)
	return ok
}
