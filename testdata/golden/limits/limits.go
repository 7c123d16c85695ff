// Package limits pins bulkheads and rate limits.
package limits

import "context"

// Printer can do so much at once, and so much in a time.
//
//resilgen:wrap
//resilgen:breaker failures=1
type Printer interface {
	//resilgen:bulkhead max=3
	Print(ctx context.Context, page string) (sheets int, err error)

	//resilgen:bulkhead max=1 wait=20ms
	Copy(ctx context.Context) error

	//resilgen:ratelimit rate=10/s burst=2
	Status(ctx context.Context) (string, error)

	// Wake takes no context.
	//
	//resilgen:ratelimit rate=0.5/s
	//resilgen:bulkhead max=1
	Wake() error
}
