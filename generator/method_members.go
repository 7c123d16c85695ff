package generator

// This file tells what an interface consists of, in an order that depends on the annotated file
// alone.

import (
	"cmp"
	"fmt"
	"go/ast"
	"go/types"
	"slices"

	"github.com/resilgen/resilgen/templates"
)

// A member is a method of an annotated interface.
type member struct {
	*types.Func
	at       ast.Node // where it is declared, or where the interface is embedded that has it
	context  int      // index of the context.Context parameter; -1 for none
	explicit bool     // the annotated interface itself declares it
}

// members returns the methods of the interface: its own as they stand in the file, then those of
// each embedded interface by name. It returns nil if the interface cannot be wrapped, and reports
// why.
func (a *typedInterface) members(found *findings) []member {
	t := a.object().Type()
	it, ok := t.Underlying().(*types.Interface)
	if why := a.whyNoWrapper(it, ok); why != "" {
		found.report(a.wrap, "%s cannot be wrapped: %s", a.name(), why)
		return nil
	}
	byName := map[string]*types.Func{}
	for m := range it.Methods() {
		byName[m.Name()] = m
	}
	var list []member
	add := func(name string, at ast.Node, explicit bool) {
		if m := byName[name]; m != nil {
			list = append(list, member{m, at, contextIndex(m.Signature()), explicit})
			delete(byName, name)
		}
	}
	for _, field := range a.fields() {
		for _, name := range field.Names {
			add(name.Name, name, true)
		}
	}
	for _, e := range a.embedded() {
		if embedded, ok := a.typed.info.TypeOf(e).Underlying().(*types.Interface); ok {
			for _, m := range slices.SortedFunc(embedded.Methods(), func(x, y *types.Func) int { return cmp.Compare(x.Name(), y.Name()) }) {
				add(m.Name(), e, false)
			}
		}
	}
	return list
}

// whyNoWrapper returns why the interface as a whole cannot be wrapped; empty if it can.
func (a *typedInterface) whyNoWrapper(it *types.Interface, isInterface bool) string {
	switch {
	case !isInterface:
		return "it is not an interface"
	case a.name() == "_":
		return "it has no name"
	case !it.IsMethodSet():
		return "it is a constraint, which no value has as its type"
	case it.NumMethods() == 0:
		return "it has no methods"
	}
	for m := range it.Methods() {
		if !m.Exported() && m.Pkg().Path() != a.typed.path {
			return fmt.Sprintf("only package %s can implement its unexported method %s", m.Pkg().Name(), m.Name()) + wayOut
		}
		if obj := templates.Unnameable(a.typed.types, m.Signature()); obj != nil {
			return fmt.Sprintf("its method %s mentions %s", m.Name(), a.outOfReach(obj)) + wayOut
		}
	}
	return ""
}

// wayOut is what to do about an interface of which one method is in the way.
const wayOut = "; declare an interface with the methods that you call, and wrap that"

// outOfReach says why the generated file cannot mention what a signature does.
func (a *typedInterface) outOfReach(obj types.Object) string {
	switch obj := obj.(type) {
	case *types.Var:
		return fmt.Sprintf("a struct type without a name whose field %s only package %s can name", obj.Name(), obj.Pkg().Name())
	case *types.Func:
		return fmt.Sprintf("an interface type without a name whose method %s only package %s can name", obj.Name(), obj.Pkg().Name())
	}
	if ast.IsExported(obj.Name()) {
		return fmt.Sprintf("%s of %s, which package %s may not import", obj.Name(), obj.Pkg().Path(), a.typed.name)
	}
	return fmt.Sprintf("%s.%s, which is not exported", obj.Pkg().Name(), obj.Name())
}
