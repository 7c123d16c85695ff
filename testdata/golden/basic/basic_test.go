package basic

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	resil "github.com/resilgen/resilgen/runtime"
)

var errDown = errors.New("down")

// flaky fails as often as it is told.
type flaky struct {
	failures int
	calls    int
	hang     time.Duration
}

func (f *flaky) Charge(ctx context.Context, key string, c Charge) (Receipt, error) {
	if err := f.call(ctx); err != nil {
		return Receipt{}, err
	}
	return Receipt{ID: key, Charge: c}, nil
}

func (f *flaky) Refund(ctx context.Context, _ Receipt) error { return f.call(ctx) }

func (f *flaky) Currencies() []string { return []string{"EUR"} }

func (f *flaky) call(ctx context.Context) error {
	f.calls++
	select {
	case <-time.After(f.hang):
	case <-ctx.Done():
		return ctx.Err()
	}
	if f.calls <= f.failures {
		return errDown
	}
	return nil
}

func TestRetriesUntilItSucceeds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		backend := &flaky{failures: 2}
		start := time.Now()
		receipt, err := NewResilientPayments(backend).Charge(t.Context(), "k", Charge{Amount: 7})
		if err != nil || receipt.ID != "k" || receipt.Charge.Amount != 7 {
			t.Errorf("got %v, %v", receipt, err)
		}
		if waited := time.Since(start); backend.calls != 3 || waited != 300*time.Millisecond {
			t.Errorf("%d calls in %v, want 3 in 100 ms + 200 ms", backend.calls, waited)
		}
	})
}

func TestRetriesRunOut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		backend := &flaky{failures: 100}
		_, err := NewResilientPayments(backend).Charge(t.Context(), "k", Charge{})
		if failed := new(resil.Error); !errors.As(err, &failed) || !errors.Is(err, errDown) {
			t.Errorf("got %v, want an Error around %v", err, errDown)
		}
		if backend.calls != 4 {
			t.Errorf("%d calls, want 4", backend.calls)
		}
	})
}

func TestAttemptsTimeOut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		backend := &flaky{hang: time.Minute}
		start := time.Now()
		_, err := NewResilientPayments(backend).Charge(t.Context(), "k", Charge{})
		if !errors.Is(err, resil.ErrTimeout) || time.Since(start) > 5*time.Second {
			t.Errorf("got %v after %v, want a timeout within 5 s", err, time.Since(start))
		}
		if backend.calls < 2 {
			t.Errorf("%d calls, want the attempts to time out one by one", backend.calls)
		}
	})
}

func TestRefundIsNotRepeated(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		backend := &flaky{failures: 1}
		if err := NewResilientPayments(backend).Refund(t.Context(), Receipt{}); err != errDown {
			t.Errorf("got %v, want %v itself", err, errDown)
		}
		if backend.calls != 1 {
			t.Errorf("%d calls, want 1", backend.calls)
		}
	})
}

func TestBreakerOpens(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		backend := &flaky{failures: 10}
		payments := NewResilientPayments(backend)
		for range 10 {
			_ = payments.Refund(t.Context(), Receipt{})
		}
		if err := payments.Refund(t.Context(), Receipt{}); !errors.Is(err, resil.ErrOpen) || backend.calls != 10 {
			t.Errorf("got %v after %d calls, want a rejection after 10", err, backend.calls)
		}
		time.Sleep(11 * time.Second)
		if err := payments.Refund(t.Context(), Receipt{}); err != nil {
			t.Errorf("got %v from a probe of a healthy backend", err)
		}
	})
}

func TestNilIsRefused(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("a wrapper of nothing was made")
		}
	}()
	NewResilientPayments(nil)
}
