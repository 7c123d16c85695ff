package limits

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	resil "github.com/resilgen/resilgen/runtime"
)

// busy takes its time.
type busy struct{ takes time.Duration }

func (b busy) Print(context.Context, string) (int, error) { time.Sleep(b.takes); return 1, nil }
func (b busy) Copy(context.Context) error                 { time.Sleep(b.takes); return nil }
func (b busy) Status(context.Context) (string, error)     { return "ready", nil }
func (b busy) Wake() error                                { return nil }

// TestBulkhead is L1: a fourth is rejected while three are running, and a finished one lets the next in.
func TestBulkhead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		printer := NewResilientPrinter(busy{time.Second})
		for range 3 {
			go printer.Print(t.Context(), "")
		}
		synctest.Wait()
		if n, err := printer.Print(t.Context(), ""); n != 0 || !errors.Is(err, resil.ErrBulkheadFull) {
			t.Errorf("%d, %v", n, err)
		}
		time.Sleep(time.Second)
		synctest.Wait()
		if n, err := printer.Print(t.Context(), ""); n != 1 || err != nil {
			t.Errorf("%d, %v", n, err)
		}
		if s := printer.Resil.Method("Print").State(); s != resil.Closed {
			t.Errorf("the breaker is %s", s)
		}
	})
}

// TestBulkheadWait is L2.
func TestBulkheadWait(t *testing.T) {
	for takes, want := range map[time.Duration]error{10 * time.Millisecond: nil, 30 * time.Millisecond: resil.ErrBulkheadFull} {
		synctest.Test(t, func(t *testing.T) {
			printer := NewResilientPrinter(busy{takes})
			go printer.Copy(t.Context())
			synctest.Wait()
			if err := printer.Copy(t.Context()); !errors.Is(err, want) {
				t.Errorf("full for %v: %v", takes, err)
			}
			time.Sleep(takes) // until the first is done
		})
	}
}

// TestRateLimit is L3: what is rejected counts nowhere in the breaker.
func TestRateLimit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		printer := NewResilientPrinter(busy{})
		for i := range 5 {
			status, err := printer.Status(t.Context())
			if ran := i < 2; ran != (err == nil) || !ran && !errors.Is(err, resil.ErrRateLimited) {
				t.Errorf("call %d: %q, %v", i, status, err)
			}
		}
		status := printer.Resil.Snapshot().Methods[2]
		if status.RejectedRate != 3 || status.Succeeded != 2 || status.State != resil.Closed {
			t.Errorf("%+v", status)
		}
		time.Sleep(100 * time.Millisecond)
		if _, err := printer.Status(t.Context()); err != nil {
			t.Errorf("after a tenth of a second: %v", err)
		}
	})
}
