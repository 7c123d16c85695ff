package generator

// This file finds out how the results of a method tell whether a call failed, and how a call that a
// policy ends gets results.

import (
	"fmt"
	"go/types"

	"github.com/resilgen/resilgen/templates"
)

// A judgement is how the results of a method tell whether a call failed.
type judgement struct {
	errorIndex  int                    // index of the result of type error; -1 for none
	resultError *templates.ResultError // else how its results tell; nil for not at all
	noError     string                 // why nothing tells; empty if something does
	noReject    string                 // why there is nothing to return when a policy ends a call; empty if there is
	reported    bool                   // what is lacking is reported
}

// whyNoneActs says why no policy can act; empty if each can. Where an error cannot be returned,
// none can: a call whose context has ended gets no attempt, retries that ran out say so, and an
// operator may give a method another policy when the program runs.
func (j judgement) whyNoneActs() string {
	if j.noError != "" {
		return j.noError
	}
	return j.noReject
}

// judge finds out how calls are judged: by what failure says, by a result of type error, or by one
// that is an error of another type.
func (d *decision) judge() judgement {
	j := d.judgeByFailure()
	if j.noError == "" && j.resultError == nil {
		j = d.judgeByError(j.errorIndex)
	}
	switch {
	case j.resultError != nil && j.resultError.Reject == nil:
		d.findReject(&j)
	case j.errorIndex >= 0 && !j.reported:
		d.ignore("failure", "reject", "it returns any error as it is")
	}
	return j
}

// judgeByFailure judges by what failure names. A method that was swept in and has an error needs
// none: the error decides, unless a function takes it in with all results.
func (d *decision) judgeByFailure() judgement {
	j := judgement{errorIndex: errorIndex(d.method.Signature())}
	s, ok := d.effective.last("failure", "")
	if !ok {
		return j
	}
	hasError := j.errorIndex >= 0
	resultError, why := d.errorByFailure(s, hasError)
	switch {
	case resultError != nil:
		j.errorIndex, j.resultError = -1, resultError
		d.sweep.fits(s)
		return j
	case s.askedBy != nil:
		d.report(s, "cannot act on", why)
		j.reported = true
	case hasError && s.Value == ".Err": // which is for whichever methods have it, if any
		d.effective.drop("failure", "")
		return j
	case hasError:
		d.ignore("failure", "", "its error says whether a call failed")
		return j
	case s.Value != ".Err":
		d.sweep.fails(s, d.sentence(s, "cannot act on", why))
	}
	j.noError = why
	return j
}

// errorByFailure returns how a setting of failure judges the results, or why it cannot.
func (d *decision) errorByFailure(s appliedSetting, hasError bool) (*templates.ResultError, string) {
	results := d.method.Signature().Results()
	if results.Len() == 0 {
		return nil, "it returns nothing"
	}
	if s.naming() != aFunction {
		return d.errorByMethod(s.Value[1:], hasError)
	}
	fn := d.resolved.functions[s.Value]
	if fn == nil {
		return &templates.ResultError{Reject: &templates.Func{}}, "" // the name is reported, and that is enough
	}
	all := d.method.failureSignature(results.Len())
	if f := fit(fn, d.method.failureSignature(1)); f != nil && (!hasError || results.Len() == 1) {
		return &templates.ResultError{Result: -1, Func: f}, ""
	}
	if f := fit(fn, all); f != nil {
		return &templates.ResultError{Result: -1, Func: f, All: true}, ""
	}
	want := d.iface.spell(all)
	if !hasError && results.Len() > 1 {
		want = d.iface.spell(d.method.failureSignature(1)) + " or a " + want
	}
	return nil, d.iface.misfit(s, fn, want)
}

// errorByMethod returns how a method of the first result judges a call, or why it cannot. It is not
// asked beside a result of type error. That of a context says why the context ended, not why the
// call failed.
func (d *decision) errorByMethod(name string, hasError bool) (*templates.ResultError, string) {
	first := d.method.Signature().Results().At(0).Type()
	obj, _, _ := types.LookupFieldOrMethod(first, true, d.iface.typed.types, name)
	fn, ok := obj.(*types.Func)
	switch {
	case !ok || !isErrMethod(fn.Signature()) || isLikeContext(first):
		return nil, fmt.Sprintf("its first result, %s, has no method %s() error", d.iface.spell(first), name)
	case hasError:
		return nil, fmt.Sprintf("it returns an error as well: //resilgen:failure FUNC, a %s, could judge by both",
			d.iface.spell(d.method.failureSignature(d.method.Signature().Results().Len())))
	}
	return &templates.ResultError{Result: -1, Method: name}, ""
}

func isErrMethod(sig *types.Signature) bool {
	return sig.Params().Len() == 0 && sig.Results().Len() == 1 && types.Identical(sig.Results().At(0).Type(), errorType)
}

// errorIndex returns the index of the last result that takes any error and is one: of type error,
// or of an interface type with the same method.
func errorIndex(sig *types.Signature) int {
	for i := sig.Results().Len() - 1; i >= 0; i-- {
		if t := sig.Results().At(i).Type(); types.AssignableTo(t, errorType) && types.AssignableTo(errorType, t) {
			return i
		}
	}
	return -1
}

// judgeByError judges by the method's error, or by the last result of another type that implements
// error: nil is none.
func (d *decision) judgeByError(index int) judgement {
	j := judgement{errorIndex: index}
	if index >= 0 {
		return j
	}
	results := d.method.Signature().Results()
	for i := results.Len() - 1; i >= 0; i-- {
		t := results.At(i).Type()
		if !types.AssignableTo(t, errorType) {
			continue
		}
		if isNilable(t) {
			j.resultError = &templates.ResultError{Result: i}
		} else {
			j.noError = fmt.Sprintf("its error is of type %s and never nil: //resilgen:failure FUNC can say when a call failed", d.iface.spell(t))
		}
		return j
	}
	j.noError = "it has no error to judge by"
	if results.Len() > 0 {
		first := results.At(0).Type()
		if sig := method(first, "Err"); sig != nil && isErrMethod(sig) && !isLikeContext(first) {
			j.noError = "its error is in its result: //resilgen:failure .Err judges by it"
		}
	}
	return j
}

// isNilable reports whether values of a type can be compared with nil.
func isNilable(t types.Type) bool {
	if isTypeParam(t) {
		return false
	}
	switch u := t.Underlying().(type) {
	case *types.Pointer, *types.Interface, *types.Map, *types.Slice, *types.Chan, *types.Signature:
		return true
	case *types.Basic:
		return u.Kind() == types.UnsafePointer
	}
	return false
}

// findReject finds out how a call that a policy ends gets results: by the method SetErr of the
// first one, or by a function.
func (d *decision) findReject(j *judgement) {
	first := d.method.Signature().Results().At(0).Type()
	sig := method(first, "SetErr")
	if sig == nil {
		sig = method(types.NewPointer(first), "SetErr") // of a value that is no pointer
	}
	j.resultError.SetErr = j.resultError.Result < 0 && sig != nil && !types.IsInterface(first) && !isTypeParam(first) &&
		sig.Params().Len() == 1 && sig.Results().Len() == 0 && types.AssignableTo(errorType, sig.Params().At(0).Type())

	want := d.iface.spell(d.method.rejectSignature())
	s, ok := d.effective.last("failure", "reject")
	if !ok {
		if !j.resultError.SetErr {
			j.noReject = fmt.Sprintf("a call that is rejected must return the error as %s: //resilgen:failure reject=FUNC can make one, a %s", d.carrier(j), want)
		}
		return
	}
	fn := d.resolved.functions[s.Value]
	if fn == nil {
		return
	}
	if j.resultError.Reject = fit(fn, d.method.rejectSignature()); j.resultError.Reject != nil {
		j.resultError.SetErr = false
		d.sweep.fits(s)
		return
	}
	why := d.iface.misfit(s, fn, want)
	if s.askedBy != nil {
		d.report(s, "cannot act on", why)
		return
	}
	d.sweep.fails(s, d.sentence(s, "cannot act on", why))
	j.noReject = why
}

// carrier names the type of the result that carries the error.
func (d *decision) carrier(j *judgement) string {
	return d.iface.spell(d.method.Signature().Results().At(max(j.resultError.Result, 0)).Type())
}

// checkFailure reports a failure directive by which nothing is judged.
func (d *decision) checkFailure() {
	asked, ok := d.effective.has("failure")
	if !ok || d.effective.acts() {
		return
	}
	if asked != nil && len(d.plan.LeftOut) == 0 {
		d.report(*asked, "has no effect on", "no policy is meant for it")
	}
	d.effective.remove("failure")
}
