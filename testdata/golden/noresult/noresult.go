// Package noresult pins methods with nothing to capture: no results at all, and the error alone, named or not, with and without a context.
package noresult

import "context"

// Queue is a message queue.
//
//resilgen:wrap
//resilgen:retry attempts=3 initial=1s jitter=none
type Queue interface {
	Publish(ctx context.Context, message []byte) error
	Ack(ctx context.Context, id uint64) (err error)
	Flush() error
	Close() (err error)
	Pause()
	Log(message string)
}
