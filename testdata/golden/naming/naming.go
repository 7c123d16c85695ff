// Package naming is as hostile to a generator of names as its author could make it. Everything that the generated code likes to use is
// taken: in the package scope, as methods, parameters, results, type parameters and imports. It compiles, and that is the test.
package naming

import (
	. "context"
	stdcontext "context"
	"io"

	"github.com/resilgen/resilgen/testdata/golden/naming/time"
)

// The package scope has the names of the packages that generated code imports, and of the variables that it declares.
var (
	context = io.EOF
	resil   = io.ErrUnexpectedEOF
	err     = io.ErrNoProgress
	r, w    wrapper
)

type wrapper struct{}

func len() int { return 0 }

func next(err error) bool   { return err == context }
func client(err error) bool { return err == resil }
func opts(error) bool       { return false }
func shared(error) bool     { return false }

// Fields has methods named like the fields that a wrapper wants, and the fields that it would take instead.
//
//resilgen:wrap
//resilgen:retry on=next,client,opts,shared,context,resil,err
type Fields interface {
	next() error
	Next(ctx Context) error
	NextGuard(ctx Context) error
	nextGuard(ctx Context) error
	Wrapped(ctx Context) error
	wrapped(ctx Context) error
	process(ctx Context) error
	Process(ctx Context) error
	ProcessGuard(ctx Context) error
	Range(ctx Context) error
	Type(ctx Context) error
	Func(ctx Context) error
	String(ctx Context) error
	Error() (string, error)
	ID(ctx Context) error
	Id(ctx Context) error
	HTTPGet(ctx Context) error
	HttpGet(ctx Context) error
	Do(ctx Context) error
	Guard(ctx Context) error
	R(ctx Context) error
	Ä(ctx Context) error
	_hidden(ctx Context) error
}

// Parameters has parameters and results named like what a body uses, or might use.
//
//resilgen:wrap
//resilgen:retry on=client
//resilgen:retry methods=Currencies off
type Parameters interface {
	Predeclared(ctx Context, error string, nil int, any bool, len, string, true, append int) (int string, make bool, bool error)
	Packages(context Context, resil int, time time.Time, stdcontext stdcontext.Context) (io int, err error)
	Receiver(r Context, w io.Closer, wrapper io.Closer) (wrapper2 int, err error)
	OurOwn(ctx Context, err int, result string, result2, arg4, arg5 int) (int, error)
	Unnamed(Context, int, wrapper, Ctx, Ctx2, Arg7, string) (Result, error)
	NoContext(context int, ctx string, error error) (string, error)
	Blank(_ Context, _ int, _ ...int) (_ int, _ error)
	Same(ctx Context, naming, Parameters, ResilientParameters, NewResilientParameters string) (next, opts int, err error)
	Currencies(context, error int) (r2 []string)
}

// Bodies has names like the variables that bodies declare, and the package scope has them as well.
//
//resilgen:wrap
//resilgen:failure methods=Said failure
//resilgen:retry rewind=rewind methods=Rewind
//resilgen:retry rewind=seek methods=Seek
//resilgen:retry methods=Said
type Bodies interface {
	//resilgen:hedge after=1s
	Hedged(nil Context, got, struct_ results, error lease, bool string) (results results, resil2 lease, err error)

	//resilgen:hedge after=1s
	Said(new Context, said int, err lease) *said

	//resilgen:fallback cause
	Fallback(cause, error int) (FallsBack string, err error)

	//resilgen:breaker key=guard
	//resilgen:fallback reason
	Keyed(strconv Context, guard, uint64 uint8, string string) (int64 error)

	Rewind(ctx Context, rewind io.Reader, err any) (nil int, resil error)
	Seek(ctx Context, rewind, nil io.ReadSeeker) (rewind2 error)

	//resilgen:timeout attempt=1s
	Lease(ctx Context, lease, nil string) (body io.ReadCloser, resil error)
}

// What Bodies needs.
type (
	results struct{}
	lease   struct{}
	said    struct{ error }
)

func (*said) SetErr(error) {}

func failure(*said) error                                       { return nil }
func cause(got, said int, guard error) (string, error)          { return "", nil }
func reason(ctx Context, a, b uint8, c string, err error) error { return nil }
func rewind(Context, io.Reader, any) error                      { return nil }

// Types whose names become parameters.
type (
	Ctx    struct{}
	Ctx2   struct{}
	Arg7   struct{}
	Result struct{}
)

// Types has type parameters named like everything.
//
//resilgen:wrap
//resilgen:retry on=next
type Types[r, w, next, opts, client, shared, resil, err, wrapper, ResilientTypes, nil, bool any] interface {
	Get(ctx Context, r r, w w, next next, resil resil) (opts opts, client client, err error)
	All(ctx Context, wrapper wrapper, ResilientTypes ResilientTypes, time time.Time) ([]nil, error)
}
