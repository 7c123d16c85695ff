package main

// The fleet: the three services, each with a server of its own.

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"sync"
	"time"

	"example.com/fleet/orders"
	"example.com/fleet/shop"
	"example.com/fleet/stock"
	resil "github.com/resilgen/resilgen/runtime"
	"github.com/resilgen/resilgen/runtime/overrides"
)

// The stock answers soon on a good day; on a bad one it takes longer than an attempt may take.
const (
	healthy = 5 * time.Millisecond
	slow    = 250 * time.Millisecond
)

// A fleet is the services while they run.
type fleet struct {
	stock   *stock.Service
	shopURL string
	news    chan resil.Event // what overrides changed, or did not; not all of it has to be taken
	servers []*http.Server
	clients []*resil.Client // of the wrappers
}

// start starts the services under the overrides in a file, which are watched until ctx ends.
func start(ctx context.Context, out *lines, file string) (*fleet, error) {
	o, err := overrides.Watch(ctx, file)
	if err != nil {
		return nil, err
	}
	f := &fleet{stock: stock.New(), news: make(chan resil.Event, 100)}
	f.stock.SetDelay(healthy)
	options := []resil.Option{
		resil.WithOverrides(o),
		resil.WithObserver(resil.ObserverFunc(func(e resil.Event) { f.tell(out, e) })),
		func(c *resil.Client) { f.clients = append(f.clients, c) },
	}
	if err := f.serveAll(options); err != nil {
		f.stop()
		return nil, err
	}
	if err := o.Check(); err != nil { // what it says of clients can be judged now that there are some
		f.stop()
		return nil, err
	}
	return f, nil
}

func (f *fleet) serveAll(options []resil.Option) error {
	stockURL, err := f.serve(f.stock)
	if err != nil {
		return err
	}
	ordersURL, err := f.serve(orders.New(stockURL, options...))
	if err != nil {
		return err
	}
	f.shopURL, err = f.serve(shop.New(stockURL, ordersURL, options...))
	return err
}

// serve starts a server on a free port and returns its URL.
func (f *fleet) serve(h http.Handler) (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	s := &http.Server{Handler: h}
	f.servers = append(f.servers, s)
	go s.Serve(l)
	return "http://" + l.Addr().String(), nil
}

// stop stops the services, the foremost first, and tells what is not told yet. It is for when the
// customers have left: it waits for nobody.
func (f *fleet) stop() error {
	var errs []error
	for _, s := range slices.Backward(f.servers) {
		errs = append(errs, s.Close())
	}
	return errors.Join(append(errs, f.flush())...)
}

// flush waits until all that happened is told.
func (f *fleet) flush() error {
	var errs []error
	for _, c := range f.clients {
		errs = append(errs, c.Flush(context.Background()))
	}
	return errors.Join(errs...)
}

// tell prints what a person wants to see of an event, and passes on news of overrides.
func (f *fleet) tell(out *lines, e resil.Event) {
	switch {
	case e.Kind == resil.StateChanged:
		out.printf("     %s.%s: breaker %s → %s", e.Client, e.Method, e.From, e.To)
		return
	case e.Kind == resil.PolicyChanged:
		out.printf("     %s.%s: %s", e.Client, e.Method, e.Change)
	case e.Kind == resil.OverridesRefused && e.Client == "shop.Stock": // all clients are told the same
		out.printf("     refused, and nothing changes: %v", e.Err)
	default:
		return
	}
	select {
	case f.news <- e:
	default:
	}
}

// lines are what is printed, by any number of goroutines.
type lines struct {
	mu  sync.Mutex
	out io.Writer
}

func (l *lines) printf(format string, args ...any) {
	l.mu.Lock()
	defer l.mu.Unlock()
	fmt.Fprintf(l.out, format+"\n", args...)
}
