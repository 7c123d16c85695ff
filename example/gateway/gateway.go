package main

// The api_gateway: its /process handler passes requests on to the request_processor.

import (
	"encoding/json"
	"errors"
	"math"
	"net/http"
	"strconv"

	resil "github.com/resilgen/resilgen/runtime"
)

// newGateway returns the routes of an api_gateway in front of the processor. How the gateway copes
// with a bad day of the processor's is none of its business: that is in the Processor it gets.
func newGateway(processor Processor) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /process", func(w http.ResponseWriter, r *http.Request) {
		var req Request
		if err := json.NewDecoder(r.Body).Decode(&req); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		resp, err := processor.Process(r.Context(), req)
		switch {
		case err == nil:
			json.NewEncoder(w).Encode(resp)
		case errors.Is(err, resil.ErrOpen), errors.Is(err, resil.ErrBulkheadFull):
			// The breaker is open, and nothing is worth attempting until it lets a probe through;
			// or there is no room for another request.
			w.Header().Set("Retry-After", secondsToWait(err))
			http.Error(w, "request_processor is not well, come back later", http.StatusServiceUnavailable)
		default:
			http.Error(w, err.Error(), http.StatusBadGateway)
		}
	})
	return mux
}

// secondsToWait is the Retry-After header for a call that was rejected: what is left of the
// breaker's open time, in whole seconds, or one.
func secondsToWait(err error) string {
	wait := 1.0
	if open, ok := errors.AsType[*resil.OpenError](err); ok {
		wait = max(wait, math.Ceil(open.RetryAfter().Seconds()))
	}
	return strconv.Itoa(int(wait))
}
