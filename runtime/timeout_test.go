package resil_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"testing/synctest"
	"time"

	resil "github.com/resilgen/resilgen/runtime"
)

// TestSoonerDeadline: where the caller's own deadline comes before the timeouts, attempts get the
// caller's context itself, and what they say is nobody's timeout.
func TestSoonerDeadline(t *testing.T) {
	for _, policy := range []string{"timeout call=1s", "timeout attempt=1s", "timeout attempt=1s call=2s", "timeout call=1s\nbreaker failures=5", "timeout call=1s\nbulkhead max=1"} {
		synctest.Test(t, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), 500*time.Millisecond)
			defer cancel()
			g := guard(t, policy)
			if err := g.Do(ctx, func(of context.Context) error {
				if of != ctx {
					t.Errorf("%s: a context of its own", policy)
				}
				return errBackend
			}); err != errBackend {
				t.Errorf("%s: %v", policy, err)
			}
			err := g.Do(ctx, func(ctx context.Context) error { <-ctx.Done(); return ctx.Err() })
			if err != context.DeadlineExceeded || errors.Is(err, resil.ErrTimeout) {
				t.Errorf("%s: the caller's deadline: %v", policy, err)
			}
		})
	}
}

// A statusError is an error as of a transport that says in its own words that a deadline has
// passed.
type statusError string

func (e statusError) Error() string { return string(e) }

// TestServerSaysDeadline: the deadline that was sent along ends an attempt on the other side, and
// its answer may be here before any timer of ours: it is the attempt's timeout all the same, a
// failure, and retried. What fails before the time is over is as it came.
func TestServerSaysDeadline(t *testing.T) {
	for _, policy := range []string{"timeout attempt=60ms", "timeout call=60ms", "timeout attempt=60ms call=1s"} {
		synctest.Test(t, func(t *testing.T) {
			g := guard(t, policy+"\nbreaker failures=1 open=1h")
			says := statusError("code = DeadlineExceeded")
			early := g.Do(t.Context(), func(ctx context.Context) error {
				time.Sleep(60*time.Millisecond - 1)
				return resil.Permanent(says)
			})
			if errors.Is(early, resil.ErrTimeout) {
				t.Errorf("%s: before the time was over: %v", policy, early)
			}
			err := g.Do(t.Context(), func(ctx context.Context) error {
				deadline, _ := ctx.Deadline() // as a transport does that sends it along
				time.Sleep(time.Until(deadline))
				return says
			})
			if !errors.Is(err, resil.ErrTimeout) || !errors.Is(err, says) || g.State() != resil.Open {
				t.Errorf("%s: %v, breaker %s", policy, err, g.State())
			}
		})
	}
}

// TestLateResultsAreTimeouts: a stream that comes after its time lives on a context that has ended.
// So it is a timeout, is retried, and nobody gets the dead one; a value that comes late is a
// success.
func TestLateResultsAreTimeouts(t *testing.T) {
	for _, policy := range []string{"retry attempts=2 initial=0\ntimeout attempt=1s", "retry attempts=2 initial=0\ntimeout attempt=1s call=1h"} {
		synctest.Test(t, func(t *testing.T) {
			g := guard(t, policy)
			var lease resil.Lease
			var made []*heldStream
			body, err := open(t.Context(), g, &lease, func(ctx context.Context) (*heldStream, error) {
				if len(made) == 0 {
					time.Sleep(time.Second) // deaf to its context
				}
				s := &heldStream{ctx: ctx}
				made = append(made, s)
				return s, nil
			})
			if err != nil || len(made) != 2 || !made[0].closed || made[1].closed || made[1].ctx.Err() != nil {
				t.Fatalf("%s: %v, of %d streams", policy, err, len(made))
			}
			if body.Close(); made[1].ctx.Err() == nil {
				t.Errorf("%s: closed, and its context lives on", policy)
			}

			only := guard(t, "timeout attempt=1s\nbreaker failures=1 open=1h")
			lease, made = resil.Lease{}, nil
			body, err = open(t.Context(), only, &lease, func(ctx context.Context) (*heldStream, error) {
				time.Sleep(time.Second)
				made = append(made, &heldStream{ctx: ctx})
				return made[0], nil
			})
			if _, read := body.Read(nil); !errors.Is(err, resil.ErrTimeout) || read == nil || !made[0].closed || only.State() != resil.Open {
				t.Errorf("without a retry: %v, breaker %s", err, only.State())
			}

			plain := guard(t, "timeout attempt=1s\nbreaker failures=1")
			if err := plain.Do(t.Context(), func(context.Context) error { time.Sleep(time.Minute); return nil }); err != nil || plain.State() != resil.Closed {
				t.Errorf("a value that comes late: %v, breaker %s", err, plain.State())
			}
		})
	}
}

// open opens a stream as generated code does.
func open(ctx context.Context, g *resil.Guard, lease *resil.Lease, next func(context.Context) (*heldStream, error)) (body io.ReadCloser, err error) {
	err = g.DoOpen(ctx, lease, func(ctx context.Context) (err error) {
		if body != nil {
			resil.Close(body) // of the attempt before
		}
		body, err = next(ctx)
		return err
	})
	return lease.Follow(body), err
}

// A heldStream lives on the context that it was opened with.
type heldStream struct {
	ctx    context.Context
	closed bool
}

func (s *heldStream) Read([]byte) (int, error) { <-s.ctx.Done(); return 0, s.ctx.Err() }
func (s *heldStream) Close() error             { s.closed = true; return nil }

// TestNestedTimeouts: what derives from the context of an attempt ends with it as from one of
// package context: by a deadline, of which a guarded client further in learns as a failure; whether
// the result is followed or not.
func TestNestedTimeouts(t *testing.T) {
	derive := map[string]func(context.Context) (context.Context, context.CancelFunc){
		"as it is":   func(ctx context.Context) (context.Context, context.CancelFunc) { return ctx, func() {} },
		"cancelable": context.WithCancel,
		"with a value": func(ctx context.Context) (context.Context, context.CancelFunc) {
			return context.WithCancel(context.WithValue(ctx, statusError("key"), 1))
		},
		"with a later deadline": func(ctx context.Context) (context.Context, context.CancelFunc) {
			return context.WithTimeout(ctx, time.Hour)
		},
	}
	for name, derived := range derive {
		for _, policy := range []string{"timeout attempt=1s", "timeout call=1s"} {
			for _, followed := range []bool{false, true} {
				synctest.Test(t, func(t *testing.T) {
					outer, inner := guard(t, policy), guard(t, "breaker failures=1 open=1h")
					call := func(ctx context.Context) error {
						ctx, cancel := derived(ctx)
						defer cancel()
						return inner.Do(ctx, func(ctx context.Context) error {
							<-ctx.Done()
							if ctx.Err() != context.DeadlineExceeded || !errors.Is(context.Cause(ctx), resil.ErrTimeout) {
								t.Errorf("%s, %s: ended with %v by %v", name, policy, ctx.Err(), context.Cause(ctx))
							}
							return ctx.Err()
						})
					}
					var err error
					if followed {
						err = outer.DoOpen(t.Context(), new(resil.Lease), call)
					} else {
						err = outer.Do(t.Context(), call)
					}
					if !errors.Is(err, resil.ErrTimeout) || inner.State() != resil.Open {
						t.Errorf("%s, %s, followed %t: %v, the inner breaker %s", name, policy, followed, err, inner.State())
					}
				})
			}
		}
	}
}

// TestClientTimeoutHolds: net/http's own bound on reading a body stays in force under an attempt
// timeout, which it must not mistake for a sooner one.
func TestClientTimeoutHolds(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.(http.Flusher).Flush()
		<-r.Context().Done() // stalls in its body
	}))
	defer server.Close()
	client := &http.Client{Timeout: 300 * time.Millisecond}
	defer client.CloseIdleConnections()
	for _, policy := range []string{"timeout attempt=200ms", "timeout attempt=10s", "timeout attempt=200ms call=10s"} {
		g := guard(t, policy)
		var lease resil.Lease
		var resp *http.Response
		if err := g.DoOpen(t.Context(), &lease, func(ctx context.Context) (err error) {
			request, err := http.NewRequestWithContext(ctx, "GET", server.URL, nil)
			if err != nil {
				return err
			}
			resp, err = client.Do(request)
			return err
		}); err != nil {
			t.Fatalf("%s: %v", policy, err)
		}
		body := lease.Follow(resp.Body)
		_, err := io.Copy(io.Discard, body) // for ever, if nobody ends it
		if body.Close(); err == nil {
			t.Errorf("%s: the body of a server that stalls ended well", policy)
		}
	}
}

// TestNothingToFollow: a body that holds nothing, as http.NoBody, is what it is: code compares it.
func TestNothingToFollow(t *testing.T) {
	g := guard(t, "timeout attempt=1h")
	var lease resil.Lease
	var held context.Context
	if err := g.DoOpen(t.Context(), &lease, func(ctx context.Context) error { held = ctx; return nil }); err != nil {
		t.Fatal(err)
	}
	if body := lease.Follow(http.NoBody); body != http.NoBody || held.Err() == nil {
		t.Errorf("%v, its context ended with %v", body, held.Err())
	}
}
