package noresult

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"
)

// failing fails twice, whatever is called.
type failing struct {
	Queue
	calls  int
	paused bool
}

func (f *failing) call() error {
	if f.calls++; f.calls < 3 {
		return errors.New("down")
	}
	return nil
}

func (f *failing) Publish(context.Context, []byte) error { return f.call() }
func (f *failing) Ack(context.Context, uint64) error     { return f.call() }
func (f *failing) Flush() error                          { return f.call() }
func (f *failing) Close() error                          { return f.call() }
func (f *failing) Pause()                                { f.paused = true }

func TestErrorAloneIsRetried(t *testing.T) {
	for name, call := range map[string]func(Queue, context.Context) error{
		"Publish": func(q Queue, ctx context.Context) error { return q.Publish(ctx, nil) },
		"Ack":     func(q Queue, ctx context.Context) error { return q.Ack(ctx, 1) },
		"Flush":   func(q Queue, _ context.Context) error { return q.Flush() },
		"Close":   func(q Queue, _ context.Context) error { return q.Close() },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				backend, start := &failing{}, time.Now()
				if err := call(NewResilientQueue(backend), t.Context()); err != nil || backend.calls != 3 {
					t.Errorf("got %v after %d calls, want success after 3", err, backend.calls)
				}
				if waited := time.Since(start); waited != 3*time.Second {
					t.Errorf("waited %v, want 1 s + 2 s", waited)
				}
			})
		})
	}
}

func TestNoResultPassesThrough(t *testing.T) {
	backend := &failing{}
	NewResilientQueue(backend).Pause()
	if !backend.paused {
		t.Error("Pause did not arrive")
	}
}
