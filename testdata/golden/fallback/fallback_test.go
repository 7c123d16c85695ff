package fallback

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"

	resil "github.com/resilgen/resilgen/runtime"
)

var errDown = errors.New("down")

// down fails with its error, or with errDown.
type down struct {
	err   error
	calls int
}

func (d *down) fail() error {
	d.calls++
	if d.err != nil {
		return d.err
	}
	return errDown
}

func (d *down) Price(context.Context, string) (float64, error)           { return 7, d.fail() }
func (d *down) Names(context.Context, ...string) ([]string, error)       { return nil, d.fail() }
func (d *down) Refresh(int) error                                        { return d.fail() }
func (d *down) History(context.Context, string) ([]float64, bool, error) { return nil, false, d.fail() }
func (d *down) Exchange(_ context.Context, city string) (bool, error)    { return true, d.fail() }
func (d *down) Get(context.Context, string) (int, error)                 { return 7, d.fail() }

func TestFallbackAnswers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		backend := &down{}
		quotes := NewResilientQuotes(backend)
		if price, err := quotes.Price(t.Context(), "X"); price != 42 || err != nil || backend.calls != 2 {
			t.Errorf("price %v, %v after %d calls", price, err, backend.calls)
		}
		if names, err := quotes.Names(t.Context(), "X", "Y"); len(names) != 2 || err != nil {
			t.Errorf("names %v, %v", names, err)
		}
		if err := quotes.Refresh(1); err != nil {
			t.Errorf("refresh: %v", err)
		}
		if _, complete, err := quotes.History(t.Context(), "X"); !complete || err != nil {
			t.Errorf("history: %t, %v", complete, err)
		}
		if value, err := NewResilientTable[string, int](backend).Get(t.Context(), "X"); value != 0 || err != nil {
			t.Errorf("table: %d, %v", value, err)
		}
		if s := quotes.Resil.Snapshot(); s.Methods[0].Fallbacks != 1 || s.Methods[0].Failed != 1 {
			t.Errorf("%+v", s.Methods[0])
		}
	})
}

// What the breaker of one key rejects is answered, too.
func TestFallbackOfARejection(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		backend := &down{}
		quotes := NewResilientQuotes(backend)
		for range 3 {
			if open, err := quotes.Exchange(t.Context(), "Delft"); open || err != nil {
				t.Errorf("open %t, %v", open, err)
			}
		}
		if backend.calls != 1 {
			t.Errorf("%d calls, want 1 before the breaker opened", backend.calls)
		}
	})
}

func TestFallbackFails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		_, err := NewResilientQuotes(&down{}).Price(t.Context(), "")
		if !errors.Is(err, ErrUnknown) || !errors.Is(err, errDown) {
			t.Errorf("got %v, want %v and its cause", err, ErrUnknown)
		}
	})
}

func TestNoFallback(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		permanent := resil.Permanent(errDown)
		if price, err := NewResilientQuotes(&down{err: permanent}).Price(t.Context(), "X"); price != 7 || err != permanent {
			t.Errorf("after a permanent answer: %v, %v", price, err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := NewResilientQuotes(&down{}).Price(ctx, "X"); err != context.Canceled {
			t.Errorf("when the caller has gone: %v", err)
		}
	})
}
