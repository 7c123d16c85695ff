package passthrough

import (
	"context"
	"errors"
	"testing"
)

var errDown = errors.New("down")

// failing always fails.
type failing struct {
	Mixed
	calls int
}

func (f *failing) Peek(context.Context) (int, error) { f.calls++; return 7, errDown }
func (f *failing) Nothing(context.Context) error     { f.calls++; return errDown }
func (f *failing) Lookup(key string) (string, bool)  { return key + "!", true }
func (f *failing) Get(context.Context) (int, error)  { f.calls++; return 7, errDown }
func (f *failing) Name() string                      { return "failing" }

func TestCallsPassThrough(t *testing.T) {
	backend := &failing{}
	mixed := NewResilientMixed(backend)
	if value, err := mixed.Peek(t.Context()); value != 7 || err != errDown {
		t.Errorf("Peek = %d, %v", value, err)
	}
	if err := mixed.Nothing(t.Context()); err != errDown {
		t.Errorf("Nothing = %v", err)
	}
	if value, ok := mixed.Lookup("key"); value != "key!" || !ok {
		t.Errorf("Lookup = %q, %v", value, ok)
	}
	if value, err := NewResilientUntouched(backend).Get(t.Context()); value != 7 || err != errDown {
		t.Errorf("Get = %d, %v", value, err)
	}
	if backend.calls != 3 {
		t.Errorf("%d calls, want 3", backend.calls)
	}
}

// A wrapper without a guard refuses nil as any other does.
func TestUntouchedRefusesNil(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("a wrapper of nothing was made")
		}
	}()
	NewResilientUntouched(nil)
}
