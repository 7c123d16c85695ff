package resil

// This file looks at a file of overrides.

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"

	"github.com/resilgen/resilgen/runtime/internal/tree"
)

// A look is what was seen of a file at a moment: its content, up to more than may be in it, or why
// it could not be read.
type look struct {
	text []byte
	err  error
}

// lookAt reads a file. What is no file is not opened: a pipe would not come to an end.
func lookAt(path string) (l look) {
	info, err := os.Stat(path)
	if err != nil {
		return look{err: err}
	}
	if !info.Mode().IsRegular() {
		return look{err: &fs.PathError{Op: "read", Path: path, Err: errors.New("it is not a regular file")}}
	}
	f, err := os.Open(path)
	if err != nil {
		return look{err: err}
	}
	defer f.Close()
	l.text, l.err = io.ReadAll(io.LimitReader(f, tree.MaxSize+1))
	return l
}

// same reports whether two looks saw the same.
func (l look) same(o look) bool {
	if l.err != nil || o.err != nil {
		return l.err != nil && o.err != nil && l.err.Error() == o.err.Error()
	}
	return bytes.Equal(l.text, o.text)
}
