// Package testsource pins annotated interfaces in test files, of the package and of its external test package. The three interfaces have
// one name where that is possible.
package testsource

import "context"

// Clock is what the package itself has.
//
//resilgen:wrap
//resilgen:retry
type Clock interface {
	Now(ctx context.Context) (Time, error)
}

// A Time is what a clock tells.
type Time int
