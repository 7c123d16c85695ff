package generator

// This file spares a run what earlier ones found out: the go command's answers, and the files of
// packages of which nothing has changed that had a say. What a package's files depend on is all
// code that it imports, and all that its directives mention. Our output is left out in its own
// package alone: others may use the wrappers. Wrong annotations are found anew each time, and so
// are named policies, which are checked against each other.

import (
	"context"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"golang.org/x/tools/go/packages"

	"github.com/resilgen/resilgen/generator/internal/memory"
	"github.com/resilgen/resilgen/generator/internal/parallel"
)

// remembering returns the request with the memory that it asks for, if there can be one.
func (req Request) remembering(ctx context.Context) Request {
	if req.Memory != "" && len(req.Overlay) == 0 {
		look := func(src []byte) memory.Look {
			s := scanBytes(src)
			return memory.Look{IsOutput: s.output, IsMarked: s.marked}
		}
		req.memory = memory.Open(ctx, req.Memory, req.Dir, buildFlags(req), look)
	}
	return req
}

// A listed is what is kept of a package that the go command listed.
type listed struct {
	Path, Name, ForTest string
	Dir                 string
	Files, Ignored      []string
	ExportFile          string
	GoVersion           string // of its module
	IsMain              bool   // its module is the user's own
}

// keepListing keeps what the go command answered, unless it had complaints: those are for the user,
// each time.
func (req Request) keepListing(key memory.Key, packages []*packages.Package) {
	var all []listed
	for _, p := range packages {
		if len(p.Errors) > 0 {
			return
		}
		l := listed{Path: p.PkgPath, Name: p.Name, ForTest: p.ForTest, Dir: p.Dir, ExportFile: p.ExportFile,
			Files: req.withoutOutputs(p.GoFiles), Ignored: req.withoutOutputs(p.IgnoredFiles)}
		if p.Module != nil {
			l.GoVersion, l.IsMain = p.Module.GoVersion, p.Module.Main
		}
		all = append(all, l)
	}
	req.memory.Keep(key, all)
}

// withoutOutputs leaves out what stands there today, may be gone tomorrow, and makes no difference.
func (req Request) withoutOutputs(paths []string) []string {
	return slices.DeleteFunc(slices.Clone(paths), func(path string) bool {
		return slices.Contains(req.memory.SilentOutputs(filepath.Dir(path)), path)
	})
}

// recallListing returns what the go command has answered before.
func (req Request) recallListing(key memory.Key) (all []*packages.Package, ok bool) {
	var kept []listed
	if !req.memory.Recall(key, &kept) {
		return nil, false
	}
	for _, l := range kept {
		all = append(all, &packages.Package{
			PkgPath: l.Path, Name: l.Name, ForTest: l.ForTest, Dir: l.Dir, GoFiles: l.Files, IgnoredFiles: l.Ignored, ExportFile: l.ExportFile,
			Module: &packages.Module{GoVersion: l.GoVersion, Main: l.IsMain},
		})
	}
	return all, true
}

// A remembered is what is kept of a unit: what stands on disk for it, and what became of its
// methods.
type remembered struct {
	Outputs    []output
	Interfaces []Interface
}

// An output is a file as it should be.
type output struct {
	Path string
	Sum  memory.Key // of its content
}

// recall takes from the memory what it has of the units, and leaves the others to be analyzed.
func (a *analysis) recall() {
	if a.req.memory == nil {
		return
	}
	units := a.tree.units
	found, files := make([]*remembered, len(units)), make([][]File, len(units))
	_ = parallel.Do(len(units), func(i int) error {
		found[i], files[i] = a.req.recallUnit(units[i])
		return nil
	})
	needed := map[*unit]bool{} // by external tests
	for i, r := range found {
		if r == nil {
			needed[units[i].underTest] = true
		}
	}
	a.tree.units = nil
	for i, r := range found {
		if r == nil || needed[units[i]] {
			a.tree.units = append(a.tree.units, units[i])
			continue
		}
		a.tree.recalled = append(a.tree.recalled, units[i])
		a.recalled = append(a.recalled, files[i]...)
		a.result.Interfaces = append(a.result.Interfaces, r.Interfaces...)
	}
}

// recallUnit returns what is kept of a unit, and its files; nil if there is nothing that still
// holds.
func (req Request) recallUnit(u *unit) (*remembered, []File) {
	var mentioned []string
	if key, ok := req.mentionsKey(u); ok {
		req.memory.Recall(key, &mentioned) // there is nothing where nothing is mentioned
	}
	r := new(remembered)
	if c, ok := req.closure(u, mentioned); !ok || !req.memory.Recall(req.unitKey(u, c), r) {
		return nil, nil
	}
	var files []File
	for _, o := range r.Outputs {
		content, err := os.ReadFile(o.Path)
		if err != nil || memory.Sum(content) != o.Sum {
			return nil, nil // it is not in place
		}
		files = append(files, File{o.Path, content})
	}
	return r, files
}

// mentionsKey is the key of the packages that a unit's directives mention, which may be none that
// it imports.
func (req Request) mentionsKey(u *unit) (memory.Key, bool) {
	content, ok := req.memory.Content(u.dir())
	return req.memory.Key("mentions", u.identity, content), ok
}

// closure returns all that a unit depends on.
func (req Request) closure(u *unit, mentioned []string) (memory.Closure, bool) {
	var files []string
	for _, f := range u.files {
		files = append(files, f.path)
	}
	if u.underTest != nil {
		for _, f := range u.underTest.files {
			files = append(files, f.path)
		}
	}
	return req.memory.Closure(u.dir(), files, append(mentioned, runtimePath))
}

// unitKey is the key of what is kept of a unit.
func (req Request) unitKey(u *unit, c memory.Closure) memory.Key {
	return req.memory.Key("unit", u.identity, c.Sum)
}

// dir returns the directory of the unit.
func (u *unit) dir() string { return filepath.Dir(u.files[0].path) }

// A keeping is what is to be kept of the units that were analyzed, by their keys; the outputs are
// still to be printed.
type keeping []*keptUnit

type keptUnit struct {
	remembered
	mentionsKey, key memory.Key
	mentioned        []string
	closure          memory.Closure
	outputs          map[string]bool // paths
}

// keeping finds out what is to be kept. Named policies are looked at in each run: they are checked
// against each other.
func (a *analysis) keeping() (all keeping) {
	if a.req.memory == nil {
		return nil
	}
	for _, u := range a.tree.units {
		k := &keptUnit{mentioned: a.mentions(u), outputs: map[string]bool{}}
		var ok, isWhole bool
		k.mentionsKey, ok = a.req.mentionsKey(u)
		k.closure, isWhole = a.req.closure(u, k.mentioned)
		if !ok || !isWhole || len(u.policies) > 0 {
			continue
		}
		k.key = a.req.unitKey(u, k.closure)
		for _, f := range u.files {
			k.outputs[outputPath(f.path)] = true
		}
		for _, i := range a.result.Interfaces {
			if k.outputs[outputPath(i.Pos.Filename)] {
				k.Interfaces = append(k.Interfaces, i)
			}
		}
		all = append(all, k)
	}
	return all
}

// keep keeps it, with the files. What was found out of those who import what this run is for is not
// kept before the wrappers stand there: it may depend on what these will be.
func (all keeping) keep(req Request, files []File) {
	pending := slices.DeleteFunc(slices.Clone(files), func(f File) bool { return req.memory.Holds(f.Path, memory.Sum(f.Content)) })
	for _, k := range all {
		if slices.ContainsFunc(pending, func(f File) bool { return k.closure.Imports(filepath.Dir(f.Path)) }) {
			continue
		}
		for _, f := range files {
			if k.outputs[f.Path] {
				k.Outputs = append(k.Outputs, output{f.Path, memory.Sum(f.Content)})
			}
		}
		if len(k.mentioned) > 0 {
			req.memory.Keep(k.mentionsKey, k.mentioned)
		}
		req.memory.Keep(k.key, k.remembered)
	}
}

// mentions returns the packages that the directives of a unit mention, and those that the policies
// do which they use.
func (a *analysis) mentions(u *unit) []string {
	paths := map[string]bool{}
	var mentioned []reference
	for _, annotation := range a.annotations {
		if annotation.unit == u {
			mentioned = append(mentioned, annotation.references()...)
		}
	}
	if slices.ContainsFunc(mentioned, func(r reference) bool { return r.key == "use" }) {
		mentioned = append(mentioned, a.shelf.references()...)
	}
	for _, r := range mentioned {
		for _, path := range r.candidatePackages() {
			if path != u.path || path == r.importPath() { // what it says of itself, it says without its output
				paths[path] = true
			}
		}
	}
	delete(paths, "")
	return slices.Sorted(maps.Keys(paths))
}
