package policies

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	resil "github.com/resilgen/resilgen/runtime"
	"github.com/resilgen/resilgen/testdata/golden/policies/house"
)

// failing fails with an error, and counts.
type failing struct {
	err   error
	calls int
}

func (f *failing) fail() error { f.calls++; return f.err }

func (f *failing) Place(context.Context, string) error         { return f.fail() }
func (f *failing) Cancel(context.Context, string) error        { return f.fail() }
func (f *failing) Get(context.Context, string) (string, error) { return "", f.fail() }
func (f *failing) Export(context.Context, string) error        { return f.fail() }
func (f *failing) Pay(context.Context, string) error           { return f.fail() }
func (f *failing) Name() string                                { return "" }
func (f *failing) Hold(context.Context, string) error          { return f.fail() }
func (f *failing) Move(context.Context, string, string) error  { return f.fail() }

// busy is an error that package house knows.
type busy struct{ error }

func (busy) Busy() bool { return true }

// Each method has the numbers and the errors of its policies; isBusy of this package is another one than that of package house.
func TestEachMethodHasItsPolicies(t *testing.T) {
	there, here := busy{errors.New("busy")}, ErrBusy
	place, get, export := (*ResilientOrders).Place, func(o *ResilientOrders, ctx context.Context, id string) error {
		_, err := o.Get(ctx, id)
		return err
	}, (*ResilientOrders).Export
	for _, tt := range []struct {
		name     string
		call     func(*ResilientOrders, context.Context, string) error
		err      error
		attempts int
	}{
		{"Place", place, there, 3},
		{"Place", place, here, 1},
		{"Get", get, here, 3},
		{"Get", get, there, 1},
		{"Export", export, there, 5},
		{"Export", export, errors.Join(there, house.ErrGone), 1},
		{"Pay", (*ResilientOrders).Pay, there, 1},
	} {
		t.Run(fmt.Sprint(tt.name, " ", tt.err), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := &failing{err: tt.err}
				if err := tt.call(NewResilientOrders(f), t.Context(), ""); !errors.Is(err, tt.err) {
					t.Errorf("got %v", err)
				}
				if f.calls != tt.attempts {
					t.Errorf("%d attempts, want %d", f.calls, tt.attempts)
				}
			})
		})
	}
}

// A policy brings the function that tells tenants apart, unless the method has a parameter of its
// name.
func TestTenantsAreApart(t *testing.T) {
	for name, call := range map[string]func(o *ResilientOrders, ctx context.Context, tenant string) error{
		"function": func(o *ResilientOrders, ctx context.Context, tenant string) error { return o.Hold(ctx, tenant+"/17") },
		"parameter": func(o *ResilientOrders, ctx context.Context, tenant string) error {
			return o.Move(ctx, tenant, "there")
		},
	} {
		synctest.Test(t, func(t *testing.T) {
			f := &failing{err: errors.New("down")}
			orders := NewResilientOrders(f)
			for range 10 {
				_ = call(orders, t.Context(), "a")
			}
			if err := call(orders, t.Context(), "a"); !errors.Is(err, resil.ErrOpen) || f.calls != 10 {
				t.Errorf("%s: %v after %d calls", name, err, f.calls)
			}
			if err := call(orders, t.Context(), "b"); !errors.Is(err, f.err) {
				t.Errorf("%s: another tenant gets %v", name, err)
			}
			time.Sleep(time.Hour) // until idle breakers are dropped
		})
	}
}

// Operators find a policy by the value of its constant, wherever it is used.
func TestOverridesFindPoliciesByName(t *testing.T) {
	path := filepath.Join(t.TempDir(), "overrides.json")
	if err := os.WriteFile(path, []byte(`{"policies": {"critical": {"retry": {"attempts": 2}}, "patient": {"retry": {"attempts": 6}}}}`), 0o600); err != nil {
		t.Fatal(err)
	}
	synctest.Test(t, func(t *testing.T) {
		overrides, err := resil.LoadOverrides(path)
		if err != nil {
			t.Fatal(err)
		}
		f := &failing{err: busy{errors.New("busy")}}
		orders := NewResilientOrders(f, resil.WithOverrides(overrides))
		for name, call := range map[string]func(context.Context, string) error{"critical": orders.Place, "patient": orders.Export} {
			f.calls = 0
			if err := call(t.Context(), ""); err == nil {
				t.Error("no error")
			}
			if want := map[string]int{"critical": 2, "patient": 6}[name]; f.calls != want {
				t.Errorf("%s: %d attempts, want %d", name, f.calls, want)
			}
		}
	})
}
