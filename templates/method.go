package templates

// A method: guarded, it is what body.go prints; else it is the one call of the wrapped value.

import (
	"slices"
	"strings"

	"github.com/dave/jennifer/jen"
)

// declareMethod prints a method:
//
//	// Currencies passes through: it has no error to judge by.
//	func (r *ResilientPayments) Currencies() []string {
//		return r.next.Currencies()
//	}
func (p *printer) declareMethod(out *jen.File, i int) {
	m := &p.Methods[i]
	names := nameMethod(m, p.usedBy(m))

	var body []jen.Code
	switch {
	case m.Guarded():
		body = p.newBody(m, names, p.guards[i]).print()
	case m.Signature.Results().Len() > 0:
		body = []jen.Code{jen.Return(p.call(m, names.params))}
	default:
		body = []jen.Code{p.call(m, names.params)}
	}
	out.Line().Comment(m.doc())
	out.Func().Params(jen.Id(p.receiver).Op("*").Add(p.self())).
		Id(m.Name).Add(p.signatureAs(m.Signature, names.params, names.results)).
		Block(body...)
}

// usedBy returns the names that a method's body uses, besides those that it declares.
func (p *printer) usedBy(m *Method) scope {
	s := &speller{local: p.local, renamed: p.renamed, packages: map[string]string{}}
	s.noteBody(m)
	for path := range s.packages {
		s.names.hold(p.imports[path])
	}
	s.names.hold(p.receiver)
	s.names.hold(p.typeParams...)
	return s.names
}

// call prints the call of the wrapped value:
//
//	r.next.Charge(ctx, key, c)
func (p *printer) call(m *Method, params []string) *jen.Statement {
	return jen.Id(p.receiver).Dot(p.next).Dot(m.Name).Call(arguments(params, m.Signature.Variadic())...)
}

// arguments passes parameters on: ctx, keys...
func arguments(params []string, variadic bool) []jen.Code {
	args := identifiers(params)
	if last := len(params) - 1; variadic {
		args[last] = jen.Id(params[last]).Op("...")
	}
	return args
}

// doc says what happens to calls of the method, and what does not:
//
//	Get is guarded: retry, breaker. Left out: timeout and hedge (it takes no context).
//	Put is guarded: breaker (shared by the client), bulkhead (shared as db with Get and List).
//	Currencies passes through: it has no error to judge by.
func (m *Method) doc() string {
	doc := m.Name + " passes through"
	if m.Guarded() {
		doc = m.Name + " is guarded: " + strings.Join(m.acts(), ", ")
	} else if m.Reason != "" {
		doc += ": " + m.Reason
	}
	if left := m.leftOut(); len(left) > 0 {
		doc += ". Left out: " + strings.Join(left, ", ")
	}
	return doc + "."
}

// acts tells the policies, and who shares them.
func (m *Method) acts() (list []string) {
	for policy := range m.directives() {
		for _, s := range m.Shared {
			if s.Policy == policy {
				policy += " (" + s.How + ")"
			}
		}
		list = append(list, policy)
	}
	return list
}

// leftOut tells each reason once, with the policies that were left out for it; not the reason that
// says why all is.
func (m *Method) leftOut() (list []string) {
	policies := map[string][]string{}
	var reasons []string
	for _, l := range m.LeftOut {
		if !slices.Contains(reasons, l.Reason) {
			reasons = append(reasons, l.Reason)
		}
		policies[l.Reason] = append(policies[l.Reason], l.Policy)
	}
	for _, reason := range reasons {
		if m.Guarded() || reason != m.Reason {
			list = append(list, enumerate(policies[reason])+" ("+reason+")")
		}
	}
	return list
}
