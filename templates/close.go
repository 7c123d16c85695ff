package templates

// Results that hold something, such as a connection, are closed where nobody gets them.

import (
	"go/types"

	"github.com/dave/jennifer/jen"
)

// closeEarlier prints how an attempt begins: the results of a failed one before it are closed; on
// the first attempt they are nil. Where nobody can switch on a retry when the program runs, there
// is no other attempt, and nothing to print.
func (b *body) closeEarlier() []jen.Code {
	if b.Traits.NoRetry != "" {
		return nil
	}
	return b.closeResults()
}

// closeResults prints how the named results are closed.
func (b *body) closeResults() []jen.Code {
	return b.closeAll(func(i int) *jen.Statement { return jen.Id(b.names.results[i]) })
}

// closeAll prints how results are closed that nobody gets:
//
//	if session != nil {
//		session.Close()
//	}
//
//	if resp != nil && resp.Body != nil {
//		resp.Body.Close()
//	}
//
// What is not nil in an interface may still be a nil pointer:
//
//	if body != nil {
//		resil.Close(body)
//	}
func (b *body) closeAll(result func(i int) *jen.Statement) (code []jen.Code) {
	for _, i := range b.Closes {
		there, closed := result(i).Op("!=").Nil(), result(i).Dot("Close").Call()
		switch t := b.Signature.Results().At(i).Type(); {
		case types.IsInterface(t):
			closed = jen.Qual(RuntimePath, "Close").Call(result(i))
		case isResponse(t):
			there.Op("&&").Add(result(i)).Dot("Body").Op("!=").Nil()
			closed = result(i).Dot("Body").Dot("Close").Call()
		}
		code = append(code, jen.If(there).Block(closed))
	}
	return code
}

// isResponse reports whether a result is an *http.Response, which is closed by its body.
func isResponse(t types.Type) bool {
	pointer, ok := types.Unalias(t).(*types.Pointer)
	if !ok {
		return false
	}
	response, ok := types.Unalias(pointer.Elem()).(*types.Named)
	return ok && response.Obj().Name() == "Response" && response.Obj().Pkg() != nil && response.Obj().Pkg().Path() == "net/http"
}
