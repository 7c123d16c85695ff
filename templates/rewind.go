package templates

// Arguments that an attempt consumes are put back before a further one.

import (
	"go/types"

	"github.com/dave/jennifer/jen"
)

// rewinds returns how many things have to be put back: each argument that is sought, or whatever
// one function puts back.
func (m *Method) rewinds() int {
	switch {
	case m.Rewind == nil || m.hedged():
		return 0
	case m.Rewind.Func != nil:
		return 1
	}
	return len(m.Rewind.Seek)
}

// declareRewinds prints what knows whether an attempt is a further one:
//
//	var rewind resil.Rewind
func (b *body) declareRewinds() []jen.Code {
	if b.rewinds() == 0 {
		return nil
	}
	return []jen.Code{jen.Var().List(identifiers(b.names.rewinds)...).Qual(RuntimePath, "Rewind")}
}

// oneLine are braces for a function of one short statement.
var oneLine = jen.Options{Open: "{ ", Close: " }"}

// rewind prints how arguments are put back, at the beginning of an attempt:
//
//	if err := rewind.Seek(body); err != nil {
//		return err
//	}
//
//	if err := rewind.Before(func() error { return rewindPut(ctx, key, body) }); err != nil {
//		return err
//	}
func (b *body) rewind() (code []jen.Code) {
	for i := range b.rewinds() {
		rewind := jen.Id(b.names.rewinds[i])
		if f := b.Rewind.Func; f != nil {
			back := b.function(f).Call(arguments(b.names.params, f.variadic())...)
			rewind.Dot("Before").Call(jen.Func().Params().Id("error").Custom(oneLine, jen.Return(back)))
		} else {
			rewind.Dot("Seek").Call(jen.Id(b.names.params[b.Rewind.Seek[i]]))
		}
		code = append(code, jen.If(jen.Err().Op(":=").Add(rewind), jen.Err().Op("!=").Nil()).Block(jen.Return(jen.Err())))
	}
	return code
}

// variadic reports whether the function takes its last argument as a variadic method does, and not
// as a slice.
func (f *Func) variadic() bool { return f.Object.Type().Underlying().(*types.Signature).Variadic() }
