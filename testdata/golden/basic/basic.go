// Package basic pins the look of a generated file: header, imports, type, the two lines that stop compiling, constructor, methods.
package basic

import "context"

//go:generate go tool resilgen

// Payments is a service that moves money.
//
//resilgen:wrap
//resilgen:retry attempts=4 initial=100ms max=2s jitter=none
//resilgen:breaker failures=50% min=10 window=10s open=10s probes=3
type Payments interface {
	// Charge may be repeated: the key makes it idempotent.
	//
	//resilgen:timeout attempt=1s call=5s
	Charge(ctx context.Context, key string, c Charge) (receipt Receipt, err error)

	// Refund is never repeated.
	//
	//resilgen:retry off
	Refund(ctx context.Context, receipt Receipt) error

	// Currencies has no error to judge by.
	Currencies() []string
}

// A Charge is what a customer pays.
type Charge struct {
	Amount   int
	Currency string
}

// A Receipt tells what was charged.
type Receipt struct {
	ID     string
	Charge Charge
}
