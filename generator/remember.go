package generator

// This file spares a run what earlier ones found out: the go command's answers, and the files of packages of which nothing has changed that had a
// say. What a package's files depend on is all code that it imports, and all that its directives mention. Our own output is code too: others may use
// the wrappers. Wrong annotations are found anew each time, and so are named policies, which are checked against each other.

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
		req.memory = memory.Open(ctx, req.Memory, req.Dir, buildFlags(req))
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
			Files: p.GoFiles, Ignored: p.IgnoredFiles}
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

// recall takes from the memory what it has of the units, and leaves the others to be analyzed.
func (a *analysis) recall() {
	if a.req.memory == nil {
		return
	}
	units := a.tree.units
	found, files := make([]*remembered, len(units)), make([][]File, len(units))
	_ = parallel(len(units), func(i int) error {
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

// recallUnit returns what is kept of a unit, and its files; nil if there is nothing that still holds.
func (req Request) recallUnit(u *unit) (*remembered, []File) {
	var mentioned []string
	if key, ok := req.mentionsKey(u); !ok || !req.memory.Recall(key, &mentioned) {
		return nil, nil
	}
	r := new(remembered)
	if key, ok := req.unitKey(u, mentioned); !ok || !req.memory.Recall(key, r) {
		return nil, nil
	}
	var files []File
	for _, o := range r.Outputs {
		content, err := os.ReadFile(o.Path)
		if err != nil || memory.Sum(content) != o.Sum {
			return nil, nil // somebody has just changed it
		}
		files = append(files, File{o.Path, content})
	}
	return r, files
}

// mentionsKey is the key of the packages that a unit's directives mention, which may be none that it imports.
func (req Request) mentionsKey(u *unit) (memory.Key, bool) {
	content, ok := req.memory.Content(u.dir())
	return req.memory.Key("mentions", u.identity, content), ok
}

// unitKey is the key of what is kept of a unit.
func (req Request) unitKey(u *unit, mentioned []string) (memory.Key, bool) {
	all, ok := req.memory.Closure([]string{u.dir()}, mentioned)
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
			if k.outputs[outputPath(i.Pos.Filename)] {
				k.Interfaces = append(k.Interfaces, i)
			}
		}
		all = append(all, k)
	}
	return all
}

// keep keeps it, with the files, if all of these stand on disk already. If they do not, what was found out may depend on what else
// the run was for: others who use wrappers that have not been written yet were told what these will be.
func (all keeping) keep(req Request, files []File) {
	for _, f := range files {
		if !req.memory.Holds(f.Path, memory.Sum(f.Content)) {
			return
		}
	}
	for _, k := range all {
		for _, f := range files {
			if k.outputs[f.Path] {
				k.Outputs = append(k.Outputs, output{f.Path, memory.Sum(f.Content)})
			}
		}
		req.memory.Keep(k.mentionsKey, k.mentioned)
		req.memory.Keep(k.key, k.remembered)
	}
}

// mentions returns the packages that the directives of a unit mention, and those that the policies do which they use.
func (a *analysis) mentions(u *unit) []string {
	paths := map[string]bool{runtimePath: true}
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
