package generator

// This file finds the arguments that one attempt uses up, so that a retry would send others.

import "go/types"

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
			p := a.partOf(params, i, field)
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
