package generator

// This file looks at what a method takes: a context, and values that one attempt uses up.

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

// lackOfContext says why there is no context, of a method that has none.
func (a *typedInterface) lackOfContext(m member) string {
	for v := range m.Signature().Params().Variables() {
		named, _ := pointed(v.Type()).(interface{ Obj() *types.TypeName })
		if named != nil && named.Obj().Name() == "Context" || isLikeContext(v.Type()) {
			return "it takes no context.Context: an attempt could not have its own " + a.spell(v.Type())
		}
	}
	return "it takes no context"
}

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

// A part is an argument or a result, or a field of one.
type part struct {
	index int
	field string // empty for the whole
	what  string // to be read: body, its io.Reader, the Body of req
	use   string // what an attempt does with it: consumes, writes to
	seeks bool   // an io.Seeker
}

// consumed returns the arguments that one attempt uses up, so that the next would find nothing:
//
//   - what is read: anything with the Read of an io.Reader, also in a slice or map, or in a field
//     of a struct: *http.Request has its Body
//   - what is written to: a further attempt would append to what the one before it wrote
//   - what is received or iterated: channels of any direction, iter.Seq, anything with Next or Recv
//   - functions: an attempt that called one has shown its caller something. Not those of a variadic
//     parameter, which are options by every convention, nor the fields of structs, which configure.
func (a *typedInterface) consumed(m member) (parts []part) {
	params := m.Signature().Params()
	for i := range params.Len() {
		t := params.At(i).Type()
		_, isFunc := t.Underlying().(*types.Signature)
		field, ok := "", isFunc && !isTypeParam(t)
		if !ok {
			field, ok = holds(t, isConsumed, isReader)
		}
		if ok && i != m.context {
			p := a.part(params, i, field)
			p.seeks = field == "" && isSeeker(t)
			p.use = "consumes"
			if field == "" && isWriter(t) && !isReader(t) {
				p.use = "writes to"
			}
			parts = append(parts, p)
		}
	}
	return parts
}

func isConsumed(t types.Type) bool {
	_, isChan := t.Underlying().(*types.Chan)
	return isChan || isReader(t) || isWriter(t) || isStream(t)
}

// isReader reports whether a type has the Read of an io.Reader.
func isReader(t types.Type) bool { return movesBytes(method(t, "Read")) }

// isWriter reports whether a type has the Write of an io.Writer.
func isWriter(t types.Type) bool { return movesBytes(method(t, "Write")) }

func movesBytes(sig *types.Signature) bool {
	return sig != nil && sig.Params().Len() == 1 && sig.Results().Len() == 2 &&
		types.Identical(sig.Params().At(0).Type(), types.NewSlice(types.Typ[types.Byte]))
}

// isSeeker reports whether a type has the Seek of an io.Seeker.
func isSeeker(t types.Type) bool {
	sig := method(t, "Seek")
	return sig != nil && sig.Params().Len() == 2 && sig.Results().Len() == 2 &&
		types.Identical(sig.Params().At(0).Type(), types.Typ[types.Int64])
}

// isStream reports whether a type gives one value after the other: by Recv, or by Next, which tells
// whether there was one. The elements of a list have another Next, and a reflect.Value has a Recv
// in case that it is a channel.
func isStream(t types.Type) bool {
	if sig := method(t, "Recv"); sig != nil && sig.Params().Len() == 0 && types.Unalias(t).String() != "reflect.Value" {
		return true
	}
	sig := method(t, "Next")
	if sig == nil || sig.Params().Len() > 0 || sig.Results().Len() == 0 {
		return false
	}
	last := sig.Results().At(sig.Results().Len() - 1).Type()
	return types.Identical(last, types.Typ[types.Bool]) || types.Identical(last, errorType)
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

// part describes a parameter or result.
func (a *typedInterface) part(of *types.Tuple, index int, field string) part {
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

// method returns the signature of a method that values of the type have; nil if they have none of
// this name.
func method(t types.Type, name string) *types.Signature {
	obj, _, _ := types.LookupFieldOrMethod(t, false, nil, name)
	if fn, ok := obj.(*types.Func); ok {
		return fn.Signature()
	}
	return nil
}

func hasMethod(t types.Type, name string) bool { return method(t, name) != nil }
