package templates

// A method: guarded, it is one call of its guard around one call of the wrapped value; else it is that call alone.

import (
	"strings"

	"github.com/dave/jennifer/jen"
)

// captures reports whether the method's results leave the guarded call by its named results, because there are more than the error.
func (m *Method) captures() bool {
	return m.Guarded() && m.Signature.Results().Len() > 1
}

// declareMethod prints a method in one of the shapes below.
func (p *printer) declareMethod(out *jen.File, i int) {
	m := &p.Methods[i]
	uses := append([]string{p.receiver}, p.typeParams...)
	if m.Guarded() {
		uses = append(uses, p.imports[contextPath], "error")
	}
	names := nameMethod(m, uses...)

	var body []jen.Code
	switch call := p.call(m, names.params); {
	case m.captures():
		body = p.captured(m, names, p.guards[i], call)
	case m.Guarded():
		body = []jen.Code{jen.Return(p.guarded(m, names, p.guards[i], jen.Return(call)))}
	case m.Signature.Results().Len() > 0:
		body = []jen.Code{jen.Return(call)}
	default:
		body = []jen.Code{call}
	}
	out.Line().Comment(m.doc())
	out.Func().Params(jen.Id(p.receiver).Op("*").Add(p.self())).
		Id(m.Name).Add(p.signatureAs(m.Signature, names.params, names.results)).
		Block(body...)
}

// captured prints the body of a method whose results are more than the error:
//
//	err = r.charge.Do(ctx, func(ctx context.Context) error {
//		receipt, err = r.next.Charge(ctx, key, c)
//		return err
//	})
//	return receipt, err
func (p *printer) captured(m *Method, names methodNames, guard string, call jen.Code) []jen.Code {
	err := names.results[m.Error]
	results := jen.List(identifiers(names.results)...)
	return []jen.Code{
		jen.Id(err).Op("=").Add(p.guarded(m, names, guard, results.Clone().Op("=").Add(call), jen.Return(jen.Id(err)))),
		jen.Return(results),
	}
}

// guarded prints the call of the guard; a method without a context runs in the background:
//
//	r.close.Do(context.Background(), func(context.Context) error {
//		return r.next.Close()
//	})
func (p *printer) guarded(m *Method, names methodNames, guard string, attempt ...jen.Code) *jen.Statement {
	outer := jen.Qual(contextPath, "Background").Call()
	inner := jen.Null()
	if m.Context >= 0 {
		outer = jen.Id(names.params[m.Context])
		inner = outer.Clone()
	}
	return jen.Id(p.receiver).Dot(guard).Dot("Do").Call(
		outer,
		jen.Func().Params(inner.Qual(contextPath, "Context")).Id("error").Block(attempt...),
	)
}

// call prints the call of the wrapped value:
//
//	r.next.Charge(ctx, key, c)
func (p *printer) call(m *Method, params []string) *jen.Statement {
	args := identifiers(params)
	if last := len(params) - 1; m.Signature.Variadic() {
		args[last] = jen.Id(params[last]).Op("...")
	}
	return jen.Id(p.receiver).Dot(p.next).Dot(m.Name).Call(args...)
}

// doc says what happens to calls of the method, and what does not:
//
//	Get is guarded: retry, breaker. Left out: timeout (it takes no context).
//	Currencies passes through: it has no error to judge by.
func (m *Method) doc() string {
	doc := m.Name + " passes through"
	if m.Guarded() {
		doc = m.Name + " is guarded: " + strings.Join(policyNames(m.Policy), ", ")
	} else if m.Reason != "" {
		doc += ": " + m.Reason
	}
	var left []string
	for _, l := range m.LeftOut {
		if m.Guarded() || l.Reason != m.Reason { // else that has been said
			left = append(left, l.Policy+" ("+l.Reason+")")
		}
	}
	if len(left) == 0 {
		return doc + "."
	}
	return doc + ". Left out: " + strings.Join(left, ", ") + "."
}
