package generator

// This file tells whether an object of Go is what a directive wants.

import (
	"go/types"
	"strings"

	"github.com/resilgen/resilgen/templates"
)

var (
	errorType     = types.Universe.Lookup("error").Type()
	predicateType = types.NewSignatureType(nil, nil, nil,
		types.NewTuple(types.NewParam(0, nil, "", errorType)),
		types.NewTuple(types.NewParam(0, nil, "", types.Typ[types.Bool])), false)
)

// isString reports whether an object is a string constant.
func isString(obj types.Object) bool {
	c, ok := obj.(*types.Const)
	if !ok {
		return false
	}
	basic, ok := c.Type().Underlying().(*types.Basic)
	return ok && basic.Info()&types.IsString != 0
}

// whyNoFunction returns what keeps an object from being a function.
func whyNoFunction(r reference, obj types.Object) *problem {
	if _, isType := obj.(*types.TypeName); !isType {
		if _, ok := obj.Type().Underlying().(*types.Signature); ok {
			return nil
		}
	}
	return problemf("%s is not a function: %s wants one", r.text, r.purpose)
}

// kindOf says what an object is.
func kindOf(obj types.Object) string {
	switch obj.(type) {
	case *types.TypeName:
		return "a type"
	case *types.Func:
		return "a function"
	case *types.Var:
		return "a variable"
	}
	return "something else"
}

// matchOf says how an object selects errors.
func (p *typedPackage) matchOf(r reference, obj types.Object) (templates.Match, *problem) {
	star, _, _ := r.split()
	t := obj.Type()
	if _, isType := obj.(*types.TypeName); isType {
		return matchType(r, t, star)
	}
	switch {
	case star:
		wrong := problemf("%s is not a type: * stands before error types only", obj.Name())
		return templates.Match{}, wrong.suggesting(strings.TrimPrefix(r.text, "*"))
	case types.AssignableTo(t, errorType):
		return templates.Match{Object: obj}, nil
	case types.AssignableTo(t, predicateType):
		return templates.Match{Object: obj, Func: true}, nil
	}
	return templates.Match{}, problemf("%s is %s: %s= wants an error value, an error type or a func(error) bool",
		obj.Name(), types.TypeString(t, types.RelativeTo(p.types)), r.purpose)
}

// matchType says how a type selects errors.
func matchType(r reference, t types.Type, star bool) (templates.Match, *problem) {
	if g, ok := t.(interface{ TypeParams() *types.TypeParamList }); ok && g.TypeParams().Len() > 0 {
		return templates.Match{}, problemf("%s is generic: declare an alias of the instance that is meant, and name that", r.text)
	}
	asked, other, otherText := t, types.Type(types.NewPointer(t)), "*"+r.text
	if star {
		asked, other, otherText = other, asked, strings.TrimPrefix(r.text, "*")
	}
	if types.AssignableTo(asked, errorType) {
		return templates.Match{Type: asked}, nil
	}
	wrong := problemf("%s is no error type: it has no method Error() string", r.text)
	if types.AssignableTo(other, errorType) {
		wrong = wrong.suggesting(otherText)
	}
	return templates.Match{}, wrong
}
