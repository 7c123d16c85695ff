package resil_test

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	resil "github.com/resilgen/resilgen/runtime"
)

// A stream lives on the context of the attempt that opened it, as the body of an HTTP response
// does.
type stream struct {
	ctx    context.Context
	closed bool
}

func (s *stream) Read([]byte) (int, error) {
	if err := s.ctx.Err(); err != nil {
		return 0, err
	}
	return 0, io.EOF
}
func (s *stream) Close() error { s.closed = true; return nil }

// TestResultsLiveUntilTheyAreClosed: what a method returns lives until it is closed, not until a
// timeout of the call that opened it.
func TestResultsLiveUntilTheyAreClosed(t *testing.T) {
	for _, policy := range []string{"timeout attempt=1s", "timeout call=1s", "retry\ntimeout attempt=1s call=5s", "retry"} {
		t.Run(policy, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				g := guard(t, policy)
				var lease resil.Lease
				var s *stream
				err := g.DoOpen(t.Context(), &lease, func(ctx context.Context) error { s = &stream{ctx: ctx}; return nil })
				body := lease.Follow(s)
				time.Sleep(time.Hour)
				if _, readErr := body.Read(nil); err != nil || readErr != io.EOF {
					t.Errorf("after an hour: %v, %v", err, readErr)
				}
				if err := body.Close(); err != nil || !s.closed {
					t.Errorf("close: %v, %t", err, s.closed)
				}
				if strings.Contains(policy, "timeout") && s.ctx.Err() == nil {
					t.Error("closed, and its context lives on")
				}
			})
		})
	}
}

// TestTimeoutsBoundHowLongAResultTakes: until the method returns, a timeout is one.
func TestTimeoutsBoundHowLongAResultTakes(t *testing.T) {
	for _, policy := range []string{"timeout attempt=1s\nbreaker failures=1", "timeout call=1s\nbreaker failures=1"} {
		synctest.Test(t, func(t *testing.T) {
			g := guard(t, policy)
			var lease resil.Lease
			err := g.DoOpen(t.Context(), &lease, func(ctx context.Context) error {
				if d, ok := ctx.Deadline(); ok {
					t.Errorf("a deadline in %s, which the result would see pass", time.Until(d))
				}
				<-ctx.Done()
				return ctx.Err()
			})
			if !errors.Is(err, resil.ErrTimeout) || !errors.Is(err, context.DeadlineExceeded) || g.State() != resil.Open {
				t.Errorf("%v, breaker %s", err, g.State())
			}
			if lease.Follow(nil) != nil {
				t.Error("nothing became something")
			}
		})
	}
}

// A pipe cannot be sought.
type pipe struct{}

func (pipe) Seek(int64, int) (int64, error) { return 0, errOther }

// A duplex is a stream that can be written to.
type duplex struct{ *stream }

func (duplex) Write(p []byte) (int, error) { return len(p), nil }

// TestFollowedResultsKeepTheirKind: what can be written to can be written to when it is followed;
// nothing and what has no context stay as they are.
func TestFollowedResultsKeepTheirKind(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := guard(t, "timeout attempt=1s")
		var lease resil.Lease
		var kept context.Context
		keep := func(ctx context.Context) error { kept = ctx; return nil }
		g.DoOpen(t.Context(), &lease, keep)
		body := lease.Follow(duplex{&stream{ctx: kept}})
		if n, err := body.(io.Writer).Write([]byte("x")); n != 1 || err != nil {
			t.Errorf("%d, %v", n, err)
		}
		if _, ok := kept.Deadline(); ok {
			t.Error("a context that is kept still has the deadline of its attempt")
		}
		body.Close()
		body.Close()

		var nothing resil.Lease
		g.DoOpen(t.Context(), &nothing, keep)
		if nothing.Follow(nil) != nil || kept.Err() == nil {
			t.Error("nothing to follow, and the context lives on")
		}
	})
}

// TestRewind: before every attempt but the first the arguments are put back; if that fails, the
// call ends.
func TestRewind(t *testing.T) {
	var rewind resil.Rewind
	body := strings.NewReader("0123456789")
	body.Seek(3, io.SeekStart)
	var got []string
	err := guard(t, "retry initial=0").Do(t.Context(), func(context.Context) error {
		if err := rewind.Seek(body); err != nil {
			return err
		}
		text, _ := io.ReadAll(body)
		got = append(got, string(text))
		return errBackend
	})
	if len(got) != 4 || got[3] != "3456789" || !errors.Is(err, errBackend) {
		t.Errorf("%q, %v", got, err)
	}

	var none resil.Rewind
	if err := none.Seek((*strings.Reader)(nil)); err != nil {
		t.Errorf("an argument that was left out: %v", err)
	}

	var stuck resil.Rewind
	err = guard(t, "retry initial=0").Do(t.Context(), func(context.Context) error { return stuck.Seek(pipe{}) })
	if !errors.Is(err, errOther) {
		t.Errorf("what cannot be sought: %v", err)
	}

	var stop resil.Rewind
	g, calls := guard(t, "retry initial=0\nbreaker failures=2"), 0
	err = g.Do(t.Context(), func(context.Context) error {
		if err := stop.Before(func() error { return errOther }); err != nil {
			return err
		}
		calls++
		return errBackend
	})
	if e, ok := errors.AsType[*resil.Error](err); !ok || calls != 1 || e.Attempts != 1 || !errors.Is(err, errBackend) || !errors.Is(err, errOther) || g.State() != resil.Closed {
		t.Errorf("%d calls, %v, breaker %s", calls, err, g.State())
	}
}
