package operator

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	resil "github.com/resilgen/resilgen/runtime"
)

var errDown = errors.New("down")

// service fails while it is down.
type service struct {
	down  bool
	calls int
}

func (s *service) Call(context.Context) error {
	s.calls++
	if s.down {
		return errDown
	}
	return nil
}
func (s *service) Read(ctx context.Context) (int, error) { return 7, s.Call(ctx) }
func (s *service) Name() string                          { return "service" }

func TestSnapshot(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		backend := &service{}
		wrapped := NewResilientService(backend, resil.WithName("east"))
		wrapped.Call(t.Context())
		backend.down = true
		wrapped.Call(t.Context()) // twice, and the breaker opens
		wrapped.Call(t.Context())
		time.Sleep(time.Second)
		s := wrapped.Resil.Snapshot()
		if s.Client != "east" || len(s.Methods) != 2 || s.Methods[1].Method != "Read" {
			t.Fatalf("%+v", s)
		}
		call := s.Methods[0]
		call.TimeLeft, call.LastCause = 0, nil
		if want := (resil.MethodSnapshot{
			Method: "Call", Calls: 3, Succeeded: 1, Failed: 1, RejectedOpen: 1, Attempts: 3, Retries: 1, State: resil.Open,
		}); call != want {
			t.Errorf("got  %+v\nwant %+v", call, want)
		}
		if s.Methods[0].TimeLeft != 9*time.Second || s.Methods[0].LastCause != errDown {
			t.Errorf("%v left, because of %v", s.Methods[0].TimeLeft, s.Methods[0].LastCause)
		}
	})
}

func TestForceOpen(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		backend := &service{}
		wrapped := NewResilientService(backend)
		wrapped.Resil.Method("Call").ForceOpen()
		if err := wrapped.Call(t.Context()); !errors.Is(err, resil.ErrOpen) || backend.calls != 0 {
			t.Errorf("forced open: %v after %d calls", err, backend.calls)
		}
		if value, err := wrapped.Read(t.Context()); value != 7 || err != nil {
			t.Errorf("another method: %d, %v", value, err)
		}
		wrapped.Resil.Method("Call").Reset()
		if err := wrapped.Call(t.Context()); err != nil {
			t.Errorf("reset: %v", err)
		}
		if wrapped.Resil.Method("Name") != nil {
			t.Error("a method without a policy has a guard")
		}
	})
}

// A misspelt method in an option is found at once.
func TestOptionsNameGuardedMethods(t *testing.T) {
	for name, construct := range map[string]func(resil.Option){
		"unknown":        func(o resil.Option) { NewResilientService(&service{}, o) },
		"nothing at all": func(o resil.Option) { NewResilientIdle(&service{}, o) },
	} {
		t.Run(name, func(t *testing.T) {
			defer func() {
				if text, ok := recover().(string); !ok || !strings.Contains(text, "Cal") {
					t.Errorf("panicked with %q", text)
				}
			}()
			construct(resil.WithPolicy("Cal", resil.Policy{}))
		})
	}
}

// taken has methods named like the field.
type taken struct{ calls int }

func (s *taken) Resil(context.Context) error       { s.calls++; return nil }
func (s *taken) ResilClient(context.Context) error { s.calls++; return nil }

func TestFieldGivesWay(t *testing.T) {
	backend := &taken{}
	wrapped := NewResilientTaken(backend)
	if err := errors.Join(wrapped.Resil(t.Context()), wrapped.ResilClient(t.Context())); err != nil || backend.calls != 2 {
		t.Errorf("%v after %d calls", err, backend.calls)
	}
	if s := wrapped.ResilClient2.Snapshot(); s.Methods[0].Calls != 1 {
		t.Errorf("%+v", s)
	}
}
