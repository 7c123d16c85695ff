package memory

// This file says in which directories a package may be found.

import (
	"path/filepath"
	"strings"
)

// A places says where packages may lie whose code may change: on this machine, and outside the
// module cache.
type places struct {
	modules []place
	vendor  string // the directory of vendored packages; "" for none
}

// A place is a directory with the packages of a module.
type place struct{ path, dir string }

// dirs returns the directories that may hold the package of an import path; which of them does is
// the go command's to say. There are none for the standard library and for what lies in the module
// cache.
func (p places) dirs(path string) (dirs []string) {
	for _, m := range p.modules {
		if rest, ok := strings.CutPrefix(path, m.path); ok && (rest == "" || rest[0] == '/') {
			dirs = append(dirs, filepath.Join(m.dir, filepath.FromSlash(rest)))
		}
	}
	if p.vendor != "" {
		dirs = append(dirs, filepath.Join(p.vendor, filepath.FromSlash(path)))
	}
	return dirs
}
