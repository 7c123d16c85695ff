package generator

// This file finds the results that live longer than the call, and those that have to be closed if
// nobody gets them.

import "go/types"

// outliving returns the results that live longer than the call, on its context: what is read,
// received, iterated or closed, rows and transactions of databases, contexts, and functions, which
// may well be an iterator, or the end of something.
func (d *decision) outliving(j judgement) (parts []part) {
	results := d.method.Signature().Results()
	for i := range results.Len() {
		t := results.At(i).Type()
		_, isFunc := t.Underlying().(*types.Signature)
		field, ok := "", isFunc && !isTypeParam(t)
		if !ok {
			field, ok = holds(t, outlives, isClosed)
		}
		if ok && i != j.errorIndex && (j.resultError == nil || i != j.resultError.Result) {
			parts = append(parts, d.iface.partOf(results, i, field))
		}
	}
	return parts
}

// outlives reports whether a type is of a kind that lives longer than the call which returns it.
func outlives(t types.Type) bool {
	return isConsumed(t) || isClosed(t) || scansLater(t) || hasMethod(t, "Rollback") || isLikeContext(t)
}

// isClosed reports whether a type has a method Close that returns nothing or an error. The closing
// price of a share has another one.
func isClosed(t types.Type) bool {
	sig := method(t, "Close")
	return sig != nil && (sig.Results().Len() == 0 || isErrMethod(types.NewSignatureType(nil, nil, nil, nil, sig.Results(), false)))
}

// scansLater reports whether a type is the row of a database, which is read when it is scanned.
func scansLater(t types.Type) bool {
	sig := method(t, "Scan")
	return sig != nil && sig.Variadic() && sig.Params().Len() == 1
}

// isFollowed reports whether the end of a result can be seen: an io.ReadCloser by whatever name, or
// an *http.Response.
func (p part) isFollowed(results *types.Tuple) bool {
	t := results.At(p.index).Type()
	if isResponse(t) {
		return true
	}
	it, ok := t.Underlying().(*types.Interface)
	return ok && !isTypeParam(t) && it.NumMethods() == 2 && isReader(t) && hasClose(t)
}

func isResponse(t types.Type) bool {
	named, ok := pointed(t).(*types.Named)
	return ok && pointed(t) != types.Unalias(t) && named.Obj().Name() == "Response" &&
		named.Obj().Pkg() != nil && named.Obj().Pkg().Path() == "net/http"
}

// closers returns the indices of the results that can be closed when nobody gets them.
func (d *decision) closers(j judgement) (list []int) {
	results := d.method.Signature().Results()
	for i := range results.Len() {
		if t := results.At(i).Type(); i != j.errorIndex && isNilable(t) && (isResponse(t) || hasClose(t)) {
			list = append(list, i)
		}
	}
	return list
}

// hasClose reports whether a type can be closed without further ado: by Close().
func hasClose(t types.Type) bool { return isClosed(t) && method(t, "Close").Params().Len() == 0 }

// follow plans which result is followed to its end, so that its context lives as long as it does.
// It returns what outlives the call and cannot be followed; empty for nothing. Only one result can
// be followed, and none of a call that failed. Without a context, nothing would end a result early.
func (d *decision) follow(outliving []part, j judgement) (unfollowed string) {
	switch {
	case d.method.context < 0 || len(outliving) == 0:
	case len(outliving) > 1 || !outliving[0].isFollowed(d.method.Signature().Results()):
		return outliving[0].what + " outlives the call"
	case j.resultError != nil:
		return outliving[0].what + " outlives a call that failed"
	default:
		d.plan.Outlives = outliving[0].index
	}
	return ""
}
