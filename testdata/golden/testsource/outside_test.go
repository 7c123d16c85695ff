package testsource_test

import (
	"context"
	"testing"

	"github.com/resilgen/resilgen/testdata/golden/testsource"
)

// Clock is another interface than the package's of that name.
//
//resilgen:wrap
//resilgen:retry attempts=2 initial=0s
type Clock interface {
	testsource.Clock
	Set(ctx context.Context, time testsource.Time) error
}

type adjustable struct{ time testsource.Time }

func (a *adjustable) Now(context.Context) (testsource.Time, error) { return a.time, nil }

func (a *adjustable) Set(_ context.Context, time testsource.Time) error {
	a.time = time
	return nil
}

func TestOutside(t *testing.T) {
	clock := NewResilientClock(&adjustable{})
	if err := clock.Set(t.Context(), 7); err != nil {
		t.Fatal(err)
	}
	if now, err := clock.Now(t.Context()); now != 7 || err != nil {
		t.Errorf("Now = %d, %v", now, err)
	}
	if now, err := testsource.NewResilientClock(clock).Now(t.Context()); now != 7 || err != nil {
		t.Errorf("Now = %d, %v", now, err)
	}
}
