package templates

// A fallback is a function of the user's that answers in place of a failed call.

import "github.com/dave/jennifer/jen"

// fallBack prints the call of the fallback, with the method's arguments and the error:
//
//	if r.get.FallsBack(ctx, err) {
//		cause := err
//		value, err = cachedGet(ctx, key, cause)
//		err = resil.FallbackFailed(err, cause)
//	}
//
// A fallback whose results carry their error has the last word:
//
//	if r.get.FallsBack(ctx, err) {
//		return cachedGet(ctx, key, err)
//	}
func (b *body) fallBack() []jen.Code {
	if b.Fallback == nil {
		return nil
	}
	err, cause := jen.Id(b.names.err), jen.Id(b.names.cause)
	answer := func(cause *jen.Statement) *jen.Statement {
		return b.function(b.Fallback).Call(append(identifiers(b.names.params), cause)...)
	}
	answered := b.closeResults()
	if b.ResultError != nil {
		answered = append(answered, jen.Return(answer(err)))
	} else {
		answered = append(answered,
			cause.Clone().Op(":=").Add(err),
			jen.List(identifiers(b.names.results)...).Op("=").Add(answer(cause)),
			err.Clone().Op("=").Qual(RuntimePath, "FallbackFailed").Call(err, cause),
		)
	}
	return []jen.Code{jen.If(b.guard.Clone().Dot("FallsBack").Call(b.caller(), err)).Block(answered...)}
}
