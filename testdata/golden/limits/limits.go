// Package limits pins bulkheads and rate limits: of each method, and such as methods share.
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

// Depot has one door for all, and a loading bay that some share. How long each waits for its turn
// is its own affair.
//
//resilgen:wrap
//resilgen:bulkhead max=2 scope=client
//resilgen:ratelimit rate=10/s scope=bay methods=Load,Unload
//resilgen:breaker scope=client methods=Load,Unload
type Depot interface {
	//resilgen:bulkhead wait=1s
	Load(ctx context.Context) error

	//resilgen:ratelimit wait=1s
	Unload(ctx context.Context) error

	// Count has a door of its own.
	//
	//resilgen:bulkhead max=1 scope=method
	Count(ctx context.Context) (int, error)

	// Guard shares its gate with nobody yet.
	//
	//resilgen:bulkhead scope=gate
	Guard(ctx context.Context) error
}
