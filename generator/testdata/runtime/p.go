// Package p names errors of the runtime, which it does not import: its generated file would.
package p

import "context"

// Store keeps.
//
//resilgen:wrap
//resilgen:retry on=resil.ErrOpen
type Store interface {
	Get(ctx context.Context) error
}
