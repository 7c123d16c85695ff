package templates

// A result that outlives the call keeps the context of its attempt alive until it is closed.

import "github.com/dave/jennifer/jen"

// hasLease reports whether a result outlives the call and is followed to its end. The policy has no
// say: a timeout that would end the result can still be switched on when the program runs.
func (m *Method) hasLease() bool { return m.Outlives >= 0 }

// declareLease prints what holds the context of the attempt:
//
//	var lease resil.Lease
func (b *body) declareLease() []jen.Code {
	if !b.hasLease() {
		return nil
	}
	return []jen.Code{jen.Var().Id(b.names.lease).Qual(RuntimePath, "Lease")}
}

// follow prints how the lease ends when the result is closed:
//
//	body = lease.Follow(body)
//
//	if resp != nil {
//		resp.Body = lease.Follow(resp.Body)
//	}
func (b *body) follow() []jen.Code {
	if !b.hasLease() {
		return nil
	}
	result := jen.Id(b.names.results[b.Outlives])
	followed := func(body *jen.Statement) *jen.Statement {
		return body.Clone().Op("=").Id(b.names.lease).Dot("Follow").Call(body)
	}
	if isResponse(b.Signature.Results().At(b.Outlives).Type()) {
		return []jen.Code{jen.If(result.Clone().Op("!=").Nil()).Block(followed(result.Clone().Dot("Body")))}
	}
	return []jen.Code{followed(result)}
}
