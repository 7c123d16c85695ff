package concreteerror

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"

	resil "github.com/resilgen/resilgen/runtime"
)

var errDown = errors.New("down")

// relay fails as often as it is told.
type relay struct {
	failures int
	calls    int
}

func (r *relay) Send(context.Context, string) (string, *SendError) {
	return "sent", r.Flush(context.Background())
}

func (r *relay) Flush(context.Context) *SendError {
	if r.calls++; r.calls <= r.failures {
		return &SendError{7, errDown}
	}
	return nil
}

func (r *relay) Coded(context.Context) Coded {
	if err := r.Flush(context.Background()); err != nil {
		return err
	}
	return nil
}

func (r *relay) Plain(context.Context) Failure {
	if err := r.Flush(context.Background()); err != nil {
		return err
	}
	return nil
}

func TestNilIsNoFailure(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		backend := &relay{}
		mail := NewResilientMail(backend)
		id, failed := mail.Send(t.Context(), "hello")
		if id != "sent" || failed != nil || mail.Flush(t.Context()) != nil || mail.Coded(t.Context()) != nil || mail.Plain(t.Context()) != nil {
			t.Errorf("%q, %v", id, failed)
		}
		if s := mail.Resil.Snapshot().Methods[0]; s.Succeeded != 1 || backend.calls != 4 {
			t.Errorf("%+v after %d calls", s, backend.calls)
		}
	})
}

func TestRecovers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		if id, failed := NewResilientMail(&relay{failures: 1}).Send(t.Context(), "hello"); id != "sent" || failed != nil {
			t.Errorf("%q, %v", id, failed)
		}
	})
}

func TestGivenUpAndRejected(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		backend := &relay{failures: 100}
		mail := NewResilientMail(backend)
		id, failed := mail.Send(t.Context(), "hello")
		if gaveUp := new(resil.Error); id != "unsent" || failed.Code != 7 || !errors.As(failed, &gaveUp) || !errors.Is(failed, errDown) {
			t.Errorf("%q, %v", id, failed)
		}
		if _, failed := mail.Send(t.Context(), "hello"); failed.Code != -1 || !errors.Is(failed, resil.ErrOpen) || backend.calls != 2 {
			t.Errorf("%v after %d calls", failed, backend.calls)
		}
		if err := mail.Coded(t.Context()); err.Number() != 7 || !errors.Is(err, errDown) {
			t.Errorf("%v", err)
		}
		if err := mail.Plain(t.Context()); !errors.Is(err, errDown) || !errors.Is(err, resil.ErrAttempts) {
			t.Errorf("%v", err)
		}
	})
}

// What no policy acted on is the very same value.
func TestAsItCame(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		mail := NewResilientMail(&relay{failures: 1}, resil.WithPolicy("Send", resil.Policy{}))
		if id, failed := mail.Send(t.Context(), "hello"); id != "sent" || failed == nil || failed.err != errDown {
			t.Errorf("%q, %v", id, failed)
		}
	})
}
