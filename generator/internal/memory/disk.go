package memory

// This file looks at directories and files, at each once.

import (
	"errors"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// A disk holds what was seen so far.
type disk struct {
	look func(src []byte) Look
	dirs sync.Map // of *directory, by path
}

// A directory is what one holds.
type directory struct {
	once      sync.Once
	err       error // that keeps it from being known; none if it does not exist
	modified  time.Time
	files     []file
	dirs      []string // names
	hasModule bool     // a go.mod
}

// A file is a Go file that the go command looks at.
type file struct {
	name     string
	modified time.Time
	Look
	content Key      // its hash
	header  Key      // the hash of all up to the end of its imports: what decides to which packages it belongs
	imports []string // paths
}

// isTest reports whether the file belongs to tests.
func (f file) isTest() bool { return strings.HasSuffix(f.name, "_test.go") }

// dir returns what a directory holds.
func (d *disk) dir(path string) *directory {
	found, _ := d.dirs.LoadOrStore(path, &directory{})
	dir := found.(*directory)
	dir.once.Do(func() {
		if err := dir.read(path, d.look); !errors.Is(err, fs.ErrNotExist) {
			dir.err = err
		}
	})
	return dir
}

// read reads a directory and its files. Names that begin with a dot or an underscore are nothing to the go command.
func (d *directory) read(path string, look func([]byte) Look) error {
	d.modified = modified(path)
	entries, err := os.ReadDir(path)
	if err != nil {
		return err
	}
	for _, e := range entries {
		name := e.Name()
		switch {
		case strings.HasPrefix(name, "."), strings.HasPrefix(name, "_"):
		case e.IsDir():
			d.dirs = append(d.dirs, name)
		case name == "go.mod":
			d.hasModule = true
		case filepath.Ext(name) == ".go":
			f := file{name: name, modified: modified(filepath.Join(path, name))}
			src, err := os.ReadFile(filepath.Join(path, name))
			if err != nil {
				return err
			}
			f.Look = look(src)
			f.read(src)
			d.files = append(d.files, f)
		}
	}
	return nil
}

// modified returns when a file or directory was changed; the zero time if it does not exist.
func modified(path string) time.Time {
	info, err := os.Stat(path)
	if err != nil {
		return time.Time{}
	}
	return info.ModTime()
}

// read takes from a file what others ask for.
func (f *file) read(src []byte) {
	f.content = Sum(src)
	f.header = f.content
	fset := token.NewFileSet()
	syntax, err := parser.ParseFile(fset, f.name, src, parser.ImportsOnly)
	if err != nil {
		return
	}
	end := syntax.Name.End()
	for _, decl := range syntax.Decls {
		end = decl.End()
	}
	f.header = keyOf(string(src[:fset.PositionFor(end, false).Offset]))
	for _, spec := range syntax.Imports {
		if path, err := strconv.Unquote(spec.Path.Value); err == nil {
			f.imports = append(f.imports, path)
		}
	}
}

// isUnchanged reports whether nothing that was seen has been changed since.
func (d *disk) isUnchanged() bool {
	same := true
	d.dirs.Range(func(path, found any) bool {
		dir := found.(*directory)
		same = dir.modified.Equal(modified(path.(string))) && !slices.ContainsFunc(dir.files, func(f file) bool {
			return !f.modified.Equal(modified(filepath.Join(path.(string), f.name)))
		})
		return same
	})
	return same
}

// sources returns the files that are not our output.
func (d *directory) sources() (files []file) {
	for _, f := range d.files {
		if !f.IsOutput {
			files = append(files, f)
		}
	}
	return files
}

// Outputs returns the paths of those files in a directory that are our own output, if there are others besides.
func (m *Memory) Outputs(dir string) (paths []string) {
	if m == nil || len(m.disk.dir(dir).sources()) == 0 {
		return nil
	}
	for _, f := range m.disk.dir(dir).files {
		if f.IsOutput {
			paths = append(paths, filepath.Join(dir, f.name))
		}
	}
	return paths
}

// Holds reports whether a file has the content with the sum.
func (m *Memory) Holds(path string, sum Key) bool {
	return slices.ContainsFunc(m.disk.dir(filepath.Dir(path)).files, func(f file) bool {
		return f.name == filepath.Base(path) && f.content == sum
	})
}

// Sum returns the hash of what a file holds.
func Sum(content []byte) Key { return keyOf(string(content)) }
