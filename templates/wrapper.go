package templates

// What a wrapper declares besides its methods: the type, a line that stops compiling when the
// interface has changed, and the constructor, which shows every decision.

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/dave/jennifer/jen"
	resil "github.com/resilgen/resilgen/runtime"
)

// A printer prints one wrapper.
type printer struct {
	*Wrapper
	survey
	wrapperNames
	imports map[string]string
}

func newPrinter(w *Wrapper, s survey, imports map[string]string) *printer {
	p := &printer{Wrapper: w, survey: s, wrapperNames: nameWrapper(w, imports, s.names), imports: imports}
	for i, name := range p.typeParams {
		s.renamed[typeParams(w.Interface).At(i)] = name
		clear(s.spelled) // what was spelled by another name
	}
	return p
}

func (p *printer) print(out *jen.File) {
	p.declareType(out)
	p.declareCheck(out)
	p.declareConstructor(out)
	for i := range p.Methods {
		p.declareMethod(out, i)
	}
}

// declareType prints the wrapper's type, with a guard for each guarded method:
//
//	// ResilientPayments is a [Payments] whose methods retry, break and time out as their annotations say.
//	type ResilientPayments struct {
//		Resil *resil.Client // counters, breakers, what an operator may want
//
//		next   Payments
//		charge *resil.Guard
//	}
func (p *printer) declareType(out *jen.File) {
	fields := []jen.Code{
		jen.Id(p.client).Op("*").Qual(RuntimePath, "Client").Comment("counters, breakers, what an operator may want").Line(),
		jen.Id(p.next).Add(p.wrapped()),
	}
	for _, name := range p.guards {
		if name != "" {
			fields = append(fields, jen.Id(name).Op("*").Qual(RuntimePath, "Guard"))
		}
	}
	out.Line().Comment(p.doc())
	out.Type().Id(p.Name).Types(p.constraints()...).Struct(fields...)
}

// vowel finds the names that take "an". It knows an Upload from a User, and is not told of an hour.
var vowel = regexp.MustCompile(`^(?i:[aeio]|u[lp]|un[^i])`)

// doc says what the methods of the wrapper do.
func (p *printer) doc() string {
	var acts []string
	for _, m := range p.Methods {
		for policy := range m.directives() {
			if !slices.Contains(acts, verbs[policy]) {
				acts = append(acts, verbs[policy])
			}
		}
	}
	article, name := "a", p.Interface.Name()
	if vowel.MatchString(name) {
		article = "an"
	}
	if len(acts) == 0 {
		return fmt.Sprintf("%s is %s [%s] whose methods all pass through.", p.Name, article, name)
	}
	return fmt.Sprintf("%s is %s [%s] whose methods %s as their annotations say.", p.Name, article, name, enumerate(acts))
}

// declareCheck prints the line that stops compiling when the interface has changed, for a generic
// one in a function:
//
//	// If this line does not compile, Payments has changed: run go generate.
//	var _ Payments = (*ResilientPayments)(nil)
//
//	// If this line does not compile, Store has changed: run go generate.
//	func _[K comparable, V any]() {
//		var _ Store[K, V] = (*ResilientStore[K, V])(nil)
//	}
func (p *printer) declareCheck(out *jen.File) {
	check := jen.Var().Id("_").Add(p.wrapped()).Op("=").Parens(jen.Op("*").Add(p.self())).Parens(jen.Nil())
	out.Line().Commentf("If this line does not compile, %s has changed: run go generate.", p.Interface.Name())
	if len(p.typeParams) == 0 {
		out.Add(check)
	} else {
		out.Func().Id("_").Types(p.constraints()...).Params().Block(check)
	}
}

// declareConstructor prints the constructor. A policy that several methods have is written once, so
// that changing it changes one line. The client is ready when all guards are made, so it comes
// last: fields are evaluated in the order in which they are written.
//
//	// NewResilientPayments wraps next. It panics if next is nil, or if an option is invalid or names a method that is not guarded.
//	//
//	// Options say what annotations cannot: …
//	func NewResilientPayments(next Payments, opts ...resil.Option) *ResilientPayments {
//		client := resil.New("pay.Payments", next, opts...)
//		// The policy of Charge and Refund.
//		shared := resil.Policy{…}
//		return &ResilientPayments{
//			next:   next,
//			charge: client.Guard("Charge", shared),
//			refund: client.GuardWith("Refund", resil.Traits{NoRetry: "its annotation says retry off"}, shared),
//			status: client.Guard("Status", resil.Policy{…}),
//			Resil:  client.Ready(),
//		}
//	}
func (p *printer) declareConstructor(out *jen.File) {
	locals := p.names.clone()
	locals.hold(p.typeParams...)
	locals.hold(slices.Collect(maps.Values(p.imports))...)
	next, opts, client := locals.fresh("next"), locals.fresh("opts"), locals.fresh("client")

	body := []jen.Code{jen.Id(client).Op(":=").Qual(RuntimePath, "New").Call(jen.Lit(p.Client), jen.Id(next), jen.Id(opts).Op("..."))}
	policies := make([]jen.Code, len(p.Methods))
	for _, policy := range p.policies {
		code := policy.code
		if len(policy.methods) > 1 {
			shared := locals.fresh("shared")
			body = append(body, jen.Commentf("The policy of %s.", p.enumerateMethods(policy.methods)), jen.Id(shared).Op(":=").Add(code))
			code = jen.Id(shared)
		}
		for _, i := range policy.methods {
			policies[i] = code
		}
	}
	fields := []jen.Code{jen.Id(p.next).Op(":").Id(next)}
	for i, name := range p.guards {
		if name != "" {
			fields = append(fields, jen.Id(name).Op(":").Add(p.makeGuard(client, &p.Methods[i], policies[i])))
		}
	}
	fields = append(fields, jen.Id(p.client).Op(":").Id(client).Dot("Ready").Call())
	body = append(body, jen.Return(jen.Op("&").Add(p.self()).Add(lines(fields...))))

	p.commentConstructor(out)
	out.Func().Id(p.Constructor).Types(p.constraints()...).
		Params(jen.Id(next).Add(p.wrapped()), jen.Id(opts).Op("...").Qual(RuntimePath, "Option")).
		Op("*").Add(p.self()).
		Block(body...)
}

// makeGuard prints how a method gets its guard. An ordinary method has no traits to tell.
//
//	client.Guard("Charge", shared)
//
//	client.GuardWith("Refund", resil.Traits{NoRetry: "its annotation says retry off"}, shared)
func (p *printer) makeGuard(client string, m *Method, policy jen.Code) *jen.Statement {
	if m.Traits == (resil.Traits{}) {
		return jen.Id(client).Dot("Guard").Call(jen.Lit(m.Name), policy)
	}
	return jen.Id(client).Dot("GuardWith").Call(jen.Lit(m.Name), p.traits(m.Traits), policy)
}

// commentConstructor prints what the constructor does, and what options are for.
func (p *printer) commentConstructor(out *jen.File) {
	runtime := p.imports[RuntimePath]
	out.Line().Commentf("%s wraps next. It panics if next is nil, or if an option is invalid or names a method that is not guarded.", p.Constructor)
	out.Comment("//")
	out.Commentf("Options say what annotations cannot: another name for this client ([%s.WithName]), who is told what happens", runtime)
	out.Commentf("([%[1]s.WithLogger], [%[1]s.WithObserver]), or another policy for a method ([%[1]s.WithPolicy]).", runtime)
}

// enumerateMethods says which methods a policy is for: their names, or how many they are.
func (p *printer) enumerateMethods(group []int) string {
	if len(group) > 4 {
		return fmt.Sprintf("%d methods", len(group))
	}
	var names []string
	for _, i := range group {
		names = append(names, p.Methods[i].Name)
	}
	return enumerate(names)
}

// self spells the wrapper's type: ResilientStore[K, V].
func (p *printer) self() *jen.Statement {
	return jen.Id(p.Name).Types(identifiers(p.typeParams)...)
}

// wrapped spells the annotated interface: Store[K, V].
func (p *printer) wrapped() *jen.Statement {
	return p.object(p.Interface).Types(identifiers(p.typeParams)...)
}

// constraints spells the declaration of the type parameters: K comparable, V any.
func (p *printer) constraints() []jen.Code {
	var codes []jen.Code
	for i, name := range p.typeParams {
		codes = append(codes, jen.Id(name).Add(p.constraint(typeParams(p.Interface).At(i).Constraint())))
	}
	return codes
}

func identifiers(names []string) []jen.Code {
	var codes []jen.Code
	for _, name := range names {
		codes = append(codes, jen.Id(name))
	}
	return codes
}

// enumerate joins words as in a sentence: retry, break and time out.
func enumerate(words []string) string {
	last := len(words) - 1
	if last < 1 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:last], ", ") + " and " + words[last]
}
