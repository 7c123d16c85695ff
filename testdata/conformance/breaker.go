package conformance

import "context"

// C1 looks at the last four calls.
//
//resilgen:wrap
//resilgen:breaker failures=75% window=4 min=4 probes=2 open=50s jitter=none
type C1 interface {
	Call(ctx context.Context) error
}

// C2 is open for a moment.
//
//resilgen:wrap
//resilgen:breaker failures=75% window=4 min=4 probes=2 open=1ms jitter=none
type C2 interface {
	Call(ctx context.Context) error
}

// C3 needs one probe; C6 is the same.
//
//resilgen:wrap
//resilgen:breaker failures=75% window=4 min=4 probes=1 open=1s jitter=none
type C3 interface {
	Call(ctx context.Context) error
}

// C4 has a method that says otherwise.
//
//resilgen:wrap
//resilgen:breaker failures=75% window=4 min=4 jitter=none
type C4 interface {
	//resilgen:breaker failures=100% window=2 min=2 jitter=none
	Call(ctx context.Context) error
}

// C5 opens when half of four have failed.
//
//resilgen:wrap
//resilgen:breaker failures=50% window=4 min=4 jitter=none
type C5 interface {
	Call(ctx context.Context) error
}

// C7 retries more often than its breaker stands.
//
//resilgen:wrap
//resilgen:retry attempts=8 jitter=none budget=off
//resilgen:breaker failures=100% window=4 min=4 jitter=none
type C7 interface {
	Call(ctx context.Context) error
}

// C8 retries less often.
//
//resilgen:wrap
//resilgen:retry attempts=3 jitter=none budget=off
//resilgen:breaker failures=100% window=4 min=4 jitter=none
type C8 interface {
	Call(ctx context.Context) error
}

// C9 waits for an open breaker.
//
//resilgen:wrap
//resilgen:retry on=github.com/resilgen/resilgen/runtime.ErrOpen attempts=20 initial=100ms jitter=none budget=off
//resilgen:breaker failures=1 open=1s probes=1 jitter=none
type C9 interface {
	Call(ctx context.Context) error
}

// C10 does not.
//
//resilgen:wrap
//resilgen:retry attempts=20 initial=100ms jitter=none budget=off
//resilgen:breaker failures=1 open=1s probes=1 jitter=none
type C10 interface {
	Call(ctx context.Context) error
}

// C11 counts timeouts.
//
//resilgen:wrap
//resilgen:breaker failures=100% window=2 min=2 jitter=none
//resilgen:timeout attempt=100ms
type C11 interface {
	Call(ctx context.Context) error
}

// C12 looks at the last ten calls.
//
//resilgen:wrap
//resilgen:breaker failures=80% window=10 min=10 jitter=none
type C12 interface {
	Call(ctx context.Context) error
}

// C13 looks at the last 20 seconds.
//
//resilgen:wrap
//resilgen:breaker failures=50% window=20s min=5 jitter=none
type C13 interface {
	Call(ctx context.Context) error
}

// C14 opens for slow calls, and only if all have failed for failures.
//
//resilgen:wrap
//resilgen:breaker failures=100% min=5 window=1m slow=4s slowcalls=50% jitter=none
type C14 interface {
	Call(ctx context.Context) error
}

// C15 opens at the first failure and closes at the first success; C17 to C19 and C21 to C24 are the same.
//
//resilgen:wrap
//resilgen:breaker failures=1 open=1s probes=1 jitter=none
type C15 interface {
	Call(ctx context.Context) error
}

// C16 wants ten calls before it judges.
//
//resilgen:wrap
//resilgen:breaker min=10 jitter=none
type C16 interface {
	Call(ctx context.Context) error
}

// C20 counts failures in a row.
//
//resilgen:wrap
//resilgen:breaker failures=3 jitter=none
type C20 interface {
	Call(ctx context.Context) error
}

// C25 has a window that is shorter than its calls.
//
//resilgen:wrap
//resilgen:breaker failures=100% window=1s min=1 jitter=none
type C25 interface {
	Call(ctx context.Context) error
}

// C26 has been well for long.
//
//resilgen:wrap
//resilgen:breaker failures=50% window=10s min=10 jitter=none
type C26 interface {
	Call(ctx context.Context) error
}
