// Package manyresults pins how results leave a guarded call: several, named, unnamed or blank, and an error that is not the last.
package manyresults

import "context"

// Directory looks people up.
//
//resilgen:wrap
//resilgen:retry attempts=3 initial=1s jitter=none
type Directory interface {
	One(ctx context.Context, key string) (string, error)
	Several(ctx context.Context, key string) (string, int, []byte, error)
	Named(ctx context.Context, key string) (name string, age int, err error)
	Blank(ctx context.Context, key string) (_ string, age int, _ error)
	ErrorFirst(ctx context.Context, key string) (error, string)
	ErrorAmong(ctx context.Context, key string) (string, error, int)
	NamedOtherwise(ctx context.Context, err string) (e error, key string)
	PassesThrough(key string) (name string, _ bool)
}
