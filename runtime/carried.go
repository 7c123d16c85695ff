package resil

// This file is for methods whose results carry their error in another way than as a result of type
// error: generated code takes it out, and puts in what a policy has to say.

import "reflect"

// Acted reports whether a policy acted on a call: whether err, which the guard returned, is another
// error than said, which the results of the last attempt carry. If not, the results stay as they
// came.
func Acted(err, said error) bool {
	if err == nil || said == nil {
		return err != nil
	}
	e, s := reflect.ValueOf(err), reflect.ValueOf(said)
	if e.Type() != s.Type() {
		return true
	}
	// Errors that cannot be compared, such as lists of errors, are never a policy's own.
	return e.Comparable() && s.Comparable() && err != said
}
