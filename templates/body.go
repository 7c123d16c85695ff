package templates

// The body of a guarded method: one call of its guard around one call of the wrapped value. This
// file has the ordinary shape, and the order in which others add to it; what they add stands in a
// file for each: close, fallback, hedge, key, lease, result_error, rewind.

import (
	"slices"

	"github.com/dave/jennifer/jen"
)

// A body prints the body of one guarded method.
type body struct {
	*printer
	*Method
	names methodNames
	field string         // charge: where the guard is
	guard *jen.Statement // r.charge
}

func (p *printer) newBody(m *Method, names methodNames, guard string) *body {
	b := &body{printer: p, Method: m, names: names, field: guard}
	b.guard = b.keyed(jen.Id(p.receiver).Dot(guard))
	return b
}

// captures reports whether the results leave the guarded call by the method's named results,
// because there is more to them than an error that is returned.
func (m *Method) captures() bool {
	return m.Guarded() && (m.Signature.Results().Len() > 1 || m.ResultError != nil || m.hedged() || m.Fallback != nil)
}

// print prints the body. With one error as the only result:
//
//	return r.close.Do(ctx, func(ctx context.Context) error {
//		return r.next.Close(ctx)
//	})
//
// With more results, they are captured:
//
//	err = r.charge.Do(ctx, func(ctx context.Context) (err error) {
//		receipt, err = r.next.Charge(ctx, key, c)
//		return err
//	})
//	return receipt, err
func (b *body) print() []jen.Code {
	if !b.captures() {
		return append(b.declareRewinds(), jen.Return(b.do()))
	}
	run := b.run
	if b.hedged() {
		run = b.race
	}
	return slices.Concat(
		b.declareGuard(), b.declareRewinds(), b.declareLease(), b.declareResultError(),
		run(), b.follow(), b.fallBack(), b.reject(),
		[]jen.Code{jen.Return(identifiers(b.names.results)...)},
	)
}

// run prints the call of the guard, and what becomes of the error: it is a result, or goes into
// one, or the results say enough:
//
//	err = r.charge.Do(…)
//	err := r.charge.Do(…)
//	_ = r.charge.Do(…)
func (b *body) run() []jen.Code {
	switch err := jen.Id(b.names.err); {
	case b.errorDecides():
		return []jen.Code{err.Op("=").Add(b.do())}
	case b.rejects() || b.Fallback != nil:
		return []jen.Code{err.Op(":=").Add(b.do())}
	}
	return []jen.Code{jen.Id("_").Op("=").Add(b.do())}
}

// errorDecides reports whether it is a result of type error that says whether the call failed.
func (m *Method) errorDecides() bool { return m.Error >= 0 && m.ResultError == nil }

// do prints the call of the guard.
func (b *body) do() *jen.Statement {
	attempt := jen.Func().Params(b.context()).Add(b.outcome()).
		Block(slices.Concat(b.rewind(), b.closeEarlier(), b.attempt())...)
	if b.hasLease() {
		return b.guard.Clone().Dot("DoOpen").Call(b.caller(), jen.Op("&").Id(b.names.lease), attempt)
	}
	return b.guard.Clone().Dot("Do").Call(b.caller(), attempt)
}

// attempt prints one attempt: the call of the wrapped value, and whether it failed.
func (b *body) attempt() []jen.Code {
	call := b.call(b.Method, b.names.params)
	assigned := jen.List(identifiers(b.names.results)...).Op("=").Add(call)
	switch {
	case b.ResultError != nil:
		return slices.Concat([]jen.Code{assigned}, b.readResultError(), []jen.Code{jen.Return(b.resultError())})
	case b.assignsError():
		return []jen.Code{assigned, jen.Return(jen.Id(b.names.err))}
	}
	return []jen.Code{jen.Return(call)}
}

// outcome prints the result of an attempt: error, or (err error). Each attempt has an error of its
// own: assigning a captured one would cost a healthy call as much as calling the method once more.
func (b *body) outcome() *jen.Statement {
	if b.assignsError() {
		return jen.Params(jen.Id(b.names.err).Id("error"))
	}
	return jen.Id("error")
}

// assignsError reports whether an attempt assigns its error beside the other results.
func (m *Method) assignsError() bool { return m.ResultError == nil && m.Signature.Results().Len() > 1 }

// caller prints the caller's context; a method without one runs in the background.
func (b *body) caller() *jen.Statement {
	if b.Context < 0 {
		return jen.Qual(contextPath, "Background").Call()
	}
	return jen.Id(b.names.params[b.Context])
}

// context prints the parameter by which an attempt gets its own context, in the place of the
// caller's: ctx context.Context.
func (b *body) context() *jen.Statement {
	if b.Context < 0 {
		return jen.Qual(contextPath, "Context")
	}
	return b.caller().Qual(contextPath, "Context")
}

// noteBody takes note of what a method's body uses besides the names that it declares: they must
// not be shadowed.
func (s *speller) noteBody(m *Method) {
	if !m.Guarded() {
		return
	}
	s.packages[contextPath] = ownPackages[contextPath]
	s.names.hold("error")
	if m.hedged() || m.ResultError != nil || m.Fallback != nil || m.Rewind != nil || m.Closes != nil || m.hasLease() {
		s.packages[RuntimePath] = ownPackages[RuntimePath]
		s.names.hold("nil")
	}
	for _, f := range m.functions() {
		s.function(f)
	}
	s.noteKey(m)
	s.noteHedge(m)
	s.noteResultError(m)
}

// functions returns the functions that the body calls.
func (m *Method) functions() (list []*Func) {
	list = append(list, m.Fallback)
	if m.Key != nil {
		list = append(list, m.Key.Func)
	}
	if m.Rewind != nil {
		list = append(list, m.Rewind.Func)
	}
	if m.ResultError != nil {
		list = append(list, m.ResultError.Func, m.ResultError.Reject)
	}
	return slices.DeleteFunc(list, func(f *Func) bool { return f == nil })
}

// function spells a function, with its type arguments:
//
//	cachedGet, cache.Get[K, V]
func (s *speller) function(f *Func) *jen.Statement {
	var args []jen.Code
	for _, t := range f.TypeArgs {
		args = append(args, s.spell(t))
	}
	return s.object(f.Object).Types(args...)
}
