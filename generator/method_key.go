package generator

// This file finds out by what calls are told apart that have breakers of their own: key= names a
// parameter, or a function of the arguments.

import (
	"cmp"
	"fmt"
	"go/types"
	"slices"
	"strings"

	"github.com/resilgen/resilgen/internal/nearest"
	"github.com/resilgen/resilgen/templates"
)

// checkBreaker plans the key. A parameter wins over a function of the same name.
func (d *decision) checkBreaker() lack {
	s, ok := d.effective.last("breaker", "key")
	if !ok {
		return lack{}
	}
	name := s.argument.text // as written: a named policy's function has its full path in s.Value
	params := d.method.Signature().Params()
	for i := range params.Len() {
		v := params.At(i)
		switch {
		case v.Name() != name || name == "_":
		case !isKey(v.Type()):
			return lack{why: name + " is of type " + d.iface.spell(v.Type()) + ", and key= wants a string, an integer or a fmt.Stringer", at: &s}
		default:
			d.effective.replace("breaker", "key", name)
			d.plan.Key = &templates.Key{Param: i, Type: v.Type()}
			d.sweep.fits(s)
			return lack{}
		}
	}
	if p, ok := d.resolved.absent[s.Pos()]; ok {
		return d.lacksKey(s, p)
	}
	return d.checkKeyFunction(s)
}

// lacksKey says that a name stands for neither a parameter nor a function.
func (d *decision) lacksKey(s appliedSetting, p *problem) lack {
	var named []string
	for v := range d.method.Signature().Params().Variables() {
		if v.Name() != "" && v.Name() != "_" {
			named = append(named, v.Name())
		}
	}
	there := "none with a name"
	if len(named) > 0 {
		there = "it has " + strings.Join(named, ", ")
	}
	name := s.argument.text
	return lack{
		why: fmt.Sprintf("it has no parameter %s for key= (%s), and %s", name, there, p.message), at: &s,
		suggestion: cmp.Or(nearest.To(name, named), p.suggestion),
	}
}

// checkKeyFunction plans a function that makes the key of the arguments: of all of them, or all but
// a leading context.
func (d *decision) checkKeyFunction(s appliedSetting) lack {
	fn := d.resolved.functions[s.Value]
	if fn == nil {
		return lack{} // the name is reported, and that is enough
	}
	firsts := []int{0}
	if d.method.context == 0 {
		firsts = []int{1, 0}
	}
	for _, first := range firsts {
		taker, fits := d.method.takerSignature(fn, first)
		if result, args, ok := call(fn, taker); ok && fits && isKey(result) {
			d.plan.Key = &templates.Key{Func: &templates.Func{Object: fn, TypeArgs: args}, Param: first, Type: result}
			d.sweep.fits(s)
			return lack{}
		}
	}
	want := signature(variables(d.method.Signature().Params())[firsts[0]:], []*types.Var{newVar("", types.Typ[types.String])})
	return lack{why: d.iface.misfit(s, fn, d.iface.spell(want)), at: &s}
}

// isKey reports whether values of a type can be told by their text. Those of a type parameter can
// if all types that it allows can in the same way.
func isKey(t types.Type) bool {
	if _, several := t.(*types.Tuple); several {
		return false
	}
	sig := method(t, "String")
	if sig != nil && sig.Params().Len() == 0 && sig.Results().Len() == 1 && types.Identical(sig.Results().At(0).Type(), types.Typ[types.String]) {
		return true
	}
	return slices.ContainsFunc([]types.BasicInfo{types.IsString, types.IsUnsigned, types.IsInteger}, func(kind types.BasicInfo) bool {
		return isOfKind(t, kind)
	})
}

// isOfKind reports whether a type, or every type that a type parameter allows, is made of a basic
// type of a kind.
func isOfKind(t types.Type, kind types.BasicInfo) bool {
	switch u := t.Underlying().(type) {
	case *types.Basic:
		return u.Info()&kind != 0
	case *types.Interface:
		return u.NumEmbeddeds() == 1 && isOfKind(u.EmbeddedType(0), kind)
	case *types.Union:
		for term := range u.Terms() {
			if !isOfKind(term.Type(), kind) {
				return false
			}
		}
		return true
	}
	return false
}
