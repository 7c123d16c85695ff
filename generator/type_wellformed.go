package generator

// This file finds out whether an annotated interface can be understood, and what keeps it from
// that.

import (
	"go/ast"
	"go/types"
	"strconv"
	"strings"
)

// isWellTyped reports whether the interface can be understood. What keeps it from that is added to
// the findings.
func (a *typedInterface) isWellTyped(found *findings) bool {
	before := len(found.list)
	if a.reportTypesOfC(found); len(found.list) > before {
		return false
	}
	for _, e := range a.typed.errors {
		if a.spec.Pos() <= e.Pos && e.Pos < a.spec.End() {
			found.report(span{e.Pos, e.Pos}, "%s", e.Msg)
		}
	}
	if len(found.list) > before {
		return false
	}
	a.reportInvalidTypes(found)
	return len(found.list) == before
}

// reportInvalidTypes reports the parts of the interface that stand for an unknown type because of
// an error elsewhere.
func (a *typedInterface) reportInvalidTypes(found *findings) {
	ast.Inspect(a.spec.Type, func(n ast.Node) bool {
		e, ok := n.(ast.Expr)
		if !ok {
			return true
		}
		t := a.typed.info.Types[e]
		if !t.IsType() || types.Unalias(t.Type) != types.Typ[types.Invalid] {
			return true
		}
		message := types.ExprString(e) + " is not a valid type"
		if why := a.importError(e); why != "" {
			message = why
		}
		found.report(e, "%s", message)
		return false
	})
	for _, e := range a.embedded() {
		if isHollow(a.typed.info.TypeOf(e)) {
			found.report(e, "%s does not type-check", types.ExprString(e))
		}
	}
}

// isHollow reports whether an interface's declaration, which may stand elsewhere, is broken:
// methods may be missing from it.
func isHollow(t types.Type) bool {
	it, ok := t.Underlying().(*types.Interface)
	if !ok {
		return false
	}
	for m := range it.Methods() {
		if strings.Contains(m.Type().String(), types.Typ[types.Invalid].String()) {
			return true
		}
	}
	for e := range it.EmbeddedTypes() {
		if types.Unalias(e) == types.Typ[types.Invalid] || isHollow(e) {
			return true
		}
	}
	return false
}

// importError returns what is wrong with the import by which an expression names a type; empty for
// nothing.
func (a *typedInterface) importError(e ast.Expr) string {
	sel, ok := e.(*ast.SelectorExpr)
	if !ok {
		return ""
	}
	id, ok := sel.X.(*ast.Ident)
	if !ok {
		return ""
	}
	name, ok := a.typed.info.Uses[id].(*types.PkgName)
	if !ok {
		return ""
	}
	for _, e := range a.typed.errors {
		for _, spec := range a.file.syntax.Imports {
			if e.Pos == spec.Path.Pos() && spec.Path.Value == strconv.Quote(name.Imported().Path()) {
				return e.Msg
			}
		}
	}
	return ""
}
