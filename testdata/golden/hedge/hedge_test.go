package hedge

import (
	"context"
	"errors"
	"io"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	resil "github.com/resilgen/resilgen/runtime"
)

var errDown = errors.New("down")

// slow takes its time for each attempt, by number, and fails the attempts before a certain one.
type slow struct {
	Index
	takes     func(n int) time.Duration
	succeeds  int
	attempts  atomic.Int32
	cancelled atomic.Int32
	opened    [10]*body
}

// A body lives on the context of the attempt that opened it.
type body struct {
	io.Reader
	ctx    context.Context
	closed atomic.Int32
}

func (b *body) Close() error { b.closed.Add(1); return nil }

func (s *slow) attempt(ctx context.Context) (int, error) {
	n := int(s.attempts.Add(1))
	select {
	case <-time.After(s.takes(n)):
	case <-ctx.Done():
		s.cancelled.Add(1)
		return n, ctx.Err()
	}
	if n < s.succeeds {
		return n, errDown
	}
	return n, nil
}

var names = []string{"", "first", "second", "third"}

func (s *slow) Get(ctx context.Context, key string) (string, error) {
	n, err := s.attempt(ctx)
	return names[n] + key, err
}

func (s *slow) Find(ctx context.Context, key string, more ...string) (string, bool, error) {
	n, err := s.attempt(ctx)
	return names[n] + key + more[0], n > 1, err
}

func (s *slow) Ping(ctx context.Context) error { _, err := s.attempt(ctx); return err }

func (s *slow) First(ctx context.Context) (error, Page[string]) {
	n, err := s.attempt(ctx)
	return err, Page[string]{names[:n]}
}

func (s *slow) Open(ctx context.Context) (io.ReadCloser, error) {
	n, err := s.attempt(ctx)
	s.opened[n] = &body{ctx: ctx}
	return s.opened[n], err
}

// The first attempt hangs, the second is quick.
func hangsOnce(n int) time.Duration {
	if n == 1 {
		return time.Hour
	}
	return time.Millisecond
}

func TestTheFirstAnswerWins(t *testing.T) {
	for name, call := range map[string]func(*ResilientIndex, context.Context) (bool, error){
		"one result": func(i *ResilientIndex, ctx context.Context) (bool, error) {
			value, err := i.Get(ctx, "!")
			return value == "second!", err
		},
		"several": func(i *ResilientIndex, ctx context.Context) (bool, error) {
			value, found, err := i.Find(ctx, "!", "?")
			return value == "second!?" && found, err
		},
		"none": func(i *ResilientIndex, ctx context.Context) (bool, error) { return true, i.Ping(ctx) },
		"error first": func(i *ResilientIndex, ctx context.Context) (bool, error) {
			err, page := i.First(ctx)
			return len(page.Items) == 2, err
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				backend := &slow{takes: hangsOnce}
				began := time.Now()
				right, err := call(NewResilientIndex(backend), t.Context())
				if !right || err != nil || time.Since(began) != 11*time.Millisecond {
					t.Errorf("right %t, %v, after %v; want the second attempt's results after 11 ms", right, err, time.Since(began))
				}
				synctest.Wait()
				if backend.attempts.Load() != 2 || backend.cancelled.Load() != 1 {
					t.Errorf("%d attempts, %d cancelled", backend.attempts.Load(), backend.cancelled.Load())
				}
			})
		})
	}
}

func TestAFastAttemptIsAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		backend := &slow{takes: func(int) time.Duration { return 5 * time.Millisecond }}
		if value, err := NewResilientIndex(backend).Get(t.Context(), "!"); value != "first!" || err != nil || backend.attempts.Load() != 1 {
			t.Errorf("%q, %v after %d attempts", value, err, backend.attempts.Load())
		}
	})
}

// All that was opened is closed, but what the caller gets: that lives on, until it is closed.
func TestOpen(t *testing.T) {
	for name, tt := range map[string]struct {
		backend *slow
		want    int // the attempt whose result the caller gets
		of      int
	}{
		"the first hangs":  {&slow{takes: hangsOnce}, 2, 2},
		"all but one fail": {&slow{takes: func(int) time.Duration { return 0 }, succeeds: 5}, 5, 5},
		"all fail":         {&slow{takes: func(int) time.Duration { return 0 }, succeeds: 100}, 6, 6},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				got, err := NewResilientIndex(tt.backend).Open(t.Context())
				time.Sleep(time.Hour)
				synctest.Wait()
				for n, b := range tt.backend.opened[:tt.of+1] {
					if n == 0 {
						continue
					}
					alive := n == tt.want && err == nil
					if want := n != tt.want; (b.closed.Load() == 1) != want || (b.ctx.Err() == nil) != alive {
						t.Errorf("attempt %d: closed %d times, context %v", n, b.closed.Load(), b.ctx.Err())
					}
				}
				got.Close()
				if b := tt.backend.opened[tt.want]; b.closed.Load() != 1 || b.ctx.Err() == nil {
					t.Errorf("when all is done: closed %d times, context %v", b.closed.Load(), b.ctx.Err())
				}
			})
		})
	}
}

func TestWhenAllFail(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		backend := &slow{takes: func(n int) time.Duration { return 0 }, succeeds: 100}
		defer func(saved []string) { names = saved }(names)
		names = make([]string, 100)
		index := NewResilientIndex(backend)
		_, err := index.Get(t.Context(), "!")
		if failed := new(resil.Error); !errors.As(err, &failed) || !errors.Is(err, errDown) || backend.attempts.Load() != 6 {
			t.Errorf("%v after %d attempts, want two races of three", err, backend.attempts.Load())
		}
		if m := index.Resil.Snapshot().Methods[0]; m.Hedges != 4 || m.Retries != 1 || m.Failed != 1 {
			t.Errorf("%+v", m)
		}
	})
}
