package main

// Three ways of coping with a processor that fails: what people write first, what they write next,
// and the generated wrapper. All three give a request the same four attempts of a quarter of a
// second each.

import (
	"context"
	"time"

	"github.com/cenkalti/backoff/v4"

	resil "github.com/resilgen/resilgen/runtime"
)

// A way makes a gateway's Processor of a plain client. The observer is for those who have something
// to tell.
type way struct {
	name string
	wrap func(next Processor, observer resil.Observer) Processor
}

var ways = []way{
	{"at once", func(next Processor, _ resil.Observer) Processor {
		return retryAtOnce{next}
	}},
	{"backoff alone", func(next Processor, _ resil.Observer) Processor {
		return retryWithBackoff{next}
	}},
	{"resilgen", func(next Processor, observer resil.Observer) Processor {
		return NewResilientProcessor(next, resil.WithObserver(observer))
	}},
}

// What the hand-written ways share, and the annotation of [Processor] says too.
const (
	attempts       = 4
	attemptTimeout = 250 * time.Millisecond
	firstWait      = 100 * time.Millisecond
	longestWait    = time.Second
)

// attempt is one call with its timeout.
func attempt(ctx context.Context, next Processor, req Request) (Response, error) {
	ctx, cancel := context.WithTimeout(ctx, attemptTimeout)
	defer cancel()
	return next.Process(ctx, req)
}

// retryAtOnce is the loop that every code base has somewhere.
type retryAtOnce struct{ next Processor }

func (r retryAtOnce) Process(ctx context.Context, req Request) (resp Response, err error) {
	for range attempts {
		resp, err = attempt(ctx, r.next, req)
		if err == nil || ctx.Err() != nil {
			break
		}
	}
	return resp, err
}

// retryWithBackoff waits between attempts, each time twice as long: 100 ms, 200 ms, 400 ms.
type retryWithBackoff struct{ next Processor }

func (r retryWithBackoff) Process(ctx context.Context, req Request) (Response, error) {
	waits := backoff.NewExponentialBackOff(
		backoff.WithInitialInterval(firstWait),
		backoff.WithMultiplier(2),
		backoff.WithMaxInterval(longestWait),
		backoff.WithRandomizationFactor(0),
	)
	return backoff.RetryWithData(func() (Response, error) {
		return attempt(ctx, r.next, req)
	}, backoff.WithContext(backoff.WithMaxRetries(waits, attempts-1), ctx))
}
