// Package traits pins what generated code tells of methods that are not ordinary: why nobody can
// switch a policy on when the program runs. It also pins what every method is ready for: a timeout
// or a retry that comes later.
package traits

import (
	"context"
	"database/sql"
	"io"
)

// Drive keeps files. Its annotation asks for little; an option or an operator may ask for more.
//
//resilgen:wrap
//resilgen:breaker failures=3 open=1s jitter=none
type Drive interface {
	// Stat is an ordinary method.
	Stat(ctx context.Context, name string) (size int, err error)

	// Upload reads its body, and a second attempt would find nothing in it.
	Upload(ctx context.Context, name string, body io.Reader) error

	// Move must not be repeated.
	//
	//resilgen:retry off
	Move(ctx context.Context, from, to string) error

	// Sync has no context that could end.
	Sync() error

	// Query returns what lives on and cannot be followed.
	Query(ctx context.Context) (*sql.Rows, error)

	// Open returns what lives on and is followed, whatever policy it has.
	Open(ctx context.Context, name string) (io.ReadCloser, error)

	// Lock must not be repeated, and lives as long as it takes.
	//
	//resilgen:retry off
	//resilgen:timeout off
	Lock(ctx context.Context, name string) (io.ReadCloser, error)

	// Name passes through.
	Name() string
}

// Index is hedged where it can be.
//
//resilgen:wrap
//resilgen:hedge after=1s
//resilgen:hedge off methods=Add
//resilgen:off methods=Del
type Index interface {
	Get(ctx context.Context, key string) (string, error)

	//resilgen:breaker
	Len() (int, error)

	//resilgen:breaker
	Add(ctx context.Context, key string) error

	//resilgen:breaker
	Del(ctx context.Context, key string) error
}
