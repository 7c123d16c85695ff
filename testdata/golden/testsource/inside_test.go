package testsource

import (
	"context"
	"testing"
)

// Calendar exists in tests only.
//
//resilgen:wrap
//resilgen:retry attempts=2 initial=0s
type Calendar interface {
	Today(ctx context.Context) (Time, error)
}

type fixed struct{ Time }

func (f fixed) Today(context.Context) (Time, error) { return f.Time, nil }

func TestInside(t *testing.T) {
	if today, err := NewResilientCalendar(fixed{7}).Today(t.Context()); today != 7 || err != nil {
		t.Errorf("Today = %d, %v", today, err)
	}
}
