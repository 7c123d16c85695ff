// Package stock is the service that knows what there is and what it costs. It calls nobody.
package stock

import (
	"fmt"
	"net/http"
	"sync"
	"sync/atomic"
	"time"
)

// prices are those of everything there is, in cents.
var prices = map[string]int{"tea": 350, "coffee": 420}

// A Service answers requests, each after its delay, which a story can change.
type Service struct {
	mux      http.ServeMux
	delay    atomic.Int64
	requests atomic.Int64
	reserved sync.Map // by order; the same order reserves once, however often it asks
}

// New returns the service.
func New() *Service {
	s := &Service{}
	s.mux.HandleFunc("GET /price/{item}", func(w http.ResponseWriter, r *http.Request) {
		if price, ok := prices[r.PathValue("item")]; ok {
			fmt.Fprint(w, price)
		} else {
			http.NotFound(w, r)
		}
	})
	s.mux.HandleFunc("PUT /reserved/{order}/{item}", func(w http.ResponseWriter, r *http.Request) {
		if _, ok := prices[r.PathValue("item")]; !ok {
			http.NotFound(w, r)
			return
		}
		s.reserved.Store(r.PathValue("order"), r.PathValue("item"))
	})
	return s
}

// SetDelay makes each request from now on take so long. It may be called at any time.
func (s *Service) SetDelay(d time.Duration) { s.delay.Store(int64(d)) }

// Requests returns how many requests have come.
func (s *Service) Requests() int { return int(s.requests.Load()) }

// ServeHTTP answers after the delay, if the caller is still there.
func (s *Service) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.requests.Add(1)
	select {
	case <-time.After(time.Duration(s.delay.Load())):
		s.mux.ServeHTTP(w, r)
	case <-r.Context().Done():
	}
}
