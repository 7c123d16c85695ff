// Package fallback pins functions that answer in place of a failed call: with the method's arguments and the error, and
// with type arguments where they are generic.
package fallback

import (
	"context"
	"errors"
)

// Quotes tells prices.
//
//resilgen:wrap
//resilgen:retry attempts=2 initial=0
type Quotes interface {
	//resilgen:fallback lastPrice
	Price(ctx context.Context, symbol string) (price float64, err error)

	// Names has a variadic parameter, which a function can only have at the end: the fallback gets a slice.
	//
	//resilgen:fallback symbolsThemselves
	Names(ctx context.Context, symbols ...string) ([]string, error)

	// Refresh has no result but the error, and no context.
	//
	//resilgen:fallback ignore
	Refresh(cause int) error

	// History is hedged too.
	//
	//resilgen:hedge after=1s
	//resilgen:fallback noHistory
	History(ctx context.Context, symbol string) (prices []float64, complete bool, err error)

	// Exchange has a breaker for each value of a parameter.
	//
	//resilgen:breaker failures=1 key=city
	//resilgen:fallback closed
	Exchange(ctx context.Context, city string) (open bool, err error)
}

// Table is guarded by nothing else.
//
//resilgen:wrap
//resilgen:fallback zero
type Table[K comparable, V any] interface {
	Get(ctx context.Context, key K) (V, error)
}

// ErrUnknown is what the fallback of Price fails with.
var ErrUnknown = errors.New("no last price")

func lastPrice(_ context.Context, symbol string, cause error) (float64, error) {
	if symbol == "" {
		return 0, ErrUnknown
	}
	return 42, nil
}

func symbolsThemselves(_ context.Context, symbols []string, _ error) ([]string, error) {
	return symbols, nil
}

func ignore(int, error) error { return nil }

func noHistory(context.Context, string, error) ([]float64, bool, error) { return nil, true, nil }

func closed(_ context.Context, city string, cause error) (bool, error) { return false, nil }

func zero[K comparable, V any](context.Context, K, error) (value V, err error) { return value, nil }
