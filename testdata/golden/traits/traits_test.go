package traits

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	resil "github.com/resilgen/resilgen/runtime"
)

var errDown = errors.New("down")

func parse(t *testing.T, text string) resil.Policy {
	t.Helper()
	p, err := resil.ParsePolicy(text)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// The reasons that generating found are those by which an option is refused.
func TestRefused(t *testing.T) {
	const retry, timeout, hedge = "retry budget=off", "timeout call=1m", "hedge after=1s"
	for _, tt := range []struct{ method, policy, why string }{
		{"Stat", hedge, "its annotation has no hedge, and only generated code can keep the results of attempts that overlap apart"},
		{"Upload", retry, "an attempt consumes body: rewind=FUNC could put it back"},
		{"Move", retry, "its annotation says retry off"},
		{"Sync", timeout, "it takes no context"},
		{"Query", timeout, "its *sql.Rows outlives the call, and the timeout would end it"},
		{"Lock", retry, "its annotation says retry off"},
		{"Lock", timeout, "its annotation says timeout off"},
	} {
		policy, _, _ := strings.Cut(tt.policy, " ")
		want := fmt.Sprintf("resil: traits.Drive.%s: WithPolicy: %s cannot act on %[1]s: %[3]s", tt.method, policy, tt.why)
		if got := panics(func() { NewResilientDrive(&drive{}, resil.WithPolicy(tt.method, parse(t, tt.policy))) }); got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
	}
	for _, tt := range []struct{ method, why string }{
		{"Len", "it takes no context"}, {"Add", "its annotation says hedge off"}, {"Del", "its annotation says off"},
	} {
		want := fmt.Sprintf("resil: traits.Index.%s: WithPolicy: hedge cannot act on %[1]s: %[2]s", tt.method, tt.why)
		if got := panics(func() { NewResilientIndex(index{}, resil.WithPolicy(tt.method, parse(t, hedge))) }); got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
	}
}

func panics(f func()) (said string) {
	defer func() { said = fmt.Sprint(recover()) }()
	f()
	return ""
}

type index struct{ Index }

// drive opens files whose contents live on the context of their attempt. It fails as often as it is
// told.
type drive struct {
	Drive
	failures int
	calls    int
	opened   []*file
}

type file struct {
	io.Reader
	ctx    context.Context
	closed int
}

func (f *file) Read(p []byte) (int, error) {
	if err := f.ctx.Err(); err != nil {
		return 0, err
	}
	return f.Reader.Read(p)
}

func (f *file) Close() error { f.closed++; return nil }

func (d *drive) call() error {
	if d.calls++; d.calls <= d.failures {
		return errDown
	}
	return nil
}

func (d *drive) Open(ctx context.Context, _ string) (io.ReadCloser, error) {
	d.opened = append(d.opened, &file{Reader: strings.NewReader("contents"), ctx: ctx})
	return d.opened[len(d.opened)-1], d.call()
}

func (d *drive) Lock(ctx context.Context, name string) (io.ReadCloser, error) {
	return d.Open(ctx, name)
}
func (d *drive) Stat(context.Context, string) (int, error) { return 7, d.call() }
func (d *drive) Query(context.Context) (*sql.Rows, error)  { return nil, d.call() }
func (d *drive) Sync() error                               { return d.call() }

// What comes later acts as if the annotation had asked for it: a timeout leaves what was opened
// alone, and a retry closes what failed.
func TestComesLater(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		backend := &drive{failures: 2}
		w := NewResilientDrive(backend, resil.WithPolicy("Open", parse(t, "retry attempts=3 budget=off\ntimeout attempt=1s call=1m")))
		body, err := w.Open(t.Context(), "name")
		if err != nil || len(backend.opened) != 3 {
			t.Fatalf("%v after %d attempts", err, len(backend.opened))
		}
		time.Sleep(time.Hour)
		if text, err := io.ReadAll(body); string(text) != "contents" || err != nil {
			t.Errorf("after an hour: %q, %v", text, err)
		}
		body.Close()
		for n, f := range backend.opened {
			if f.closed != 1 || f.ctx.Err() == nil {
				t.Errorf("attempt %d was closed %d times, its context has ended: %v", n+1, f.closed, f.ctx.Err())
			}
		}

		retry := parse(t, "retry attempts=3 budget=off")
		for name, call := range map[string]func(*ResilientDrive) error{
			"Stat":  func(w *ResilientDrive) error { _, err := w.Stat(t.Context(), "name"); return err },
			"Query": func(w *ResilientDrive) error { _, err := w.Query(t.Context()); return err },
			"Sync":  func(w *ResilientDrive) error { return w.Sync() },
		} {
			backend := &drive{failures: 2}
			if err := call(NewResilientDrive(backend, resil.WithPolicy(name, retry))); err != nil || backend.calls != 3 {
				t.Errorf("%s: %v after %d attempts", name, err, backend.calls)
			}
		}
	})
}

// What is never repeated is the caller's, be it a failure.
func TestLockIsTheCallers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		backend := &drive{failures: 1}
		if body, err := NewResilientDrive(backend).Lock(t.Context(), "name"); body != backend.opened[0] || err != errDown || backend.opened[0].closed != 0 {
			t.Errorf("%v, %v, closed %d times", body, err, backend.opened[0].closed)
		}
	})
}
