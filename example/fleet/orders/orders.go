// Package orders is the service that takes orders. It calls the stock.
package orders

import (
	"context"
	"errors"
	"net/http"

	"example.com/fleet/stock"
	resil "github.com/resilgen/resilgen/runtime"
)

//go:generate go tool resilgen

// Stock is what orders need of the stock. Reserving twice for the same order changes nothing, so it
// may be retried.
//
//resilgen:wrap
//resilgen:use example.com/fleet/policies.Critical
type Stock interface {
	Reserve(ctx context.Context, order, item string) error
}

// New returns the service, which calls the stock at a URL. The options are for the wrapper around
// these calls.
func New(stockURL string, opts ...resil.Option) http.Handler {
	return serve(NewResilientStock(stock.Client{URL: stockURL}, opts...))
}

func serve(s Stock) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("PUT /orders/{order}/{item}", func(w http.ResponseWriter, r *http.Request) {
		err := s.Reserve(r.Context(), r.PathValue("order"), r.PathValue("item"))
		switch {
		case errors.Is(err, stock.ErrNoSuchItem):
			http.Error(w, err.Error(), http.StatusNotFound)
		case err != nil:
			http.Error(w, err.Error(), http.StatusServiceUnavailable)
		}
	})
	return mux
}
