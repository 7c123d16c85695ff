package templates

// Results can carry their own error, in another way than as a result of type error: a Redis command
// has a method Err, a result may be of a concrete error type, or a function of the user's knows.
// What a policy has to say goes back the same way; where no policy acted, the results stay as they
// came.

import (
	"go/types"

	"github.com/dave/jennifer/jen"
)

// declareResultError prints the variable for what the results of the last attempt say:
//
//	var said error
func (b *body) declareResultError() []jen.Code {
	if b.ResultError == nil || b.hedged() || !b.rejects() {
		return nil
	}
	return []jen.Code{jen.Var().Id(b.names.resultErr).Id("error")}
}

// result prints a result of the attempt: cmd, or got.cmd where attempts keep theirs apart.
func (b *body) result(i int) *jen.Statement {
	if b.hedged() {
		return jen.Id(b.names.got).Dot(b.names.results[i])
	}
	return jen.Id(b.names.results[i])
}

// resultError prints the variable for what the results of the attempt say: said, or got.said.
func (b *body) resultError() *jen.Statement {
	if b.hedged() {
		return jen.Id(b.names.got).Dot(b.names.resultErr)
	}
	return jen.Id(b.names.resultErr)
}

// readResultError prints how the results tell whether the attempt failed, in one of these forms.
// Without any way to reject, nobody but the attempt needs to know, so the variable is one of the
// attempt's:
//
//	said = cmd.Err()
//	said := cmd.Err()
//	said = failed(cmd)
//	said = coded
//
// Only an interface can be assigned like that: a nil pointer in an error would be an error.
//
//	said = nil
//	if failure != nil {
//		said = failure
//	}
func (b *body) readResultError() []jen.Code {
	from := b.ResultError
	if from == nil {
		return nil
	}
	assigned := b.resultError().Op(b.assigns())
	switch {
	case from.Func != nil:
		return []jen.Code{assigned.Add(b.function(from.Func)).Call(b.judgedResults()...)}
	case from.Method != "":
		return []jen.Code{assigned.Add(b.result(0)).Dot(from.Method).Call()}
	case types.IsInterface(b.Signature.Results().At(from.Result).Type()):
		return []jen.Code{assigned.Add(b.result(from.Result))}
	}
	failed := jen.If(b.result(from.Result).Op("!=").Nil()).Block(b.resultError().Op("=").Add(b.result(from.Result)))
	switch {
	case b.hedged():
		return []jen.Code{failed} // the variable is new in each attempt
	case b.rejects():
		return []jen.Code{assigned.Nil(), failed}
	}
	return []jen.Code{jen.Var().Add(b.resultError()).Id("error"), failed}
}

// assigns is := where the variable is one of the attempt.
func (b *body) assigns() string {
	if b.hedged() || b.rejects() {
		return "="
	}
	return ":="
}

// judgedResults prints the results that the function gets which tells whether the attempt failed.
func (b *body) judgedResults() []jen.Code {
	results := []jen.Code{b.result(0)}
	if b.ResultError.All {
		for i := 1; i < len(b.names.results); i++ {
			results = append(results, b.result(i))
		}
	}
	return results
}

// rejects reports whether there is a way to put the error of a policy into the results.
func (m *Method) rejects() bool {
	return m.ResultError != nil && (m.ResultError.Reject != nil || m.ResultError.SetErr || m.Error >= 0)
}

// reject prints how the results get the error of a policy that acted:
//
//	if resil.Acted(err, said) {
//		value, failure = rejected(err)
//	}
//
//	if resil.Acted(err, said) {
//		if cmd == nil {
//			cmd = new(redis.StringCmd)
//		}
//		cmd.SetErr(err)
//	}
//
//	if resil.Acted(failed, said) {
//		err = failed
//	}
func (b *body) reject() []jen.Code {
	if !b.rejects() {
		return nil
	}
	var rejected []jen.Code
	switch err := jen.Id(b.names.err); {
	case b.ResultError.Reject != nil:
		made := jen.List(identifiers(b.names.results)...).Op("=").Add(b.function(b.ResultError.Reject)).Call(err)
		rejected = append(b.closeResults(), made)
	case b.ResultError.SetErr:
		rejected = append(b.makeFirst(), jen.Id(b.names.results[0]).Dot("SetErr").Call(err))
	default:
		rejected = append(rejected, jen.Id(b.names.results[b.Error]).Op("=").Add(err))
	}
	return []jen.Code{jen.If(jen.Qual(RuntimePath, "Acted").Call(jen.Id(b.names.err), b.resultError())).Block(rejected...)}
}

// makeFirst prints how the first result comes to be if no attempt has made one; only a pointer
// needs it.
func (b *body) makeFirst() []jen.Code {
	pointer, ok := types.Unalias(b.Signature.Results().At(0).Type()).(*types.Pointer)
	if !ok {
		return nil
	}
	first := b.names.results[0]
	return []jen.Code{jen.If(jen.Id(first).Op("==").Nil()).Block(jen.Id(first).Op("=").New(b.spell(pointer.Elem())))}
}

// noteResultError takes note of what a rejected result uses.
func (s *speller) noteResultError(m *Method) {
	if m.ResultError == nil || !m.ResultError.SetErr {
		return
	}
	if pointer, ok := types.Unalias(m.Signature.Results().At(0).Type()).(*types.Pointer); ok {
		s.spell(pointer.Elem())
		s.names.hold("new")
	}
}
