package resil

// This file is for arguments that an attempt consumes: before a further attempt they are put back
// to where they were.

import (
	"fmt"
	"io"
)

// A Rewind puts the arguments of one call back before every attempt but the first. The zero Rewind
// is ready; it is not safe for concurrent use.
type Rewind struct {
	begun bool
	start int64
}

// Before is called before each attempt. Before every attempt but the first it calls back, which
// puts the arguments back. If back fails, there is no further attempt: the call ends with an
// [*Error] of the last attempt's error, whose reason is the error of back.
func (r *Rewind) Before(back func() error) error {
	if !r.begun {
		r.begun = true
		return nil
	}
	if err := back(); err != nil {
		return &noAttemptError{fmt.Errorf("rewind: %w", err)}
	}
	return nil
}

// Seek is called before each attempt, in place of [Rewind.Before], for an argument that is put back
// by seeking: to where it stands before the first attempt. A nil s is an argument left out.
func (r *Rewind) Seek(s io.Seeker) error {
	if isNil(s) {
		return nil
	}
	if !r.begun {
		start, err := s.Seek(0, io.SeekCurrent)
		if err != nil {
			return &noAttemptError{fmt.Errorf("rewind: %w", err)}
		}
		r.begun, r.start = true, start
		return nil
	}
	return r.Before(func() error {
		_, err := s.Seek(r.start, io.SeekStart)
		return err
	})
}
