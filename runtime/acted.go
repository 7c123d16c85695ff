package resil

// This file is for methods whose results hold their error in another way than as a result of type
// error: generated code takes it out, and puts in the one that a policy made of it.

import "reflect"

// Acted reports whether a policy acted on a call: whether the guard returned another error than the
// results of the last attempt hold. If not, generated code leaves these results as they came.
// Returned is nil if the call succeeded, and inResults if the last attempt did, or if there was
// none.
func Acted(returned, inResults error) bool {
	if returned == nil || inResults == nil {
		return returned != nil
	}
	r, in := reflect.ValueOf(returned), reflect.ValueOf(inResults)
	if r.Type() != in.Type() {
		return true
	}
	// Errors that cannot be compared, such as lists of errors, are never a policy's own.
	return r.Comparable() && in.Comparable() && returned != inResults
}
