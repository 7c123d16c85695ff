package templates

// Types become jennifer code as their source wrote them: an alias stays the alias, whatever it
// stands for, because what it stands for may be in an internal package, and because readers know it
// by that name. Only what is out of reach gives way.

import (
	"go/types"
	"strconv"

	"github.com/dave/jennifer/jen"
)

// A named type is a defined type or an alias.
type named interface {
	types.Type
	Obj() *types.TypeName
	TypeParams() *types.TypeParamList
	TypeArgs() *types.TypeList
}

// A speller writes types and other names, and takes note of what it mentions.
type speller struct {
	local    viewer                      // the package whose names stand alone
	renamed  map[*types.TypeParam]string // what the generated code calls type parameters
	packages map[string]string           // what was mentioned: import path to package name
	names    scope                       // what was mentioned without a package
	spelled  map[types.Type]jen.Code     // how types were spelled before; nil to spell each anew
}

func newSpeller(local *types.Package) *speller {
	return &speller{
		local:    viewer{local},
		renamed:  map[*types.TypeParam]string{},
		packages: map[string]string{},
		spelled:  map[types.Type]jen.Code{},
	}
}

// object spells the name of a type, variable or function:
//
//	Payments, net.OpError, error
func (s *speller) object(obj types.Object) *jen.Statement {
	pkg := obj.Pkg()
	if s.local.owns(obj) {
		s.names.hold(obj.Name())
		return jen.Id(obj.Name())
	}
	s.packages[pkg.Path()] = pkg.Name()
	return jen.Qual(pkg.Path(), obj.Name())
}

// spell spells a type. The code may stand in several places, so nobody can append to it.
func (s *speller) spell(t types.Type) jen.Code {
	if code, ok := s.spelled[t]; ok {
		return code
	}
	code := s.spellAnew(t)
	if s.spelled != nil {
		s.spelled[t] = code
	}
	return code
}

func (s *speller) spellAnew(t types.Type) jen.Code {
	switch t := t.(type) {
	case *types.Basic:
		if t.Kind() == types.UnsafePointer {
			return s.object(types.Unsafe.Scope().Lookup("Pointer"))
		}
		s.names.hold(t.Name())
		return jen.Id(t.Name())
	case named:
		if !s.local.mayMention(t.Obj()) {
			return s.spell(s.local.instead(t))
		}
		return s.object(t.Obj()).Types(s.list(t.TypeArgs())...)
	case *types.TypeParam:
		if name, ok := s.renamed[t]; ok {
			return jen.Id(name)
		}
		return jen.Id(t.Obj().Name())
	case *types.Pointer:
		return jen.Op("*").Add(s.spell(t.Elem()))
	case *types.Slice:
		return jen.Index().Add(s.spell(t.Elem()))
	case *types.Array:
		return jen.Index(jen.Lit(int(t.Len()))).Add(s.spell(t.Elem()))
	case *types.Map:
		return jen.Map(s.spell(t.Key())).Add(s.spell(t.Elem()))
	case *types.Chan:
		return s.channel(t)
	case *types.Signature:
		return jen.Func().Add(s.signature(t))
	case *types.Struct:
		return s.structure(t)
	case *types.Interface:
		return s.inline(t)
	case *types.Union:
		return s.union(t)
	default:
		return jen.Op("?").Commentf("/* %v */", t) // not Go: Render reports it
	}
}

func (s *speller) list(ts *types.TypeList) []jen.Code {
	var codes []jen.Code
	for t := range ts.Types() {
		codes = append(codes, s.spell(t))
	}
	return codes
}

// channel spells a channel; the parentheses keep the arrow with its own channel:
//
//	chan T, <-chan T, chan<- T, chan (<-chan T)
func (s *speller) channel(t *types.Chan) *jen.Statement {
	elem := s.spell(t.Elem())
	if inner, ok := t.Elem().(*types.Chan); ok && inner.Dir() == types.RecvOnly {
		elem = jen.Parens(elem)
	}
	switch t.Dir() {
	case types.RecvOnly:
		return jen.Op("<-").Chan().Add(elem)
	case types.SendOnly:
		return jen.Chan().Op("<-").Add(elem)
	default:
		return jen.Chan().Add(elem)
	}
}

// signature spells parameters and results, with the names of the source:
//
//	(ctx context.Context, keys ...string) (values []string, err error)
func (s *speller) signature(t *types.Signature) *jen.Statement {
	return s.signatureAs(t, namesOf(t.Params()), namesOf(t.Results()))
}

// signatureAs spells parameters and results with other names; nil leaves them without.
func (s *speller) signatureAs(t *types.Signature, params, results []string) *jen.Statement {
	in := s.variables(t.Params(), params)
	if last := len(in) - 1; t.Variadic() {
		slice := t.Params().At(last).Type().(*types.Slice)
		in[last] = variable(params, last).Op("...").Add(s.spell(slice.Elem()))
	}
	out := s.variables(t.Results(), results)
	switch {
	case len(out) == 0:
		return jen.Params(in...)
	case len(out) == 1 && results == nil:
		return jen.Params(in...).Add(out...)
	}
	return jen.Params(in...).Params(out...)
}

func (s *speller) variables(tuple *types.Tuple, names []string) []jen.Code {
	var codes []jen.Code
	for i := range tuple.Len() {
		codes = append(codes, variable(names, i).Add(s.spell(tuple.At(i).Type())))
	}
	return codes
}

func variable(names []string, i int) *jen.Statement {
	if names == nil {
		return jen.Null()
	}
	return jen.Id(names[i])
}

// namesOf returns the names of a signature's variables, nil when they have none.
func namesOf(tuple *types.Tuple) []string {
	if tuple.Len() == 0 || tuple.At(0).Name() == "" {
		return nil
	}
	var names []string
	for v := range tuple.Variables() {
		names = append(names, v.Name())
	}
	return names
}

// structure spells a struct type, with its tags:
//
//	struct{ Name string `json:"name"`; sync.Mutex }
func (s *speller) structure(t *types.Struct) *jen.Statement {
	var fields []jen.Code
	for i := range t.NumFields() {
		field := jen.Null()
		if f := t.Field(i); !f.Embedded() {
			field.Id(f.Name())
		}
		field.Add(s.spell(t.Field(i).Type()))
		if tag := t.Tag(i); strconv.CanBackquote(tag) && tag != "" {
			field.Op("`" + tag + "`")
		} else if tag != "" {
			field.Lit(tag)
		}
		fields = append(fields, field)
	}
	return jen.Custom(jen.Options{Open: "struct{", Close: "}", Separator: ";"}, fields...)
}

// inline spells an interface type, with what it embeds as written:
//
//	interface{ io.Reader; Len() int }
func (s *speller) inline(t *types.Interface) *jen.Statement {
	var elems []jen.Code
	for e := range t.EmbeddedTypes() {
		elems = append(elems, s.spell(e))
	}
	for m := range t.ExplicitMethods() {
		elems = append(elems, jen.Id(m.Name()).Add(s.signature(m.Signature())))
	}
	return jen.Custom(jen.Options{Open: "interface{", Close: "}", Separator: ";"}, elems...)
}

// union spells the terms of a constraint:
//
//	~int | ~string
func (s *speller) union(t *types.Union) *jen.Statement {
	var terms []jen.Code
	for term := range t.Terms() {
		if term.Tilde() {
			terms = append(terms, jen.Op("~").Add(s.spell(term.Type())))
		} else {
			terms = append(terms, s.spell(term.Type()))
		}
	}
	return jen.Custom(jen.Options{Separator: "|"}, terms...)
}

// constraint spells the constraint of a type parameter. Where the source could leave the interface
// around it away, so does this, except before a pointer: type X[P *int] would declare an array.
func (s *speller) constraint(t types.Type) jen.Code {
	if c, ok := t.(*types.Interface); ok && c.IsImplicit() && !beginsWithPointer(c.EmbeddedType(0)) {
		return s.spell(c.EmbeddedType(0))
	}
	return s.spell(t)
}

func beginsWithPointer(t types.Type) bool {
	if u, ok := t.(*types.Union); ok {
		return !u.Term(0).Tilde() && beginsWithPointer(u.Term(0).Type())
	}
	_, ok := t.(*types.Pointer)
	return ok
}

// typeParams returns the type parameters of a defined type or alias.
func typeParams(name *types.TypeName) *types.TypeParamList { return name.Type().(named).TypeParams() }
