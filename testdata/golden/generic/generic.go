// Package generic pins type parameters: constraints as written, mutual and recursive ones, embedded instances, aliases, and
// names that would hide what the generated code uses.
package generic

import "context"

// Store has the usual parameters.
//
//resilgen:wrap
//resilgen:retry attempts=3 initial=1s jitter=none
type Store[K comparable, V any] interface {
	Get(ctx context.Context, key K) (V, error)
	Put(ctx context.Context, key K, value V) error

	// Find is not retried, for match is told what each attempt finds.
	//
	//resilgen:breaker
	Find(ctx context.Context, match func(K, V) bool) (iter map[K][]V, err error)

	Len() int
}

// Sums has a union, with and without tilde.
//
//resilgen:wrap
//resilgen:retry
type Sums[N ~int | ~float64, S string | []byte] interface {
	Add(ctx context.Context, n N) (sum N, text S, err error)
}

// Node and Edge constrain each other.
//
//resilgen:wrap
//resilgen:retry
type Node[N Node[N, E], E Edge[N, E]] interface {
	Edges(ctx context.Context) ([]E, error)
}

// Edge is the other half of [Node].
//
//resilgen:wrap
//resilgen:retry
type Edge[N Node[N, E], E Edge[N, E]] interface {
	Nodes(ctx context.Context) (from, to N, err error)
}

// Decoder has a pointer constraint, which must not read as the length of an array.
//
//resilgen:wrap
//resilgen:retry
type Decoder[T any, P interface{ *T }] interface {
	Decode(ctx context.Context, into P) error
}

// Blank has a parameter that nobody named.
//
//resilgen:wrap
//resilgen:retry
type Blank[_ any, T any] interface {
	Do(ctx context.Context) (T, error)
}

// Hiding has parameters that hide the interface, a package, a predeclared type and a type of this package; methods
// have parameters of the same names.
//
//resilgen:wrap
//resilgen:retry
type Hiding[Hiding, context, string, Item any] interface {
	Items
	Get(Hiding Hiding, string string) (Item Item, err error)
	All() ([]context, error)
}

// Items mentions what Hiding hides.
type Items interface {
	List(ctx context.Context, name string) ([]Item, error)
}

// An Item is what Items are.
type Item struct{}

// Sessions embeds an instance.
//
//resilgen:wrap
//resilgen:retry
type Sessions interface {
	Store[string, *Item]
	Expire(ctx context.Context) error
}

// Lookup is a generic alias of a generic interface.
//
//resilgen:wrap
//resilgen:retry
type Lookup[V any] = Store[string, V]

// Names is an alias of an instance.
//
//resilgen:wrap
//resilgen:retry
type Names = Store[int, string]
