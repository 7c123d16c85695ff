package leftout

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"
)

// slow takes two seconds.
type slow struct {
	Store
	calls int
}

func (s *slow) Get(ctx context.Context, _ string) (string, error) {
	s.calls++
	select {
	case <-ctx.Done():
		return "", ctx.Err()
	case <-time.After(2 * time.Second):
		return "late", nil
	}
}

func (s *slow) Put(string, string) error {
	s.calls++
	time.Sleep(2 * time.Second)
	return errors.New("down")
}

func TestOnlyTheTimeoutIsLeftOut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		backend := &slow{}
		store := NewResilientStore(backend)
		if _, err := store.Get(t.Context(), "k"); !errors.Is(err, context.DeadlineExceeded) || backend.calls != 2 {
			t.Errorf("Get: %v after %d calls, want two timeouts", err, backend.calls)
		}
		backend.calls = 0
		if err := store.Put("k", "v"); errors.Is(err, context.DeadlineExceeded) || err == nil || backend.calls != 2 {
			t.Errorf("Put: %v after %d calls, want two failures and no timeout", err, backend.calls)
		}
	})
}
