package conformance

import (
	"context"
	"io"
)

// T1 gives an attempt a second.
//
//resilgen:wrap
//resilgen:timeout attempt=1s
type T1 interface {
	Call(ctx context.Context) error
}

// T2 has a method that takes longer than others.
//
//resilgen:wrap
//resilgen:timeout attempt=1s
type T2 interface {
	//resilgen:timeout attempt=2s
	Call(ctx context.Context) error
}

// T3 gives an attempt half a second.
//
//resilgen:wrap
//resilgen:timeout attempt=500ms
type T3 interface {
	Call(ctx context.Context) error
}

// T4 bounds ten attempts.
//
//resilgen:wrap
//resilgen:retry attempts=10 initial=0 jitter=none budget=off
//resilgen:timeout call=150ms
type T4 interface {
	Call(ctx context.Context) error
}

// T5 has a result that is read long after the call.
//
//resilgen:wrap
//resilgen:timeout attempt=1s
type T5 interface {
	Open(ctx context.Context) (io.ReadCloser, error)
}

// L1 has room for three.
//
//resilgen:wrap
//resilgen:bulkhead max=3
type L1 interface {
	Call(ctx context.Context) error
}

// L2 lets attempts wait for a moment.
//
//resilgen:wrap
//resilgen:bulkhead max=1 wait=20ms
type L2 interface {
	Call(ctx context.Context) error
}

// L3 has a rate, and a breaker that a single failure opens.
//
//resilgen:wrap
//resilgen:ratelimit rate=10/s burst=2
//resilgen:breaker failures=1 jitter=none
type L3 interface {
	Call(ctx context.Context) error
}
