package generator

// This file writes. A reader never sees half a file, and a file that does not change is not
// touched.

import (
	"os"
	"path/filepath"
)

// Write applies the changes in order and stops at the first failure; nothing is left half written.
// Permissions of files that exist are kept.
func Write(changes []Change) error {
	for _, c := range changes {
		var err error
		if c.Kind == Orphaned {
			err = os.Remove(c.Path)
		} else {
			err = replace(c.Path, c.New)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// replace writes a temporary file beside the old one and renames it.
func replace(path string, content []byte) (err error) {
	mode := os.FileMode(0o644)
	if info, err := os.Stat(path); err == nil {
		mode = info.Mode().Perm()
	}
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*.tmp")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = os.Remove(f.Name()) // the first error tells more
		}
	}()
	_, err = f.Write(content)
	if closing := f.Close(); err == nil {
		err = closing
	}
	if err == nil {
		err = os.Chmod(f.Name(), mode)
	}
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	return err
}
