package closes

import (
	"context"
	"errors"
	"io"
	"net/http"
	"testing"
	"testing/synctest"
)

var errDown = errors.New("down")

// lender fails as often as it is told, and even then returns something.
type lender struct {
	failures int
	lent     []*Session
}

func (l *lender) Open(context.Context) (*Session, error) {
	s := &Session{Number: len(l.lent) + 1}
	l.lent = append(l.lent, s)
	if s.Number <= l.failures {
		return s, errDown
	}
	return s, nil
}

func (l *lender) Borrow(ctx context.Context) (*Session, error) { return l.Open(ctx) }
func (l *lender) Join(ctx context.Context) (*Session, error)   { return l.Open(ctx) }

func (l *lender) Both(ctx context.Context) (*Session, int, Lock, error) {
	s, err := l.Open(ctx)
	if s.Number == 1 {
		return nil, 0, lock{s}, err
	}
	return s, s.Number, nil, err
}

type lock struct{ *Session }

func (l lock) Close() { l.Session.Close() }

func (l *lender) Get(ctx context.Context, _ string) (*http.Response, error) {
	s, err := l.Open(ctx)
	if s.Number == 1 {
		return nil, err
	}
	return &http.Response{Body: body{http.NoBody, s}}, err
}

type body struct {
	io.Reader
	*Session
}

// closed returns how often each session was closed.
func (l *lender) closed() (times [3]int) {
	for i, s := range l.lent {
		times[i] = s.Closed
	}
	return times
}

// TestClosesFailed is R26: F F S with results, the first two are closed, the returned one is not.
func TestClosesFailed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for name, tt := range map[string]struct {
			call func(Pool) (number int, err error)
			want [3]int
		}{
			"open":     {func(p Pool) (int, error) { s, err := p.Open(t.Context()); return s.Number, err }, [3]int{1, 1, 0}},
			"both":     {func(p Pool) (int, error) { _, n, _, err := p.Both(t.Context()); return n, err }, [3]int{1, 1, 0}},
			"response": {func(p Pool) (int, error) { r, err := p.Get(t.Context(), "/"); return r.Body.(body).Number, err }, [3]int{0, 1, 0}},
			"borrow":   {func(p Pool) (int, error) { s, err := p.Borrow(t.Context()); return s.Number, err }, [3]int{1, 1, 0}},
		} {
			backend := &lender{failures: 2}
			number, err := tt.call(NewResilientPool(backend))
			if number != 3 || err != nil || backend.closed() != tt.want {
				t.Errorf("%s: number %d, %v, closed %v, want %v", name, number, err, backend.closed(), tt.want)
			}
		}
	})
}

// What the last attempt returned is the caller's, be it a failure; unless a fallback answers in its place.
func TestWhenAllFail(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		backend := &lender{failures: 9}
		if s, err := NewResilientPool(backend).Open(t.Context()); s.Number != 3 || !errors.Is(err, errDown) || backend.closed() != [3]int{1, 1, 0} {
			t.Errorf("open: number %d, %v, closed %v", s.Number, err, backend.closed())
		}
		backend = &lender{failures: 9}
		if s, err := NewResilientPool(backend).Borrow(t.Context()); s.Number != -1 || err != nil || backend.closed() != [3]int{1, 1, 1} {
			t.Errorf("borrow: number %d, %v, closed %v", s.Number, err, backend.closed())
		}
		backend = &lender{failures: 9}
		if s, err := NewResilientPool(backend).Join(t.Context()); s.Number != 1 || err != errDown || backend.closed() != [3]int{} {
			t.Errorf("join: number %d, %v, closed %v", s.Number, err, backend.closed())
		}
	})
}

// ready always lends the same session.
type ready struct {
	Pool
	session *Session
}

func (r ready) Open(context.Context) (*Session, error) { return r.session, nil }
func (r ready) Both(context.Context) (*Session, int, Lock, error) {
	return r.session, 1, lock{r.session}, nil
}

func TestHealthyCallsAreFree(t *testing.T) {
	pool, ctx := NewResilientPool(ready{session: &Session{}}), context.Background()
	for name, call := range map[string]func(){
		"open": func() { pool.Open(ctx) },
		"both": func() { pool.Both(ctx) },
	} {
		call()
		if n := testing.AllocsPerRun(1000, call); n != 0 {
			t.Errorf("%s: %v allocations", name, n)
		}
	}
}
