// Package lib is the public face of a library whose types live in an internal package.
package lib

import (
	"context"

	"github.com/resilgen/resilgen/testdata/golden/published/lib/internal/impl"
)

type (
	Service        = impl.Service
	Options        = impl.Options
	Result         = impl.Result
	Box[T any]     = impl.Box[T]
	Content[T any] = impl.Content[T]

	labels = map[string]string
)

// Named is declared here, and so mentions the aliases.
type Named interface {
	Find(ctx context.Context, options *Options, by labels) (Result, error)
}
