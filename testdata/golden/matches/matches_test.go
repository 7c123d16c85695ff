package matches

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"testing"
	"testing/synctest"

	resil "github.com/resilgen/resilgen/runtime"
)

// failing always fails with its error.
type failing struct {
	Upload
	err   error
	calls int
}

func (f *failing) Send(context.Context, []byte) error { f.calls++; return f.err }

type busy struct{ error }

func (busy) Busy() bool { return true }

func (f *failing) Fetch(context.Context, string) ([]byte, error) { f.calls++; return nil, f.err }
func (f *failing) Sync(context.Context) error                    { f.calls++; return f.err }

func TestWhatIsRetried(t *testing.T) {
	other := errors.New("other")
	for name, tt := range map[string]struct {
		err  error
		want int
	}{
		"imported value":       {io.ErrUnexpectedEOF, 3},
		"own value":            {ErrQuota, 3},
		"imported type":        {&net.OpError{Err: other}, 3},
		"own pointer type":     {&ConflictError{}, 3},
		"own value type":       {InvalidError("no"), 3},
		"predicate":            {busy{other}, 3},
		"package not imported": {&fs.PathError{Err: other}, 3},
		"wrapped":              {fmt.Errorf("sending: %w", ErrQuota), 3},
		"not named":            {other, 1},
		"never wins":           {errors.Join(ErrQuota, ErrGone), 1},
		"permanent":            {resil.Permanent(ErrQuota), 1},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				backend := &failing{err: tt.err}
				err := NewResilientUpload(backend).Send(t.Context(), nil)
				if !errors.Is(err, tt.err) || backend.calls != tt.want {
					t.Errorf("got %v after %d attempts, want %d", err, backend.calls, tt.want)
				}
			})
		})
	}
}

func TestWhatTheBreakerCounts(t *testing.T) {
	for name, tt := range map[string]struct {
		err  error
		want int
	}{
		"failure":   {ErrQuota, 2},
		"own value": {ErrGone, 5},
		"own type":  {InvalidError("no"), 5},
		"wrapped":   {fmt.Errorf("fetching: %w", ErrGone), 5},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				backend := &failing{err: tt.err}
				archive := NewResilientArchive(backend)
				for range 5 {
					_, _ = archive.Fetch(t.Context(), "a")
				}
				if backend.calls != tt.want {
					t.Errorf("%d of 5 calls arrived, want %d", backend.calls, tt.want)
				}
			})
		})
	}
}
