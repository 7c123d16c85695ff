package generator

// This file spares a run what earlier runs found out of packages. It holds as long as nothing has
// changed that the files of a package depend on: the package itself without our output, all code
// that it imports, with our output, since it may use the wrappers there, and all that its
// directives mention. Packages with wrong annotations, and those with named policies, which are
// checked against each other, are analyzed in each run.

import (
	"os"

	"github.com/resilgen/resilgen/generator/internal/memory"
	"github.com/resilgen/resilgen/generator/internal/parallel"
	"github.com/resilgen/resilgen/templates"
)

// A packageRecord is what is kept of a package: what stands on disk for it, and what became of its
// methods.
type packageRecord struct {
	Outputs    []outputRecord
	Interfaces []Interface
}

// An outputRecord is a file as it should be.
type outputRecord struct {
	Path string
	Sum  memory.Key // of its content
}

// A recollection is what is known of packages that need not be analyzed.
type recollection struct {
	files      []File
	interfaces []Interface
}

// paths returns the paths of the files.
func (known recollection) paths() (paths []string) {
	for _, f := range known.files {
		paths = append(paths, f.Path)
	}
	return paths
}

// recall takes from the memory what it has of the packages, and returns those that are still to be
// analyzed.
func recall(r *run, packages []*listedPackage) (known recollection, open []*listedPackage) {
	if r.memory == nil {
		return known, packages
	}
	records, files := make([]*packageRecord, len(packages)), make([][]File, len(packages))
	_ = parallel.Do(len(packages), func(i int) error {
		records[i], files[i] = recallPackage(r, packages[i])
		return nil
	})
	needed := map[*listedPackage]bool{} // by external tests
	for i, record := range records {
		if record == nil {
			needed[packages[i].underTest] = true
		}
	}
	for i, record := range records {
		if record == nil || needed[packages[i]] {
			open = append(open, packages[i])
			continue
		}
		known.files = append(known.files, files[i]...)
		known.interfaces = append(known.interfaces, record.Interfaces...)
	}
	return known, open
}

// recallPackage returns what is kept of a package, and its files; nil if there is nothing that
// still holds.
func recallPackage(r *run, p *listedPackage) (*packageRecord, []File) {
	var mentioned []string
	if key, ok := mentionsKey(r.memory, p); ok {
		r.memory.Recall(key, &mentioned) // there is nothing where nothing is mentioned
	}
	record := new(packageRecord)
	if c, ok := closureOf(r.memory, p, mentioned); !ok || !r.memory.Recall(packageKey(r.memory, p, c), record) {
		return nil, nil
	}
	var files []File
	for _, o := range record.Outputs {
		content, err := os.ReadFile(o.Path)
		if err != nil || memory.Sum(content) != o.Sum {
			return nil, nil // it is not in place
		}
		files = append(files, File{o.Path, content})
	}
	return record, files
}

// mentionsKey returns the key of the packages that a package's directives mention; it may import
// none of them.
func mentionsKey(m *memory.Memory, p *listedPackage) (memory.Key, bool) {
	content, ok := m.Content(p.dir())
	return m.Key("mentions", p.identity, content), ok
}

// closureOf returns all local code that a package depends on, what its directives mention included;
// false if not all of it is known.
func closureOf(m *memory.Memory, p *listedPackage, mentioned []string) (memory.Closure, bool) {
	files := p.paths()
	if p.underTest != nil {
		files = append(files, p.underTest.paths()...)
	}
	return m.Closure(p.dir(), files, append(mentioned, templates.RuntimePath))
}

// packageKey returns the key of what is kept of a package.
func packageKey(m *memory.Memory, p *listedPackage, c memory.Closure) memory.Key {
	return m.Key("unit", p.identity, c.Sum)
}
