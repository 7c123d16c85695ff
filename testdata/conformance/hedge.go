package conformance

import (
	"context"
	"io"
)

// H1 allows one hedge.
//
//resilgen:wrap
//resilgen:hedge after=10ms
type H1 interface {
	Open(ctx context.Context) (io.ReadCloser, error)
}

// H2 allows two; H3 is the same.
//
//resilgen:wrap
//resilgen:hedge after=10ms max=2
type H2 interface {
	Open(ctx context.Context) (io.ReadCloser, error)
}

// H4 has no budget for any.
//
//resilgen:wrap
//resilgen:retry budget=0% floor=0/s
//resilgen:hedge after=10ms
type H4 interface {
	Open(ctx context.Context) (io.ReadCloser, error)
}
