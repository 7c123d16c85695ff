// Package embedded pins where methods come from: embedded interfaces of this package, of others and of nobody (an inline one),
// overlapping ones, unexported ones, and aliases. The wrapper has them all, with the policies of the interface that is annotated.
package embedded

import (
	"context"
	"database/sql/driver"
	"io"
)

// Reader is embedded below, and annotated itself: each wrapper follows its own annotations.
//
//resilgen:wrap
//resilgen:retry attempts=2
type Reader interface {
	Read(ctx context.Context, key string) ([]byte, error)
}

type lister interface {
	List(ctx context.Context) ([]string, error)
	io.Closer
}

// Store embeds in every way. Delete is declared again for the sake of its policy.
//
//resilgen:wrap
//resilgen:retry attempts=3 initial=1s jitter=none
//resilgen:retry methods=Close off
type Store interface {
	Reader
	lister
	io.Closer
	interface {
		Delete(ctx context.Context, key string) error
	}

	//resilgen:retry off
	Delete(ctx context.Context, key string) error
}

// Pinger is a foreign interface under a name of ours.
//
//resilgen:wrap
//resilgen:retry attempts=3 initial=1s jitter=none
type Pinger = driver.Pinger

// Conn is a foreign interface with methods that mention packages which this file does not import.
//
//resilgen:wrap
//resilgen:breaker
type Conn interface {
	driver.ConnBeginTx
	driver.Validator
}
