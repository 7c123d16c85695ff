package resil

// This file is for arguments that an attempt consumes: before a further attempt they are put back
// to where they were.

import (
	"fmt"
	"io"
)

// A Rewind puts arguments back before every attempt but the first. The zero Rewind is ready for one
// call; it is not safe for concurrent use.
type Rewind struct {
	begun bool
	start int64
}

// Before is called before each attempt; on every one but the first it calls back, which puts the
// arguments back. If that fails, there is no further attempt: the call ends with the last attempt's
// error, and this one as the reason.
func (r *Rewind) Before(back func() error) error {
	if !r.begun {
		r.begun = true
		return nil
	}
	if err := back(); err != nil {
		return &stopped{fmt.Errorf("rewind: %w", err)}
	}
	return nil
}

// Seek is Before for an argument that can be put back by seeking: to where it stands before the
// first attempt.
func (r *Rewind) Seek(s io.Seeker) error {
	if isNil(s) {
		return nil // an argument left out
	}
	if !r.begun {
		start, err := s.Seek(0, io.SeekCurrent)
		if err != nil {
			return &stopped{fmt.Errorf("rewind: %w", err)}
		}
		r.begun, r.start = true, start
		return nil
	}
	return r.Before(func() error {
		_, err := s.Seek(r.start, io.SeekStart)
		return err
	})
}

// stopped ends a call because no attempt can be made.
type stopped struct{ error }

func (s *stopped) Unwrap() error { return s.error }

func isStopped(err error) bool {
	_, ok := err.(*stopped)
	return ok
}
