package conformance

import (
	"errors"
	"testing"
	"time"

	resil "github.com/resilgen/resilgen/runtime"
)

var budgetCases = []scenario{
	{"B1", finagle, "a budget of 10 % lets a tenth of 10,000 calls retry", virtual(func(t *testing.T) {
		b := newBackend()
		w := NewResilientB1(b)
		retries := 0
		for range 10_000 {
			b.ran, b.ended, b.answers = nil, nil, []answer{fails, works}
			w.Call(t.Context())
			retries += len(b.ran) - 1
		}
		if retries < 999 || retries > 1001 {
			t.Errorf("%d retries", retries)
		}
	})},
	{"B2", finagle, "a floor of 10/s lets ten calls retry in a second of failure", virtual(func(t *testing.T) {
		b := newBackend(fails)
		w := NewResilientB2(b)
		for range 100 {
			w.Call(t.Context())
			time.Sleep(10*ms - 1)
		}
		b.executions(t, 100+10)
	})},
	{"B3", finagle, "a budget above 100 % is refused when generating", refused(`package p

import "context"

//resilgen:wrap
//resilgen:retry budget=200%
type P interface{ Call(ctx context.Context) error }
`, "budget=200%", "want a share of the calls from 0% to 100%")},
	{"B4", failsafe, "the methods of a client have one budget", virtual(func(t *testing.T) {
		b := newBackend(fails)
		w := NewResilientB4(b)
		for range 100 {
			w.Other(t.Context())
		}
		for range 50 {
			w.Call(t.Context())
		}
		b.executions(t, 50+30) // a fifth of all 150 calls
	})},
	{"B5", aws, "without budget there is one execution a call, and the error says why", virtual(func(t *testing.T) {
		b := newBackend(fails)
		w := NewResilientB5(b)
		for range 1000 { // a caller that loops sends no more than it calls
			err := w.Call(t.Context())
			is(t, err, ErrA, resil.ErrBudget)
			if e, ok := errors.AsType[*resil.Error](err); !ok || e.Attempts != 1 || e.Reason != resil.ErrBudget {
				t.Fatalf("%#v", err)
			}
		}
		b.executions(t, 1000)
	})},
}
