package manyresults

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
)

var errDown = errors.New("down")

// failing fails the first calls, with results that must not come back once a later attempt succeeds.
type failing struct {
	Directory
	failures int
}

func (f *failing) Several(_ context.Context, key string) (string, int, []byte, error) {
	if f.failures--; f.failures >= 0 {
		return "bad", -1, []byte("bad"), errDown
	}
	return key, 42, []byte("good"), nil
}

func (f *failing) ErrorFirst(_ context.Context, key string) (error, string) {
	if f.failures--; f.failures >= 0 {
		return errDown, "bad"
	}
	return nil, key
}

func TestResultsAreThoseOfTheLastAttempt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		name, age, photo, err := NewResilientDirectory(&failing{failures: 2}).Several(t.Context(), "ann")
		if name != "ann" || age != 42 || string(photo) != "good" || err != nil {
			t.Errorf("success: got %q, %d, %q, %v", name, age, photo, err)
		}
		name, age, photo, err = NewResilientDirectory(&failing{failures: 3}).Several(t.Context(), "ann")
		if name != "bad" || age != -1 || string(photo) != "bad" || !errors.Is(err, errDown) {
			t.Errorf("failure: got %q, %d, %q, %v", name, age, photo, err)
		}
	})
}

func TestErrorThatIsNotLastIsJudged(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		err, name := NewResilientDirectory(&failing{failures: 2}).ErrorFirst(t.Context(), "ann")
		if err != nil || name != "ann" {
			t.Errorf("got %v, %q", err, name)
		}
	})
}
