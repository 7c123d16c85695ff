package templates

// A method with key= in its policy has a breaker for each value of a parameter, or of a function of
// the arguments.

import (
	"go/types"

	"github.com/dave/jennifer/jen"
)

// strconvPath is the package by which a number becomes a key.
const strconvPath = "strconv"

// keyed prints the guard for the key of the call; a fallback needs it a second time, so then it has
// a name:
//
//	r.get.For(host)
func (b *body) keyed(guard *jen.Statement) *jen.Statement {
	switch {
	case b.Key == nil:
		return guard
	case b.Fallback != nil:
		return jen.Id(b.names.guard)
	}
	return guard.Dot("For").Call(b.keyText())
}

// declareGuard prints the variable for the guard of one key:
//
//	guard := r.get.For(host)
func (b *body) declareGuard() []jen.Code {
	if b.Key == nil || b.Fallback == nil {
		return nil
	}
	return []jen.Code{jen.Id(b.names.guard).Op(":=").Id(b.receiver).Dot(b.field).Dot("For").Call(b.keyText())}
}

// keyText prints the key as a string:
//
//	host
//	string(tenant)
//	strconv.FormatInt(int64(shard), 10)
//	addrOf(req).String()
func (b *body) keyText() *jen.Statement {
	value := b.keyValue()
	switch kind := basicKind(b.Key.Type); {
	case types.Identical(b.Key.Type, types.Typ[types.String]):
		return value
	case kind&types.IsString != 0:
		return jen.Id("string").Call(value)
	case kind&types.IsUnsigned != 0:
		return jen.Qual(strconvPath, "FormatUint").Call(jen.Id("uint64").Call(value), jen.Lit(10))
	case kind&types.IsInteger != 0:
		return jen.Qual(strconvPath, "FormatInt").Call(jen.Id("int64").Call(value), jen.Lit(10))
	}
	return value.Dot("String").Call()
}

// keyValue prints the parameter, or the call of the function:
//
//	host
//	hostOf(ctx, req)
func (b *body) keyValue() *jen.Statement {
	k, params := b.Key, b.names.params[b.Key.Param:]
	if k.Func == nil {
		return jen.Id(params[0])
	}
	return b.function(k.Func).Call(arguments(params, k.Func.variadic())...)
}

// basicKind returns what a type is made of, for a type parameter what all types of its constraint
// are; zero for anything else.
func basicKind(t types.Type) types.BasicInfo {
	switch t := t.Underlying().(type) {
	case *types.Basic:
		return t.Info()
	case *types.Interface:
		if t.NumEmbeddeds() == 1 {
			return termsKind(t.EmbeddedType(0))
		}
	}
	return 0
}

func termsKind(t types.Type) types.BasicInfo {
	union, ok := t.(*types.Union)
	if !ok {
		return basicKind(t)
	}
	kind := basicKind(union.Term(0).Type())
	for term := range union.Terms() {
		kind &= basicKind(term.Type())
	}
	return kind
}

// noteKey takes note of what the text of a key uses.
func (s *speller) noteKey(m *Method) {
	if m.Key == nil {
		return
	}
	if basicKind(m.Key.Type)&types.IsInteger != 0 {
		s.packages[strconvPath] = "strconv"
	}
	s.names.hold("string", "int64", "uint64")
}
