package main

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	resil "github.com/resilgen/resilgen/runtime"
)

// TestStatusErrors tells by a guard's behaviour what the client's errors mean to it.
func TestStatusErrors(t *testing.T) {
	for _, c := range []struct {
		status     int
		retryAfter string
		attempts   int
		wait       time.Duration
	}{
		{status: 500, attempts: 2, wait: time.Millisecond},
		{status: 502, attempts: 2, wait: time.Millisecond},
		{status: 503, retryAfter: "3", attempts: 2, wait: 3 * time.Second},
		{status: 429, retryAfter: "7", attempts: 2, wait: 7 * time.Second},
		{status: 429, retryAfter: "soon", attempts: 2, wait: time.Millisecond},
		{status: 429, attempts: 2, wait: time.Millisecond},
		{status: 400, attempts: 1},
		{status: 404, attempts: 1},
	} {
		synctest.Test(t, func(t *testing.T) {
			policy, err := resil.ParsePolicy("retry attempts=2 initial=1ms jitter=none hint=1m")
			if err != nil {
				t.Fatal(err)
			}
			guard := resil.NewClient("test", t).Guard("Process", policy)
			reply := &http.Response{StatusCode: c.status, Status: http.StatusText(c.status), Header: http.Header{}}
			if c.retryAfter != "" {
				reply.Header.Set("Retry-After", c.retryAfter)
			}
			begin, attempts := time.Now(), 0
			err = guard.Do(t.Context(), func(ctx context.Context) error {
				attempts++
				return statusError(reply)
			})
			if took := time.Since(begin); err == nil || attempts != c.attempts || took != c.wait {
				t.Errorf("%d with Retry-After %q: %d attempts in %v (%v), want %d in %v",
					c.status, c.retryAfter, attempts, took, err, c.attempts, c.wait)
			}
		})
	}
}

func TestProcessorClient(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := newPipes()
		echo, err := n.serve(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { io.Copy(w, r.Body) }))
		if err != nil {
			t.Fatal(err)
		}
		client := &processorClient{url: echo.url, http: n.client()}
		resp, err := client.Process(t.Context(), Request{ID: 42})
		if err != nil || resp.ID != 42 {
			t.Errorf("got %+v, %v", resp, err)
		}
		client.http.CloseIdleConnections()
		if err := echo.stop(); err != nil {
			t.Error(err)
		}
		if _, err := client.Process(t.Context(), Request{ID: 43}); !errors.Is(err, net.ErrClosed) {
			t.Errorf("a service that has stopped: %v", err)
		}
	})
}
