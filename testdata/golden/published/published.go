// Package published pins what is printed for types that are out of reach themselves: internal ones that their library publishes by
// aliases, and aliases that are not exported. Everything is called by a name that this package may use.
package published

import "github.com/resilgen/resilgen/testdata/golden/published/lib"

// Service mentions internal types, all of which lib publishes.
//
//resilgen:wrap
//resilgen:retry attempts=2
type Service interface {
	lib.Service
}

// Direct is the same under an alias.
//
//resilgen:wrap
//resilgen:retry attempts=2
type Direct = lib.Service

// Box has a type parameter, which goes along.
//
//resilgen:wrap
//resilgen:retry attempts=2
type Box[T any] interface {
	lib.Box[T]
}

// Named mentions an exported alias, which stays, and one that is not exported, which gives way to what it stands for.
//
//resilgen:wrap
//resilgen:retry attempts=2
type Named interface {
	lib.Named
}
