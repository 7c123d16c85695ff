package embedded

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
)

var errDown = errors.New("down")

// failing always fails.
type failing struct{ calls int }

func (f *failing) call() error { f.calls++; return errDown }

func (f *failing) Read(context.Context, string) ([]byte, error) { return nil, f.call() }
func (f *failing) List(context.Context) ([]string, error)       { return nil, f.call() }
func (f *failing) Delete(context.Context, string) error         { return f.call() }
func (f *failing) Close() error                                 { return f.call() }
func (f *failing) Ping(context.Context) error                   { return f.call() }

// The number of attempts tells which annotation a method followed.
func TestMethodsFollowTheAnnotatedInterface(t *testing.T) {
	for name, tt := range map[string]struct {
		call func(context.Context, *failing) error
		want int
	}{
		"its own":          {func(ctx context.Context, f *failing) error { _, err := NewResilientReader(f).Read(ctx, ""); return err }, 2},
		"embedded":         {func(ctx context.Context, f *failing) error { _, err := NewResilientStore(f).Read(ctx, ""); return err }, 3},
		"unexported":       {func(ctx context.Context, f *failing) error { _, err := NewResilientStore(f).List(ctx); return err }, 3},
		"declared again":   {func(ctx context.Context, f *failing) error { return NewResilientStore(f).Delete(ctx, "") }, 1},
		"by methods=":      {func(_ context.Context, f *failing) error { return NewResilientStore(f).Close() }, 1},
		"alias of foreign": {func(ctx context.Context, f *failing) error { return NewResilientPinger(f).Ping(ctx) }, 3},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				backend := &failing{}
				if err := tt.call(t.Context(), backend); !errors.Is(err, errDown) || backend.calls != tt.want {
					t.Errorf("got %v after %d attempts, want %d", err, backend.calls, tt.want)
				}
			})
		})
	}
}
