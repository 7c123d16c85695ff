package generator

// This file compares what should stand on disk with what does.

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/rogpeppe/go-internal/diff"
)

// A Change is one file that generating would write or remove.
type Change struct {
	Path     string // absolute
	Kind     ChangeKind
	Old, New []byte // what stands there and what should; nil for nothing
}

// A ChangeKind is why a file has to change.
type ChangeKind int

const (
	Missing  ChangeKind = iota // the file does not exist
	Stale                      // its source has changed
	Orphaned                   // its source asks for nothing any more
)

var changeKinds = [...]string{"missing", "stale", "orphaned"}

// String returns the kind as a word.
func (k ChangeKind) String() string { return changeKinds[k] }

// Compare returns what differs between the files and the disk, files to write before files to
// remove.
func (r *Result) Compare() ([]Change, error) {
	var changes []Change
	for _, f := range r.Files {
		old, err := os.ReadFile(f.Path)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			changes = append(changes, Change{Path: f.Path, Kind: Missing, New: f.Content})
		case err != nil:
			return nil, err
		case !bytes.Equal(old, f.Content):
			changes = append(changes, Change{Path: f.Path, Kind: Stale, Old: old, New: f.Content})
		}
	}
	for _, path := range r.Orphans {
		old, err := os.ReadFile(path)
		if err != nil {
			return nil, err
		}
		changes = append(changes, Change{Path: path, Kind: Orphaned, Old: old})
	}
	return changes, nil
}

// Diff returns the change as a unified diff. Paths are relative to base, with slashes; what does
// not exist is /dev/null.
func (c Change) Diff(base string) []byte {
	path := c.Path
	if relative, err := filepath.Rel(base, c.Path); err == nil {
		path = relative
	}
	before, after := filepath.ToSlash(path), filepath.ToSlash(path)
	switch c.Kind {
	case Missing:
		before = os.DevNull
	case Orphaned:
		after = os.DevNull
	}
	return diff.Diff(before, c.Old, after, c.New)
}
