package main

// The annotated interface, and the plain HTTP client behind it. This file is what a team writes by
// hand.

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"time"

	resil "github.com/resilgen/resilgen/runtime"
)

//go:generate go tool resilgen

// Processor is the request_processor service.
//
// Every fifth request fails on a good day too, so the breaker opens at 60 % failures, not sooner,
// and trusts a single probe: three in a row would often fail by chance. Its times are short because
// the whole day lasts eleven seconds (load.go); where days are longer, leave window= and open= out:
// their defaults are ten seconds.
//
// Four workers are busy with four requests; four more may wait for them. Any further one would only
// grow the queue, so it waits here for the moment that a worker takes, and is then turned away
// before it is sent. During an overload this decides who is served, without ups and downs; the
// breaker is for the outage.
//
//resilgen:wrap
//resilgen:retry attempts=4 initial=100ms max=1s
//resilgen:breaker failures=60% min=20 window=1s open=300ms probes=1
//resilgen:timeout attempt=250ms call=2s
//resilgen:bulkhead max=8 wait=50ms
type Processor interface {
	// Process works one request off. It may be repeated: the processor knows a request by its ID.
	Process(ctx context.Context, req Request) (Response, error)
}

// A Request is one piece of work.
type Request struct {
	ID int `json:"id"`
}

// A Response says that the work with this ID is done.
type Response struct {
	ID int `json:"id"`
}

// A processorClient speaks HTTP to a request_processor. Each call is one attempt: it neither
// retries nor waits.
type processorClient struct {
	url  string
	http *http.Client
}

// Process posts the request. Its errors tell callers what a further attempt is worth.
func (c *processorClient) Process(ctx context.Context, req Request) (Response, error) {
	body, err := json.Marshal(req)
	if err != nil {
		return Response{}, resil.Permanent(err)
	}
	post, err := http.NewRequestWithContext(ctx, http.MethodPost, c.url, bytes.NewReader(body))
	if err != nil {
		return Response{}, resil.Permanent(err)
	}
	reply, err := c.http.Do(post)
	if err != nil {
		return Response{}, err
	}
	defer reply.Body.Close()
	if reply.StatusCode != http.StatusOK {
		return Response{}, statusError(reply)
	}
	var resp Response
	err = json.NewDecoder(reply.Body).Decode(&resp)
	return resp, err
}

// statusError is the error for a reply that is not 200. "Not now" carries the wait that the
// processor asks for, "never" (any other 4xx) is marked permanent, and the rest is worth another
// attempt.
func statusError(reply *http.Response) error {
	err := fmt.Errorf("request_processor: %s", reply.Status)
	switch code := reply.StatusCode; {
	case code == http.StatusTooManyRequests || code == http.StatusServiceUnavailable:
		seconds, _ := strconv.Atoi(reply.Header.Get("Retry-After"))
		return resil.RetryAfter(err, time.Duration(seconds)*time.Second)
	case code >= 400 && code < 500:
		return resil.Permanent(err)
	default:
		return err
	}
}
