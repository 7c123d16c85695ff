package main

import (
	"context"
	"errors"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	resil "github.com/resilgen/resilgen/runtime"
)

// begun calls a way's Processor over a processor that behaves as told, and returns when the
// attempts began.
func begun(t *testing.T, w way, process processorFunc) (begun []time.Duration, err error) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		ctx, cancel := context.WithTimeout(t.Context(), patience)
		defer cancel()
		p := w.wrap(processorFunc(func(ctx context.Context, req Request) (Response, error) {
			begun = append(begun, time.Since(start))
			return process(ctx, req)
		}), resil.ObserverFunc(func(resil.Event) {}))
		_, err = p.Process(ctx, Request{ID: 1})
	})
	return begun, err
}

// A hanging processor shows an attempt's timeout, a failing one the waits between attempts.
func hangs(ctx context.Context, _ Request) (Response, error) {
	<-ctx.Done()
	return Response{}, ctx.Err()
}

func fails(context.Context, Request) (Response, error) { return Response{}, errors.New("no") }

func works(_ context.Context, req Request) (Response, error) { return Response(req), nil }

const ms = time.Millisecond

// TestHandWrittenWays pins the two ways that people write.
func TestHandWrittenWays(t *testing.T) {
	atOnce, withBackoff := ways[0], ways[1]
	for _, c := range []struct {
		name    string
		way     way
		process processorFunc
		want    []time.Duration
	}{
		{"at once, works", atOnce, works, []time.Duration{0}},
		{"at once, fails", atOnce, fails, []time.Duration{0, 0, 0, 0}},
		{"at once, hangs", atOnce, hangs, []time.Duration{0, 250 * ms, 500 * ms, 750 * ms}},
		{"backoff, works", withBackoff, works, []time.Duration{0}},
		{"backoff, fails", withBackoff, fails, []time.Duration{0, 100 * ms, 300 * ms, 700 * ms}},
		{"backoff, hangs", withBackoff, hangs, []time.Duration{0, 350 * ms, 800 * ms}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got, _ := begun(t, c.way, c.process); !slices.Equal(got, c.want) {
				t.Errorf("attempts began at %v, want %v", got, c.want)
			}
		})
	}
}

// TestWaysDifferOnlyInPolicies holds that the three ways differ in nothing but what the example is
// about: the generated wrapper has the attempts, the timeout and the longest waits of the others,
// so that the comparison is one of policies, not of numbers.
func TestWaysDifferOnlyInPolicies(t *testing.T) {
	generated := ways[2]
	if got, err := begun(t, generated, works); err != nil || len(got) != 1 {
		t.Errorf("works: attempts began at %v, %v", got, err)
	}

	failing, err := begun(t, generated, fails)
	if len(failing) != attempts || err == nil {
		t.Fatalf("fails: attempts began at %v, want %d", failing, attempts)
	}
	for i := range attempts - 1 {
		if wait, most := failing[i+1]-failing[i], firstWait<<i; wait > most {
			t.Errorf("fails: wait %d was %v, want at most %v", i, wait, most)
		}
	}

	hanging, _ := begun(t, generated, hangs)
	if len(hanging) < 2 {
		t.Fatalf("hangs: attempts began at %v", hanging)
	}
	if second := hanging[1]; second < attemptTimeout || second > attemptTimeout+firstWait {
		t.Errorf("hangs: the second attempt began at %v, want between %v and %v", second, attemptTimeout, attemptTimeout+firstWait)
	}
}

// TestGeneratedHeedsRetryAfter: a wait that outlives the client's patience is not begun, which is a
// request less for a processor that has said that it is full.
func TestGeneratedHeedsRetryAfter(t *testing.T) {
	full := func(context.Context, Request) (Response, error) {
		return Response{}, resil.RetryAfter(errors.New("full"), time.Second)
	}
	if got, _ := begun(t, ways[2], full); len(got) != 1 {
		t.Errorf("attempts began at %v, want one", got)
	}
	if got, _ := begun(t, ways[0], full); len(got) != attempts {
		t.Errorf("at once: attempts began at %v, want %d", got, attempts)
	}
}
