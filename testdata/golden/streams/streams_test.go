package streams

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	resil "github.com/resilgen/resilgen/runtime"
)

// A stream lives on the context of the attempt that opened it, as the body of an HTTP response does.
type stream struct {
	io.Reader
	ctx    context.Context
	closed bool
}

func (s *stream) Read(p []byte) (int, error) {
	if err := s.ctx.Err(); err != nil {
		return 0, err
	}
	return s.Reader.Read(p)
}

func (s *stream) Close() error { s.closed = true; return nil }

// disk hangs as often as it is told, then opens streams.
type disk struct {
	Files
	hangs   int
	streams []*stream
}

func (d *disk) open(ctx context.Context) (*stream, error) {
	s := &stream{Reader: strings.NewReader("contents"), ctx: ctx}
	d.streams = append(d.streams, s)
	if len(d.streams) <= d.hangs {
		<-ctx.Done()
		return s, ctx.Err()
	}
	time.Sleep(time.Second / 2)
	return s, nil
}

func (d *disk) Open(ctx context.Context, _ string) (io.ReadCloser, error) { return d.open(ctx) }
func (d *disk) Body(ctx context.Context) (Body, error)                    { return d.open(ctx) }
func (d *disk) Get(ctx context.Context, _ string) (*http.Response, error) {
	s, err := d.open(ctx)
	return &http.Response{StatusCode: 200, Body: s}, err
}

// The ways to get a body.
var ways = map[string]func(Files, context.Context) (io.ReadCloser, error){
	"open": func(f Files, ctx context.Context) (io.ReadCloser, error) { return f.Open(ctx, "name") },
	"body": func(f Files, ctx context.Context) (io.ReadCloser, error) { return f.Body(ctx) },
	"get": func(f Files, ctx context.Context) (io.ReadCloser, error) {
		r, err := f.Get(ctx, "/")
		return r.Body, err
	},
}

// TestStreams is T5: what was opened lives until it is closed.
func TestStreams(t *testing.T) {
	for name, open := range ways {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				backend := &disk{hangs: 1}
				body, err := open(NewResilientFiles(backend), t.Context())
				if err != nil || len(backend.streams) != 2 {
					t.Fatalf("%v after %d attempts", err, len(backend.streams))
				}
				time.Sleep(time.Hour)
				if text, err := io.ReadAll(body); string(text) != "contents" || err != nil {
					t.Errorf("after an hour: %q, %v", text, err)
				}
				if failed := backend.streams[0]; !failed.closed || failed.ctx.Err() == nil {
					t.Errorf("the attempt that timed out: closed %t, context %v", failed.closed, failed.ctx.Err())
				}
				opened := backend.streams[1]
				if opened.closed || opened.ctx.Err() != nil {
					t.Error("closed before its time")
				}
				if err := body.Close(); err != nil || !opened.closed || opened.ctx.Err() == nil {
					t.Errorf("closed: %v, %t, context %v", err, opened.closed, opened.ctx.Err())
				}
			})
		})
	}
}

// TestStreamsTimeOutLater: a timeout that an option brings, as an operator may, bounds what was
// generated without one.
func TestStreamsTimeOutLater(t *testing.T) {
	p, err := resil.ParsePolicy("timeout attempt=1s")
	if err != nil {
		t.Fatal(err)
	}
	for name, open := range map[string]func(*ResilientTapes, context.Context) (io.ReadCloser, error){
		"Open": func(tapes *ResilientTapes, ctx context.Context) (io.ReadCloser, error) {
			return tapes.Open(ctx, "name")
		},
		"Get": func(tapes *ResilientTapes, ctx context.Context) (io.ReadCloser, error) {
			r, err := tapes.Get(ctx, "/")
			return r.Body, err
		},
	} {
		synctest.Test(t, func(t *testing.T) {
			backend := &disk{}
			body, err := open(NewResilientTapes(tapes{disk: backend}, resil.WithPolicy(name, p)), t.Context())
			if err != nil {
				t.Fatal(err)
			}
			time.Sleep(time.Hour)
			if text, err := io.ReadAll(body); string(text) != "contents" || err != nil {
				t.Errorf("%s: after an hour: %q, %v", name, text, err)
			}
			opened := backend.streams[0]
			if err := body.Close(); err != nil || !opened.closed || opened.ctx.Err() == nil {
				t.Errorf("%s: closed: %v, %t, context %v", name, err, opened.closed, opened.ctx.Err())
			}
		})
	}
}

// tapes are a disk for Tapes.
type tapes struct {
	*disk
	Tapes
}

func (t tapes) Open(ctx context.Context, name string) (io.ReadCloser, error) {
	return t.disk.Open(ctx, name)
}
func (t tapes) Get(ctx context.Context, url string) (*http.Response, error) {
	return t.disk.Get(ctx, url)
}
func (t tapes) Body(ctx context.Context) (Body, error) { return t.disk.Body(ctx) }

func TestStreamsTimeOutBefore(t *testing.T) {
	for name, open := range ways {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				backend := &disk{hangs: 9}
				began := time.Now()
				_, err := open(NewResilientFiles(backend), t.Context())
				if !errors.Is(err, resil.ErrTimeout) || time.Since(began) != 3*time.Second || len(backend.streams) != 3 {
					t.Errorf("%v after %d attempts in %v", err, len(backend.streams), time.Since(began))
				}
			})
		})
	}
}

// strict opens nothing while it fails, and its streams fail as many do when they are nil.
type strict struct {
	Files
	attempts int
}

func (s *strict) Open(context.Context, string) (io.ReadCloser, error) {
	var none *stream // what is returned is not nil
	if s.attempts++; s.attempts < 3 {
		return none, errors.New("down")
	}
	return io.NopCloser(strings.NewReader("contents")), nil
}

func TestNilPointersAreNotClosed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		if body, err := NewResilientFiles(&strict{}).Open(t.Context(), "name"); err != nil || body.Close() != nil {
			t.Errorf("%v", err)
		}
	})
}

// nothing opens nothing, and says that all is well.
type nothing struct{ Files }

func (nothing) Open(context.Context, string) (io.ReadCloser, error) { return nil, nil }
func (nothing) Get(context.Context, string) (*http.Response, error) { return nil, nil }

func TestNothingToFollow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		files := NewResilientFiles(nothing{})
		if body, err := files.Open(t.Context(), "name"); body != nil || err != nil {
			t.Errorf("%v, %v", body, err)
		}
		if r, err := files.Get(t.Context(), "/"); r != nil || err != nil {
			t.Errorf("%v, %v", r, err)
		}
	})
}
