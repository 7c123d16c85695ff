package conformance

import (
	"context"
	"io"
)

//go:generate go tool resilgen

// R1 allows six attempts.
//
//resilgen:wrap
//resilgen:retry attempts=6 jitter=none budget=off
type R1 interface {
	Call(ctx context.Context) error
}

// R2 has time for ten of its 91 attempts.
//
//resilgen:wrap
//resilgen:retry attempts=91 initial=0 jitter=none budget=off
//resilgen:timeout call=1s
type R2 interface {
	Call(ctx context.Context) error
}

// R3 has a method that says more than the interface.
//
//resilgen:wrap
//resilgen:retry attempts=3 initial=0 jitter=none budget=off
type R3 interface {
	//resilgen:retry attempts=91
	//resilgen:timeout call=1s
	Call(ctx context.Context) error
}

// R4 has one that does not.
//
//resilgen:wrap
//resilgen:retry attempts=3 jitter=none budget=off
type R4 interface {
	Call(ctx context.Context) error
}

// R5 retries one error value only; R6 is the same.
//
//resilgen:wrap
//resilgen:retry on=ErrA jitter=none budget=off
type R5 interface {
	Call(ctx context.Context) error
}

// R7 retries one error type only.
//
//resilgen:wrap
//resilgen:retry on=*ParentErr jitter=none budget=off
type R7 interface {
	Call(ctx context.Context) error
}

// R8 makes an exception from the type.
//
//resilgen:wrap
//resilgen:retry on=*ParentErr never=ErrChild jitter=none budget=off
type R8 interface {
	Call(ctx context.Context) error
}

// R9 makes an exception from everything.
//
//resilgen:wrap
//resilgen:retry never=ErrA jitter=none budget=off
type R9 interface {
	Call(ctx context.Context) error
}

// R10 gives each of two attempts half a second; R11 is the same.
//
//resilgen:wrap
//resilgen:retry attempts=2 initial=0 jitter=none budget=off
//resilgen:timeout attempt=500ms
type R10 interface {
	Call(ctx context.Context) error
}

// R12 retries rejections only.
//
//resilgen:wrap
//resilgen:retry on=github.com/resilgen/resilgen/runtime.ErrOpen jitter=none budget=off
//resilgen:timeout attempt=500ms
type R12 interface {
	Call(ctx context.Context) error
}

// R13 has a breaker that a single failure opens.
//
//resilgen:wrap
//resilgen:retry attempts=4 initial=100ms jitter=none budget=off
//resilgen:breaker failures=1 jitter=none
type R13 interface {
	Call(ctx context.Context) error
}

// R14 waits a second; R15 and R16 are the same.
//
//resilgen:wrap
//resilgen:retry initial=1s jitter=none budget=off
type R14 interface {
	Call(ctx context.Context) error
}

// R17 doubles its waits.
//
//resilgen:wrap
//resilgen:retry initial=1s multiplier=2 jitter=none budget=off
type R17 interface {
	Call(ctx context.Context) error
}

// R18 doubles them up to a maximum.
//
//resilgen:wrap
//resilgen:retry initial=2s max=30s attempts=6 jitter=none budget=off
type R18 interface {
	Call(ctx context.Context) error
}

// R20 waits once, spread in three ways.
//
//resilgen:wrap
//resilgen:retry attempts=2 initial=1s budget=off
type R20 interface {
	//resilgen:retry jitter=full
	Full(ctx context.Context) error

	//resilgen:retry jitter=equal
	Equal(ctx context.Context) error

	//resilgen:retry jitter=20%
	Share(ctx context.Context) error

	//resilgen:retry jitter=20% max=1s
	Capped(ctx context.Context) error
}

// R21 retries everything that it may; R22 is the same.
//
//resilgen:wrap
//resilgen:retry jitter=none budget=off
type R21 interface {
	Call(ctx context.Context) error
}

// R23 heeds the waits that are asked for; R25 is the same.
//
//resilgen:wrap
//resilgen:retry hint=1s jitter=none budget=off
type R23 interface {
	Call(ctx context.Context) error
}

// R24 heeds them up to five seconds.
//
//resilgen:wrap
//resilgen:retry hint=5s jitter=none budget=off
type R24 interface {
	Call(ctx context.Context) error
}

// R26 has results that want to be closed.
//
//resilgen:wrap
//resilgen:retry jitter=none budget=off
type R26 interface {
	Open(ctx context.Context) (io.Closer, error)
}

// R28 has a breaker that two failures open.
//
//resilgen:wrap
//resilgen:retry jitter=none budget=off
//resilgen:breaker failures=2 jitter=none
type R28 interface {
	Call(ctx context.Context) error
}
