// Package shop is the service that customers see. It asks the stock for the price, and gives the
// order to orders.
package shop

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync/atomic"

	"example.com/fleet/orders"
	"example.com/fleet/stock"
	resil "github.com/resilgen/resilgen/runtime"
)

//go:generate go tool resilgen

// Stock is what the shop needs of the stock.
//
//resilgen:wrap
//resilgen:use example.com/fleet/policies.Critical
type Stock interface {
	Price(ctx context.Context, item string) (cents int, err error)
}

// Orders is what the shop needs of the orders.
//
//resilgen:wrap
//resilgen:use example.com/fleet/policies.Relay
type Orders interface {
	Place(ctx context.Context, order, item string) error
}

// New returns the service, which calls the stock and the orders at their URLs. The options are for
// the wrappers around these calls.
func New(stockURL, ordersURL string, opts ...resil.Option) http.Handler {
	return serve(
		NewResilientStock(stock.Client{URL: stockURL}, opts...),
		NewResilientOrders(orders.Client{URL: ordersURL}, opts...),
	)
}

func serve(s Stock, o Orders) http.Handler {
	var sold atomic.Int64
	mux := http.NewServeMux()
	mux.HandleFunc("POST /buy/{item}", func(w http.ResponseWriter, r *http.Request) {
		item := r.PathValue("item")
		cents, err := s.Price(r.Context(), item)
		if err == nil {
			err = o.Place(r.Context(), fmt.Sprint("order-", sold.Add(1)), item)
		}
		switch {
		case errors.Is(err, stock.ErrNoSuchItem):
			http.Error(w, err.Error(), http.StatusNotFound)
		case err != nil:
			http.Error(w, "come back later: "+err.Error(), http.StatusServiceUnavailable)
		default:
			fmt.Fprintf(w, "%s for %d.%02d\n", item, cents/100, cents%100)
		}
	})
	return mux
}
