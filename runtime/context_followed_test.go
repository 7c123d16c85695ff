package resil

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"testing"
	"testing/synctest"
	"time"
)

// TestFollowedKeeps: the deadline is taken back, or it ends the context: never both, never neither.
func TestFollowedKeeps(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		soon := func(limit time.Duration) *followedContext {
			return newFollowedContext(t.Context(), time.Now().Add(limit), errAttemptTimeout)
		}
		kept, asked, late, exactly := soon(time.Second), soon(time.Second), soon(time.Second), soon(2*time.Second)
		asked.Done()
		time.Sleep(time.Second - 1)
		if !kept.keep() || !asked.keep() || !asked.keep() {
			t.Error("not kept")
		}
		time.Sleep(time.Second + 1)
		if late.keep() || exactly.keep() {
			t.Error("kept too late")
		}
		for _, ctx := range []*followedContext{late, exactly} {
			if ctx.Err() != context.DeadlineExceeded || context.Cause(ctx) != errAttemptTimeout || !ctx.timedOut() {
				t.Errorf("too late: %v, %v", ctx.Err(), context.Cause(ctx))
			}
		}
		for _, ctx := range []*followedContext{kept, asked} {
			if ctx.Err() != nil || ctx.timedOut() {
				t.Errorf("kept: %v", ctx.Err())
			}
			if ctx.end(); ctx.Err() != context.Canceled || ctx.keep() || ctx.timedOut() {
				t.Errorf("kept and ended: %v", ctx.Err())
			}
		}
	})
}

// TestFollowedLetsGo: what is kept needs no timer any more, and what has ended neither timer nor
// parent.
func TestFollowedLetsGo(t *testing.T) {
	for _, test := range []struct {
		name             string
		what             func(ctx *followedContext, leave func())
		timer, listening bool
	}{
		{"asked", func(ctx *followedContext, _ func()) { ctx.Done() }, true, true},
		{"kept", func(ctx *followedContext, _ func()) { ctx.Done(); ctx.keep() }, false, true},
		{"kept before it is asked", func(ctx *followedContext, _ func()) { ctx.keep(); ctx.Done() }, false, true},
		{"ended", func(ctx *followedContext, _ func()) { ctx.Done(); ctx.end() }, false, false},
		{"ended by time", func(ctx *followedContext, _ func()) { <-ctx.Done() }, false, false},
		{"ended by its parent", func(ctx *followedContext, leave func()) { ctx.Done(); leave() }, false, false},
		{"kept, then ended", func(ctx *followedContext, _ func()) { ctx.Done(); ctx.keep(); ctx.end() }, false, false},
	} {
		synctest.Test(t, func(t *testing.T) {
			under, leave := context.WithCancel(t.Context())
			defer leave()
			parent := &hooked{Context: under}
			ctx := newFollowedContext(parent, time.Now().Add(time.Second), errAttemptTimeout)
			test.what(ctx, leave)
			synctest.Wait()
			timer := ctx.timer != nil && ctx.timer.Stop()
			if listening := parent.listeners.Load() != 0; timer != test.timer || listening != test.listening {
				t.Errorf("%s: timer %t, want %t; listening %t, want %t", test.name, timer, test.timer, listening, test.listening)
			}
		})
	}
}

// TestFollowedKnowsAtOnce: who looks need not wait for a goroutine to tell that the parent has
// ended.
func TestFollowedKnowsAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		errCaller := errors.New("the caller")
		parent, cancel := context.WithCancelCause(t.Context())
		ctx := newFollowedContext(parent, time.Now().Add(time.Second), errAttemptTimeout)
		child, cancelChild := context.WithCancel(ctx)
		defer cancelChild()
		cancel(errCaller)
		if ctx.keep() || ctx.Err() != context.Canceled || context.Cause(ctx) != errCaller || child.Err() != context.Canceled {
			t.Errorf("%v, %v, derived from it %v", ctx.Err(), context.Cause(ctx), child.Err())
		}
	})
}

// TestFollowedUnderHTTP: net/http may rely on the deadline that it sees. A client has a timeout of
// a second, the server stalls at some point.
func TestFollowedUnderHTTP(t *testing.T) {
	for _, test := range []struct {
		name           string
		attempt        time.Duration
		beforeResponse bool
		timeout        time.Duration // of the client; zero for none
		want           time.Duration // until it ends by itself; zero for never
		byAttempt      bool
	}{
		{"the client's timeout is longer than the attempt's, and holds for the body", 500 * time.Millisecond, false, time.Second, time.Second, false},
		{"the client's timeout is shorter than the attempt's", 1500 * time.Millisecond, false, time.Second, time.Second, false},
		{"the attempt's timeout bounds the time until there is a response", 500 * time.Millisecond, true, time.Second, 500 * time.Millisecond, true},
		{"there is no timeout but the attempt's, and the body lives", 500 * time.Millisecond, false, 0, 0, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				client := stallingServer(t, test.beforeResponse)
				client.Timeout = test.timeout
				began := time.Now()
				ctx := newFollowedContext(t.Context(), began.Add(test.attempt), errAttemptTimeout)
				if test.want == 0 {
					time.AfterFunc(time.Hour, ctx.end)
				}
				err := get(ctx, client)
				took := time.Since(began)
				switch {
				case test.want == 0:
					if took != time.Hour || !errors.Is(err, context.Canceled) {
						t.Errorf("ended after %s: %v", took, err)
					}
				case took != test.want || !errors.Is(err, context.DeadlineExceeded) || ctx.timedOut() != test.byAttempt:
					t.Errorf("ended after %s, want %s: %v", took, test.want, err)
				}
				ctx.end()
			})
		})
	}
}

// get gets a response, keeps the context, and reads the body to its end.
func get(ctx *followedContext, client *http.Client) error {
	request, err := http.NewRequestWithContext(ctx, "GET", "http://server/", nil)
	if err != nil {
		return err
	}
	response, err := client.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if !ctx.keep() {
		return errors.New("not kept")
	}
	_, err = io.Copy(io.Discard, response.Body)
	return err
}

// stallingServer returns a client of a server that stalls before its response, or in the body.
func stallingServer(t *testing.T, beforeResponse bool) *http.Client {
	l := &pipeListener{make(chan net.Conn), make(chan struct{})}
	server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !beforeResponse {
			io.WriteString(w, "the beginning")
			w.(http.Flusher).Flush()
		}
		<-r.Context().Done()
	})}
	go server.Serve(l)
	t.Cleanup(func() { server.Close() })
	transport := &http.Transport{DialContext: func(context.Context, string, string) (net.Conn, error) { return l.dial(), nil }}
	t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport}
}

// A pipeListener is a network in memory.
type pipeListener struct {
	conns  chan net.Conn
	closed chan struct{}
}

func (l *pipeListener) dial() net.Conn {
	client, server := net.Pipe()
	l.conns <- server
	return client
}

func (l *pipeListener) Accept() (net.Conn, error) {
	select {
	case c := <-l.conns:
		return c, nil
	case <-l.closed:
		return nil, net.ErrClosed
	}
}

func (l *pipeListener) Close() error   { close(l.closed); return nil }
func (l *pipeListener) Addr() net.Addr { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 80} }
