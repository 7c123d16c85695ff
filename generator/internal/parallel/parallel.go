// Package parallel does many alike things on all processors.
package parallel

import (
	"runtime"

	"golang.org/x/sync/errgroup"
)

// Do calls do for 0 to n-1, as many at once as there are processors for Go, and returns when all
// are done: the first error, if there is any. An error keeps none of the others from being called.
func Do(n int, do func(i int) error) error {
	var group errgroup.Group
	group.SetLimit(runtime.GOMAXPROCS(0))
	for i := range n {
		group.Go(func() error { return do(i) })
	}
	return group.Wait()
}

// Each calls do for all items, as Do does.
func Each[T any](items []T, do func(T)) {
	_ = Do(len(items), func(i int) error { do(items[i]); return nil }) // no call returns an error
}
