package conformance

import "context"

// B1 allows a retry for every tenth call.
//
//resilgen:wrap
//resilgen:retry attempts=2 initial=0 budget=10% floor=0/s
type B1 interface {
	Call(ctx context.Context) error
}

// B2 allows ten retries a second, whatever the number of calls.
//
//resilgen:wrap
//resilgen:retry attempts=2 initial=0 budget=0% floor=10/s
type B2 interface {
	Call(ctx context.Context) error
}

// B4 has two methods.
//
//resilgen:wrap
//resilgen:retry attempts=2 initial=0 budget=20% floor=0/s
type B4 interface {
	Call(ctx context.Context) error
	Other(ctx context.Context) error
}

// B5 allows no retry at all.
//
//resilgen:wrap
//resilgen:retry initial=0 budget=0% floor=0/s
type B5 interface {
	Call(ctx context.Context) error
}
