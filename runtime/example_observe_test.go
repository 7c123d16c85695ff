package resil_test

import (
	"context"
	"fmt"
	"log/slog"
	"os"

	resil "github.com/resilgen/resilgen/runtime"
)

// An observer is told of everything that is not a plain success. It does not hold up calls, so a
// program that ends waits for it.
func ExampleWithObserver() {
	flaky := &warehouse{errs: []error{errRefused, errRefused}}
	inventory := NewResilientInventory(flaky, resil.WithObserver(resil.ObserverFunc(func(e resil.Event) {
		switch e.Kind {
		case resil.Retrying:
			fmt.Printf("%s.%s: attempt %d failed: %v\n", e.Client, e.Method, e.Attempt, e.Err)
		case resil.StateChanged:
			fmt.Printf("%s.%s: %s -> %s\n", e.Client, e.Method, e.From, e.To)
		}
	})))

	inventory.Count(context.Background(), "apples")
	inventory.Resil.Method("Count").ForceOpen() // an operator takes the load off the warehouse
	inventory.Resil.Method("Count").Reset()
	inventory.Resil.Flush(context.Background())

	// Output:
	// resil_test.Inventory.Count: attempt 1 failed: refused
	// resil_test.Inventory.Count: attempt 2 failed: refused
	// resil_test.Inventory.Count: closed -> open
	// resil_test.Inventory.Count: open -> closed
}

// The log has what an operator should know, by any handler of log/slog.
func ExampleWithLogger() {
	untimed := slog.NewTextHandler(os.Stdout, &slog.HandlerOptions{ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
		if a.Key == slog.TimeKey {
			return slog.Attr{}
		}
		return a
	}})
	down := &warehouse{errs: []error{errRefused, errRefused, errRefused}}
	inventory := NewResilientInventory(down, resil.WithLogger(slog.New(untimed)), resil.WithName("eu"))

	for range 5 { // the annotation says failures=3, so the last two are rejected
		inventory.Take(context.Background(), "apples")
	}
	inventory.Resil.Flush(context.Background())

	// Output:
	// level=WARN msg="resil: state changed" client=eu method=Take from=closed to=open error=refused
}

// A snapshot counts what became of all calls so far, those that nobody is told of included.
func ExampleClient_Snapshot() {
	flaky := &warehouse{errs: []error{errRefused}}
	inventory := NewResilientInventory(flaky)
	for range 10 {
		inventory.Count(context.Background(), "apples")
	}

	s := inventory.Resil.Snapshot()
	for _, m := range s.Methods {
		fmt.Printf("%s.%s: %d calls, %d succeeded, %d attempts, %d retries, breaker %s\n",
			s.Client, m.Method, m.Calls, m.Succeeded, m.Attempts, m.Retries, m.State)
	}

	// Output:
	// resil_test.Inventory.Count: 10 calls, 10 succeeded, 11 attempts, 1 retries, breaker closed
	// resil_test.Inventory.Take: 0 calls, 0 succeeded, 0 attempts, 0 retries, breaker closed
}
