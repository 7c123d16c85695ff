// Package signatures pins every kind of type in a signature, spelled as it stands here: aliases stay aliases.
package signatures

import (
	"context"
	"iter"
	"net/http"
	"sync"
	"text/template"
	"time"
	"unsafe"
)

const size = 4

type (
	// An ID is an alias of a basic type.
	ID = string
	// Handlers is an alias of a type made of several.
	Handlers = map[ID][]func(http.ResponseWriter, *http.Request)
	// Set is a generic alias.
	Set[T comparable] = map[T]struct{}
	// Ctx is the context by another name.
	Ctx = context.Context
	// Pair is a generic type.
	Pair[A, B any] struct {
		First  A
		Second B
	}
)

// Zoo has them all. The breaker acts on any method with an error.
//
//resilgen:wrap
//resilgen:breaker
type Zoo interface {
	Aliases(ctx Ctx, id ID, handlers Handlers, set Set[ID]) (Set[time.Month], error)
	Arrays(ctx context.Context, sum [32]byte, grid [size][2 * size]*int, ids ...[2]ID) ([0]int, error)
	Structs(ctx context.Context, options struct {
		Name    string `json:"name,omitempty" yaml:"n"`
		Timeout time.Duration
		*http.Client
		sync.Locker `quoted:"\x60"`
	}) (struct{}, error)
	Channels(ctx context.Context, in <-chan int, out chan<- error, both chan struct{}, nested chan (<-chan int), deep <-chan chan<- func() <-chan bool) error
	Functions(ctx context.Context, f func(), g func(ctx context.Context, keys ...string) (n int, err error), h func(func(int) bool) func(...any)) error
	Iterators(ctx context.Context, seq iter.Seq[ID], pairs iter.Seq2[int, *Pair[string, error]]) error
	Interfaces(ctx context.Context, any any, empty interface{}, inline interface {
		context.Context
		Close() error
		Visit(f func(key string, tags ...string)) (n int, err error)
	}, coded interface {
		error
		Code() int
	}) error
	Generics(ctx context.Context, p Pair[map[string][]int, Pair[ID, Set[int]]], ps ...*Pair[any, error]) (Pair[ID, chan Pair[int, int]], error)
	Unsafe(ctx context.Context, p unsafe.Pointer, q uintptr, r rune, b byte, c complex128) error
	Foreign(ctx context.Context, funcs template.FuncMap, header http.Header) (*template.Template, error)
	ContextElsewhere(id ID, ctx Ctx, more int) error
}
