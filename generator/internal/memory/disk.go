package memory

// This file looks at directories and files, at each once.

import (
	"bytes"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/resilgen/resilgen/generator/internal/parallel"
)

// A disk holds what was seen so far.
type disk struct {
	look    func(src []byte) Look
	began   time.Time
	dirs    sync.Map // of *directory, by path
	modules sync.Map // of directories of modules, by those of packages
}

// A directory is what one holds.
type directory struct {
	once sync.Once
	view
	err error // that keeps it from being known; none if it does not exist
}

// A view is what there is to see in a directory.
type view struct {
	module    string // the nearest directory above, or this one, with a go.mod; "" for none
	modified  time.Time
	files     []file
	dirs      []string // names
	isForeign bool     // other languages have a say in its types: cgo and SWIG read files that may lie anywhere
}

// A file is a Go file that the go command looks at.
type file struct {
	name     string
	modified time.Time
	Look
	content Key      // its hash
	header  Key      // the hash of all up to the end of its imports: what decides to which packages it belongs
	isPlain bool     // it is part of a package in every build, tests aside
	imports []string // paths
}

// isTest reports whether the file belongs to tests.
func (f file) isTest() bool { return strings.HasSuffix(f.name, "_test.go") }

// dir returns what a directory holds.
func (d *disk) dir(path string) *directory {
	found, _ := d.dirs.LoadOrStore(path, &directory{})
	dir := found.(*directory)
	dir.once.Do(func() {
		dir.module = d.module(path)
		dir.err = dir.read(path, d.look)
	})
	return dir
}

// module returns the directory of the module that a directory belongs to, if it is a module's.
func (d *disk) module(path string) (root string) {
	if found, ok := d.modules.Load(path); ok {
		return found.(string)
	}
	if info, err := os.Stat(filepath.Join(path, "go.mod")); err == nil && !info.IsDir() {
		root = path
	} else if parent := filepath.Dir(path); parent != path {
		root = d.module(parent)
	}
	d.modules.Store(path, root)
	return root
}

// read reads a directory and its files. Names that begin with a dot or an underscore are nothing to
// the go command.
func (v *view) read(path string, look func([]byte) Look) error {
	v.modified = modified(path)
	entries, err := os.ReadDir(path)
	if os.IsNotExist(err) {
		return nil
	}
	if err != nil {
		return err
	}
	for _, e := range entries {
		name := e.Name()
		ext := filepath.Ext(name)
		switch {
		case strings.HasPrefix(name, "."), strings.HasPrefix(name, "_"):
		case e.IsDir():
			v.dirs = append(v.dirs, name)
		case ext == ".swig", ext == ".swigcxx":
			v.isForeign = true
		case ext == ".go":
			f := file{name: name, modified: modified(filepath.Join(path, name))}
			src, err := os.ReadFile(filepath.Join(path, name))
			if err != nil {
				return err
			}
			f.Look = look(src)
			f.read(src)
			v.files = append(v.files, f)
			v.isForeign = v.isForeign || slices.Contains(f.imports, "C")
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
	header := src[:fset.PositionFor(end, false).Offset]
	f.header = Sum(header)
	f.isPlain = !strings.Contains(f.name, "_") && !bytes.Contains(header, []byte("go:build")) && !bytes.Contains(header, []byte("+build"))
	for _, spec := range syntax.Imports {
		if path, err := strconv.Unquote(spec.Path.Value); err == nil {
			f.imports = append(f.imports, path)
		}
	}
}

// isUnchanged reports whether all that was seen is still to be seen. Of two changes within one tick
// of the file system's clock, the second leaves no other time: what was changed shortly before the
// run began, or since, is looked at again.
func (d *disk) isUnchanged() bool {
	var paths []string
	d.dirs.Range(func(path, _ any) bool {
		paths = append(paths, path.(string))
		return true
	})
	now := disk{look: d.look}
	var changed atomic.Bool
	parallel.Each(paths, func(path string) {
		v := d.dir(path).view
		if !v.isOld(path, d.began.Add(-tick)) && !reflect.DeepEqual(v, now.dir(path).view) {
			changed.Store(true)
		}
	})
	return !changed.Load()
}

// tick is more than a tick of any file system's clock.
const tick = 3 * time.Second

// isOld reports whether neither a directory nor any of its files has been changed since the given
// time. What does not exist has no time, and is not old.
func (v *view) isOld(path string, since time.Time) bool {
	isOld := func(path string, was time.Time) bool {
		return was.Before(since) && !was.IsZero() && was.Equal(modified(path))
	}
	return isOld(path, v.modified) && !slices.ContainsFunc(v.files, func(f file) bool {
		return !isOld(filepath.Join(path, f.name), f.modified)
	})
}

// silent returns our output that has no say in which packages there are: another file is part of
// the package whatever becomes of it.
func (v *view) silent() (files []file) {
	if !slices.ContainsFunc(v.files, func(f file) bool { return f.isPlain && !f.IsOutput }) {
		return nil
	}
	for _, f := range v.files {
		if f.IsOutput {
			files = append(files, f)
		}
	}
	return files
}

// SilentOutputs returns the paths of our output in a directory that has no say in which packages
// there are. No list of packages that is kept should have it.
func (m *Memory) SilentOutputs(dir string) (paths []string) {
	if m == nil {
		return nil
	}
	for _, f := range m.disk.dir(dir).silent() {
		paths = append(paths, filepath.Join(dir, f.name))
	}
	return paths
}

// Holds reports whether a file has the content with the sum.
func (m *Memory) Holds(path string, sum Key) bool {
	return m != nil && slices.ContainsFunc(m.disk.dir(filepath.Dir(path)).files, func(f file) bool {
		return f.name == filepath.Base(path) && f.content == sum
	})
}

// Sum returns the hash of what a file holds.
func Sum(content []byte) Key { return keyOf(string(content)) }
