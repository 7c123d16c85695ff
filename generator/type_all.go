package generator

// This file gives all packages of a run their types, with one question to the go command.

import (
	"context"
	"go/token"
	"maps"
	"slices"
	"strconv"
)

// typeAll gives types to packages, and to those of the shelf that are read for their policies
// alone.
func typeAll(ctx context.Context, r *run, prefetched *prefetch, fset *token.FileSet, packages []*markedPackage, s *shelf) (map[*parsedPackage]*typedPackage, error) {
	var annotations []*annotation
	var parsed []*parsedPackage
	for _, pkg := range packages {
		annotations, parsed = append(annotations, pkg.annotations...), append(parsed, pkg.parsedPackage)
	}
	imported, err := loadImports(ctx, r, prefetched, fset, importsOf(packages, s), annotations)
	if err != nil {
		return nil, err
	}
	typed := checkTypes(r, fset, parsed, imported, newStandIns(annotations))
	for _, pkg := range s.borrowed {
		typed[pkg.parsedPackage] = importedPackage(pkg.parsedPackage, imported)
	}
	return typed, nil
}

// importsOf returns the packages whose types are needed, sorted: what the packages import, and what
// their directives and the policies on the shelf mention.
func importsOf(packages []*markedPackage, s *shelf) []string {
	paths := map[string]bool{}
	references := s.references()
	for _, pkg := range packages {
		for _, f := range pkg.files {
			for _, spec := range f.syntax.Imports {
				if path, err := strconv.Unquote(spec.Path.Value); err == nil && path != "C" {
					paths[path] = true
				}
			}
		}
		for _, a := range pkg.annotations {
			references = append(references, a.references()...)
		}
	}
	for _, r := range references {
		for _, path := range append(r.importedPackages(), r.importPath()) {
			paths[path] = true
		}
	}
	for _, pkg := range s.borrowed {
		paths[pkg.path] = true
	}
	delete(paths, "")
	return slices.Sorted(maps.Keys(paths))
}
