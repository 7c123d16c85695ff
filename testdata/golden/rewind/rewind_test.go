package rewind

import (
	"context"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	resil "github.com/resilgen/resilgen/runtime"
)

var errDown = errors.New("down")

// store reads bodies to their end, and fails as often as it is told.
type store struct {
	Blobs
	failures int
	got      []string
}

func (s *store) read(bodies ...io.Reader) (int64, error) {
	text, err := io.ReadAll(io.MultiReader(bodies...))
	s.got = append(s.got, string(text))
	if len(s.got) <= s.failures {
		return 7, errDown
	}
	return int64(len(text)), err
}

func (s *store) Put(_ context.Context, _ string, body io.ReadSeeker) error {
	_, err := s.read(body)
	return err
}
func (s *store) Send(_ context.Context, body io.Reader) error { _, err := s.read(body); return err }
func (s *store) Patch(_ context.Context, from, to io.ReadSeeker) (int64, error) {
	return s.read(from, to)
}
func (s *store) Append(_ context.Context, bodies ...io.Reader) (int64, error) {
	return s.read(bodies...)
}

// A body can be read once, and again after Reopen.
type body struct {
	text string
	*strings.Reader
}

func newBody(text string) *body { return &body{text, strings.NewReader(text)} }

func (b *body) Reopen() { b.Reader = strings.NewReader(b.text) }

func TestEveryAttemptReadsTheSame(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for name, call := range map[string]func(Blobs) error{
			"put": func(b Blobs) error {
				text := strings.NewReader("skipped, text")
				text.Seek(9, io.SeekStart) // where it stands is where it begins
				return b.Put(t.Context(), "key", text)
			},
			"patch": func(b Blobs) error {
				_, err := b.Patch(t.Context(), strings.NewReader("te"), strings.NewReader("xt"))
				return err
			},
			"append": func(b Blobs) error {
				size, err := b.Append(t.Context(), newBody("te"), newBody("xt"))
				if size != 4 {
					t.Errorf("size %d", size)
				}
				return err
			},
		} {
			backend := &store{failures: 2}
			if err := call(NewResilientBlobs(backend)); err != nil || !slices.Equal(backend.got, []string{"text", "text", "text"}) {
				t.Errorf("%s: %v, attempts read %q", name, err, backend.got)
			}
		}
	})
}

// When there is no way back the call ends, with what the last attempt returned and both errors.
func TestNoWayBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		backend := &store{failures: 2}
		size, err := NewResilientBlobs(backend).Append(t.Context(), strings.NewReader("text"))
		if failed := new(resil.Error); !errors.As(err, &failed) || failed.Attempts != 1 || !errors.Is(err, errDown) || !errors.Is(err, ErrGone) {
			t.Errorf("got %v", err)
		}
		if size != 7 || len(backend.got) != 1 {
			t.Errorf("size %d after %d attempts", size, len(backend.got))
		}
	})
}

func TestWithoutRewind(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		backend := &store{failures: 2}
		if err := NewResilientBlobs(backend).Send(t.Context(), strings.NewReader("text")); err != errDown || len(backend.got) != 1 {
			t.Errorf("%v after %d attempts", err, len(backend.got))
		}
	})
}

// bodiless fails twice, and needs no body.
type bodiless struct {
	Blobs
	calls int
}

func (b *bodiless) Put(context.Context, string, io.ReadSeeker) error {
	if b.calls++; b.calls < 3 {
		return errDown
	}
	return nil
}

func TestNothingToPutBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		blobs := NewResilientBlobs(&bodiless{})
		if err := blobs.Put(t.Context(), "key", nil); err != nil {
			t.Errorf("nil: %v", err)
		}
		if err := blobs.Put(t.Context(), "key", (*strings.Reader)(nil)); err != nil {
			t.Errorf("a nil pointer: %v", err)
		}
	})
}
