package variadic

import (
	"context"
	"errors"
	"slices"
	"testing"
	"testing/synctest"
)

// recorder keeps the arguments of each attempt, and fails the first.
type recorder struct {
	Cache
	got [][]string
}

func (r *recorder) Delete(_ context.Context, keys ...string) error {
	r.got = append(r.got, keys)
	if len(r.got) == 1 {
		return errors.New("down")
	}
	return nil
}

func (r *recorder) Hash(args ...any) int { return len(args) }

func TestEveryAttemptGetsTheArguments(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for _, keys := range [][]string{{"a", "b"}, nil} {
			backend := &recorder{}
			if err := NewResilientCache(backend).Delete(t.Context(), keys...); err != nil {
				t.Fatal(err)
			}
			if len(backend.got) != 2 || !slices.Equal(backend.got[0], keys) || !slices.Equal(backend.got[1], keys) {
				t.Errorf("attempts got %v, want twice %v", backend.got, keys)
			}
		}
	})
}

func TestSliceIsNotWrapped(t *testing.T) {
	if n := NewResilientCache(&recorder{}).Hash(1, "b", nil); n != 3 {
		t.Errorf("Hash got %d arguments, want 3", n)
	}
}
