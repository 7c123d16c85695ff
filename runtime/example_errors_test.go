package resil_test

import (
	"context"
	"errors"
	"fmt"
	"time"

	resil "github.com/resilgen/resilgen/runtime"
)

// A call whose retries ran out tells how often it was tried, why it was given up, and what the last
// attempt said. The annotation of Count says attempts=3.
func ExampleError() {
	down := &warehouse{errs: []error{errRefused, errRefused, errRefused}}
	inventory := NewResilientInventory(down)

	_, err := inventory.Count(context.Background(), "apples")
	if e, ok := errors.AsType[*resil.Error](err); ok {
		fmt.Println(e.Client, e.Method, "made", e.Attempts, "attempts")
		fmt.Println("reason:", e.Reason)
		fmt.Println("last error:", e.Err)
	}
	fmt.Println(errors.Is(err, resil.ErrAttempts), errors.Is(err, errRefused))

	// Output:
	// resil_test.Inventory Count made 3 attempts
	// reason: no attempts left
	// last error: refused
	// true true
}

// An open breaker rejects calls without an attempt, and says for how long.
func ExampleOpenError() {
	down := &warehouse{errs: []error{errRefused, errRefused, errRefused}}
	inventory := NewResilientInventory(down)
	for range 3 { // the annotation says failures=3
		fmt.Println(inventory.Take(context.Background(), "apples"))
	}

	err := inventory.Take(context.Background(), "apples")
	fmt.Println(errors.Is(err, resil.ErrOpen))
	if e, ok := errors.AsType[*resil.OpenError](err); ok {
		fmt.Println("try again in", e.RetryAfter().Round(time.Minute))
		fmt.Println("opened by:", e.Cause)
	}

	// Output:
	// refused
	// refused
	// refused
	// true
	// try again in 1m0s
	// opened by: refused
}

// A permanent error is an answer: it is not retried, does not open the breaker, and is returned
// with nothing but the mark.
func ExamplePermanent() {
	errNoSuchItem := errors.New("no such item")
	inventory := NewResilientInventory(&warehouse{errs: []error{resil.Permanent(errNoSuchItem)}})

	_, err := inventory.Count(context.Background(), "unicorns")
	fmt.Println(err, errors.Is(err, errNoSuchItem))
	fmt.Println("attempts:", inventory.Resil.Snapshot().Methods[0].Attempts)

	// Output:
	// no such item true
	// attempts: 1
}

// An error can say when to come back: the next attempt waits until then.
func ExampleRetryAfter() {
	busy := &warehouse{errs: []error{resil.RetryAfter(errors.New("too many requests"), 30*time.Millisecond)}}
	inventory := NewResilientInventory(busy, resil.WithObserver(resil.ObserverFunc(func(e resil.Event) {
		fmt.Println(e.Kind, "after", e.Wait, "because of:", e.Err)
	})))

	n, err := inventory.Count(context.Background(), "apples")
	inventory.Resil.Flush(context.Background())
	fmt.Println(n, err)

	// Output:
	// retrying after 30ms because of: too many requests
	// 7 <nil>
}

// Generated constructors panic where the program text is wrong, and say how it would be right.
func ExampleClient_Ready() {
	defer func() { fmt.Println(recover()) }()
	NewResilientInventory(&warehouse{}, resil.WithName("eu"), resil.WithPolicy("Conut", resil.Policy{}))

	// Output:
	// resil: eu: WithPolicy names Conut, which is not a guarded method: one of Count, Take
}
