package main

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	resil "github.com/resilgen/resilgen/runtime"
)

// A processorFunc is a function as a Processor.
type processorFunc func(context.Context, Request) (Response, error)

func (f processorFunc) Process(ctx context.Context, req Request) (Response, error) {
	return f(ctx, req)
}

func TestGatewayAnswers(t *testing.T) {
	for _, c := range []struct {
		name       string
		body       string
		err        error
		status     int
		retryAfter string
	}{
		{"served", `{"id":1}`, nil, http.StatusOK, ""},
		{"not JSON", `id=1`, nil, http.StatusBadRequest, ""},
		{"retries ran out", `{"id":1}`, &resil.Error{Err: errors.New("500"), Reason: resil.ErrAttempts}, http.StatusBadGateway, ""},
		{"open", `{"id":1}`, &resil.OpenError{Until: time.Now().Add(4500 * time.Millisecond)}, http.StatusServiceUnavailable, "5"},
		{"open for a moment", `{"id":1}`, &resil.OpenError{Until: time.Now()}, http.StatusServiceUnavailable, "1"},
		{"open in between", `{"id":1}`, &resil.Error{Err: errors.New("500"), Reason: resil.ErrOpen}, http.StatusServiceUnavailable, "1"},
		{"no room", `{"id":1}`, resil.ErrBulkheadFull, http.StatusServiceUnavailable, "1"},
	} {
		t.Run(c.name, func(t *testing.T) {
			gateway := newGateway(processorFunc(func(_ context.Context, req Request) (Response, error) {
				return Response(req), c.err
			}))
			w := httptest.NewRecorder()
			gateway.ServeHTTP(w, httptest.NewRequest("POST", "/process", strings.NewReader(c.body)))
			if w.Code != c.status || w.Header().Get("Retry-After") != c.retryAfter {
				t.Errorf("got %d, Retry-After %q; want %d, %q", w.Code, w.Header().Get("Retry-After"), c.status, c.retryAfter)
			}
		})
	}
}

// TestGatewayBehindAnOpenBreaker goes the whole way: failures open the generated wrapper's breaker,
// and from then on the gateway says so without asking the processor.
func TestGatewayBehindAnOpenBreaker(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var asked atomic.Int64
		gateway := newGateway(NewResilientProcessor(processorFunc(func(context.Context, Request) (Response, error) {
			asked.Add(1)
			return Response{}, errors.New("down")
		})))
		ask := func() *http.Response {
			w := httptest.NewRecorder()
			gateway.ServeHTTP(w, httptest.NewRequest("POST", "/process", strings.NewReader(`{"id":1}`)))
			return w.Result()
		}
		if first := ask(); first.StatusCode != http.StatusBadGateway || asked.Load() != attempts {
			t.Errorf("the first client: %s after %d attempts, want 502 after %d", first.Status, asked.Load(), attempts)
		}
		var others sync.WaitGroup
		for range 100 { // all at once, so that most find the breaker open
			others.Go(func() { ask() })
		}
		synctest.Wait()
		before := asked.Load()
		reply := ask()
		if reply.StatusCode != http.StatusServiceUnavailable || reply.Header.Get("Retry-After") != "1" {
			t.Errorf("while open: %s, Retry-After %q; want 503, 1", reply.Status, reply.Header.Get("Retry-After"))
		}
		if asked.Load() != before {
			t.Error("the processor was asked while the breaker was open")
		}
		others.Wait()
	})
}
