package templates

// The attempts of a hedged method overlap, so each keeps its results to itself until one of them is
// taken. Nothing that attempts share can be rewound.

import (
	"slices"

	"github.com/dave/jennifer/jen"
)

// hedged reports whether attempts may overlap.
func (m *Method) hedged() bool { return m.Policy.Hedge != nil }

// race prints the call of Hedged in one of the shapes below, after which the named results are
// those of the attempt that won.
func (b *body) race() []jen.Code {
	switch values := b.values(); {
	case len(values) == 0:
		return b.raceForError()
	case len(values) == 1 && b.errorDecides() && b.Error == 1:
		return b.raceForOne()
	default:
		return b.raceForSeveral(values)
	}
}

// values returns the indices of the results, but for the error that decides.
func (m *Method) values() (list []int) {
	for i := range m.Signature.Results().Len() {
		if i != m.Error || m.ResultError != nil {
			list = append(list, i)
		}
	}
	return list
}

// raceForOne prints the shape for one result before the error:
//
//	value, err = resil.Hedged(ctx, r.get, func(ctx context.Context) (string, error) {
//		return r.next.Get(ctx, key)
//	}, nil)
func (b *body) raceForOne() []jen.Code {
	name, result := b.names.results[0], b.spell(b.Signature.Results().At(0).Type())
	attempt := jen.Params(result, jen.Id("error")).Block(jen.Return(b.call(b.Method, b.names.params)))
	discard := b.discard(jen.Id(name).Add(result), func(int) *jen.Statement { return jen.Id(name) })
	return []jen.Code{jen.List(jen.Id(name), jen.Id(b.names.err)).Op("=").Add(b.hedge(attempt, discard))}
}

// raceForError prints the shape for an error alone:
//
//	_, err = resil.Hedged(ctx, r.ping, func(ctx context.Context) (struct{}, error) {
//		return struct{}{}, r.next.Ping(ctx)
//	}, nil)
func (b *body) raceForError() []jen.Code {
	attempt := jen.Params(jen.Struct(), jen.Id("error")).Block(jen.Return(jen.Struct().Values(), b.call(b.Method, b.names.params)))
	return []jen.Code{jen.List(jen.Id("_"), jen.Id(b.names.err)).Op("=").Add(b.hedge(attempt, jen.Nil()))}
}

// raceForSeveral prints the shape for everything else. An error that results carry is one of them:
//
//	type results struct {
//		value string
//		found bool
//	}
//	got, err := resil.Hedged(ctx, r.find, func(ctx context.Context) (got results, err error) {
//		got.value, got.found, err = r.next.Find(ctx, key)
//		return got, err
//	}, nil)
//	value, found = got.value, got.found
func (b *body) raceForSeveral(values []int) []jen.Code {
	n := b.names
	got := func(i int) *jen.Statement { return jen.Id(n.got).Dot(n.results[i]) }

	var fields, names, fromGot []jen.Code
	for _, i := range values {
		fields = append(fields, jen.Id(n.results[i]).Add(b.spell(b.Signature.Results().At(i).Type())))
		names = append(names, jen.Id(n.results[i]))
		fromGot = append(fromGot, got(i))
	}
	judged := jen.Id(n.err)
	assigned := slices.Clone(fromGot)
	if b.ResultError != nil {
		judged = b.resultError()
		fields = append(fields, jen.Id(n.resultErr).Id("error"))
	} else {
		assigned = slices.Insert(assigned, b.Error, jen.Code(judged))
	}
	attempt := []jen.Code{jen.List(assigned...).Op("=").Add(b.call(b.Method, n.params))}
	attempt = append(attempt, b.readResultError()...)
	attempt = append(attempt, jen.Return(jen.Id(n.got), judged))

	signature := jen.Params(jen.Id(n.got).Id(n.resultsType), jen.Id(n.err).Id("error"))
	discard := b.discard(jen.Id(n.got).Id(n.resultsType), got)
	return []jen.Code{
		jen.Type().Id(n.resultsType).Struct(fields...),
		jen.List(jen.Id(n.got), jen.Id(n.err)).Op(":=").Add(b.hedge(signature.Block(attempt...), discard)),
		jen.List(names...).Op("=").List(fromGot...),
	}
}

// hedge prints the call of Hedged around one attempt, or of HedgedOpen, which lets the context of
// the one that won live on:
//
//	resil.HedgedOpen(ctx, &lease, r.open, func(ctx context.Context) …, nil)
func (b *body) hedge(attempt, discard jen.Code) *jen.Statement {
	if b.hasLease() {
		return jen.Qual(RuntimePath, "HedgedOpen").Call(b.caller(), jen.Op("&").Id(b.names.lease), b.guard.Clone(),
			jen.Func().Params(b.context()).Add(attempt), discard)
	}
	return jen.Qual(RuntimePath, "Hedged").Call(b.caller(), b.guard.Clone(), jen.Func().Params(b.context()).Add(attempt), discard)
}

// discard prints the function that closes what nobody gets, nil if there is nothing to close:
//
//	func(body io.ReadCloser) {
//		if body != nil {
//			resil.Close(body)
//		}
//	}
func (b *body) discard(param *jen.Statement, result func(i int) *jen.Statement) jen.Code {
	if len(b.Closes) == 0 {
		return jen.Nil()
	}
	return jen.Func().Params(param).Block(b.closeAll(result)...)
}

// noteHedge takes note of what the results of a race use.
func (s *speller) noteHedge(m *Method) {
	if !m.hedged() {
		return
	}
	for _, i := range m.values() {
		s.spell(m.Signature.Results().At(i).Type())
	}
}
