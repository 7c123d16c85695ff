package generator

// This file keeps what a run found out for later ones.

import (
	"maps"
	"path/filepath"
	"slices"

	"github.com/resilgen/resilgen/generator/internal/memory"
)

// A keptPackage is what is to be kept of one package that was analyzed, and under which keys. What
// is generated for it is still to be printed.
type keptPackage struct {
	mentionsKey, key memory.Key
	mentioned        []string
	closure          memory.Closure
	outputs          []string // paths of what may be generated for it
	interfaces       []Interface
}

// whatToKeep finds out what is to be kept of packages. Those with named policies are left out:
// these are checked against each other in each run.
func whatToKeep(r *run, packages []*markedPackage, s *shelf, interfaces []Interface) (all []keptPackage) {
	if r.memory == nil {
		return nil
	}
	byFile := map[string][]Interface{}
	for _, i := range interfaces {
		byFile[i.Pos.Filename] = append(byFile[i.Pos.Filename], i)
	}
	for _, p := range packages {
		mentioned := mentions(p, s)
		key, ok := mentionsKey(r.memory, p.listedPackage)
		closure, isWhole := closureOf(r.memory, p.listedPackage, mentioned)
		if !ok || !isWhole || len(p.policies) > 0 {
			continue
		}
		var outputs []string
		var own []Interface
		for _, f := range p.files {
			outputs, own = append(outputs, outputPath(f.path)), append(own, byFile[f.path]...)
		}
		all = append(all, keptPackage{
			mentionsKey: key, key: packageKey(r.memory, p.listedPackage, closure), mentioned: mentioned, closure: closure,
			outputs: outputs, interfaces: own,
		})
	}
	return all
}

// keepPackages keeps packages with what is generated for them. Of a package that imports another
// one for which this run generates, nothing is kept before those files stand there: what was found
// out of it may depend on what they will be.
func keepPackages(m *memory.Memory, all []keptPackage, files []File) {
	sums := map[string]memory.Key{}
	for _, f := range files {
		sums[f.Path] = memory.Sum(f.Content)
	}
	isInPlace := func(f File) bool { return m.Holds(f.Path, sums[f.Path]) }
	pending := slices.DeleteFunc(slices.Clone(files), isInPlace)
	for _, k := range all {
		if slices.ContainsFunc(pending, func(f File) bool { return k.closure.Imports(filepath.Dir(f.Path)) }) {
			continue
		}
		var outputs []outputRecord
		for _, path := range k.outputs {
			if sum, ok := sums[path]; ok {
				outputs = append(outputs, outputRecord{path, sum})
			}
		}
		if len(k.mentioned) > 0 {
			m.Keep(k.mentionsKey, k.mentioned)
		}
		m.Keep(k.key, packageRecord{outputs, k.interfaces})
	}
}

// mentions returns the packages that the directives of a package mention, and those that the
// policies which it uses mention.
func mentions(p *markedPackage, s *shelf) []string {
	var mentioned []reference
	usesPolicies := false
	for _, a := range p.annotations {
		mentioned = append(mentioned, a.references()...)
		usesPolicies = usesPolicies || len(a.usedPolicies()) > 0
	}
	if usesPolicies {
		mentioned = append(mentioned, s.references()...)
	}
	paths := map[string]bool{}
	for _, r := range mentioned {
		for _, path := range r.candidatePackages() {
			if path != p.path || path == r.importPath() { // what it says of itself, it says without its output
				paths[path] = true
			}
		}
	}
	delete(paths, "")
	return slices.Sorted(maps.Keys(paths))
}
