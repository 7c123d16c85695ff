package generator

// This file spares a run what earlier ones found out: the go command's answers, and the files of packages of which nothing has changed that had a
// say. What a package's files depend on is all code that it imports, and all that its directives mention. Our own output never has a say, so
// a run finds again what the one before it wrote. Wrong annotations are found anew each time, and so are named policies, which are checked
// against each other.

import (
	"context"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"golang.org/x/tools/go/packages"

	"github.com/resilgen/resilgen/generator/internal/memory"
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

// keepListing keeps what the go command answered, unless it had complaints: those are for the user, each time.
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

// withoutOutputs leaves out what stands there today and may be gone tomorrow, unless it makes a package by itself.
func (req Request) withoutOutputs(paths []string) []string {
	return slices.DeleteFunc(slices.Clone(paths), func(path string) bool {
		return slices.Contains(req.memory.Outputs(filepath.Dir(path)), path)
	})
}

// A remembered is what is kept of a unit: what stands on disk for it, and what became of its methods.
type remembered struct {
	Outputs    []output
	Interfaces []Interface
}

// An output is a file as it should be.
type output struct {
	Path string
	Sum  memory.Key // of its content
}

// recall takes from the memory what it has of the units, and leaves the others to be analyzed: those that have changed, and those whose output is
// not in place. So whoever imports a unit that is not analyzed finds its wrappers.
func (a *analysis) recall() error {
	if a.req.memory == nil {
		return nil
	}
	units := a.tree.units
	found, files := make([]*remembered, len(units)), make([][]File, len(units))
	err := parallel(len(units), func(i int) (err error) {
		if found[i] = a.req.recallUnit(units[i]); found[i] != nil {
			files[i], err = found[i].read()
		}
		return err
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
	return err
}

// recallUnit returns what is kept of a unit; nil if there is nothing that still holds.
func (req Request) recallUnit(u *unit) *remembered {
	var mentioned []string
	if key, ok := req.mentionsKey(u); ok {
		req.memory.Recall(key, &mentioned) // there is nothing where nothing is mentioned
	}
	r := new(remembered)
	if key, ok := req.unitKey(u, mentioned); !ok || !req.memory.Recall(key, r) {
		return nil
	}
	for _, o := range r.Outputs {
		if !req.memory.Holds(o.Path, o.Sum) {
			return nil
		}
	}
	return r
}

// read reads the outputs.
func (r *remembered) read() (files []File, err error) {
	for _, o := range r.Outputs {
		content, err := os.ReadFile(o.Path)
		if err != nil {
			return nil, err
		}
		files = append(files, File{o.Path, content})
	}
	return files, nil
}

// mentionsKey is the key of the packages that a unit's directives mention, which may be none that it imports.
func (req Request) mentionsKey(u *unit) (memory.Key, bool) {
	content, ok := req.memory.Content(u.dir())
	return req.memory.Key("mentions", u.identity, content), ok
}

// unitKey is the key of what is kept of a unit.
func (req Request) unitKey(u *unit, mentioned []string) (memory.Key, bool) {
	all, ok := req.memory.Closure([]string{u.dir()}, append(mentioned, runtimePath))
	return req.memory.Key("unit", u.identity, all), ok
}

// dir returns the directory of the unit.
func (u *unit) dir() string { return filepath.Dir(u.files[0].path) }

// A keeping is what is to be kept of the units that were analyzed, by their keys; the outputs are still to be printed.
type keeping []*keptUnit

type keptUnit struct {
	remembered
	mentionsKey, key memory.Key
	mentioned        []string
	outputs          map[string]bool // paths
}

// keeping finds out what is to be kept. Named policies are looked at in each run: they are checked against each other.
func (a *analysis) keeping() (all keeping) {
	if a.req.memory == nil {
		return nil
	}
	for _, u := range a.tree.units {
		k := &keptUnit{mentioned: a.mentions(u), outputs: map[string]bool{}}
		var ok, isWhole bool
		k.mentionsKey, ok = a.req.mentionsKey(u)
		k.key, isWhole = a.req.unitKey(u, k.mentioned)
		if !ok || !isWhole || len(u.policies) > 0 {
			continue
		}
		for _, f := range u.files {
			k.outputs[outputPath(f.path)] = true
		}
		for _, i := range a.result.Interfaces {
			if i.Package == u.path {
				k.Interfaces = append(k.Interfaces, i)
			}
		}
		all = append(all, k)
	}
	return all
}

// keep keeps it, with the files.
func (all keeping) keep(req Request, files []File) {
	for _, k := range all {
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

// mentions returns the packages that the directives of a unit mention, and those that the policies do which they use.
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
			paths[path] = true
		}
	}
	delete(paths, "")
	return slices.Sorted(maps.Keys(paths))
}
