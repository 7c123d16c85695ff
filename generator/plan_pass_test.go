package generator

// This file holds that everything from a parsed package on takes syntax and types as they come:
// from an analysis pass, where there is no go command, as well as from a run.

import (
	"go/types"
	"os"
	"reflect"
	"testing"

	"golang.org/x/tools/go/packages"
)

// What is found out from the types of a whole program is what a run finds out by itself.
func TestTypesFromElsewhere(t *testing.T) {
	const dir = "../testdata/golden"
	want, err := Explain(t.Context(), Request{Dir: dir, Patterns: []string{"./policies/..."}})
	if err != nil || len(want.Diagnostics) > 0 || len(want.Interfaces) == 0 {
		t.Fatal(err, want)
	}
	listed, err := packages.Load(&packages.Config{Dir: dir, Mode: packages.NeedName | packages.NeedCompiledGoFiles | packages.NeedSyntax |
		packages.NeedTypes | packages.NeedTypesInfo | packages.NeedImports}, "./policies/...")
	if err != nil {
		t.Fatal(err)
	}
	got := planFromElsewhere(t, listed)
	if !reflect.DeepEqual(got, want.Interfaces) {
		t.Errorf("got  %+v\nwant %+v", got, want.Interfaces)
	}
}

// planFromElsewhere plans packages that somebody else has parsed and type-checked, and returns what
// becomes of their interfaces.
func planFromElsewhere(t *testing.T, listed []*packages.Package) (all []Interface) {
	found := &findings{fset: listed[0].Fset}
	typed, imported := map[*parsedPackage]*typedPackage{}, newImports()
	var marked []*markedPackage
	for _, p := range listed {
		imported.types[p.PkgPath] = p.Types
		for _, i := range p.Types.Imports() {
			imported.types[i.Path()] = i
		}
	}
	for _, p := range listed {
		scopes := map[*sourceFile]*types.Scope{}
		var files []*sourceFile
		for i, path := range p.CompiledGoFiles {
			src, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if s := scanBytes(src); !s.output {
				f := &sourceFile{path: path, marked: s.marked, syntax: p.Syntax[i]}
				files, scopes[f] = append(files, f), p.TypesInfo.Scopes[p.Syntax[i]]
			}
		}
		parsed := newParsedPackage(&listedPackage{path: p.PkgPath}, files, nil)
		typed[parsed] = &typedPackage{parsed, importer{imports: imported}, p.Types, p.TypesInfo, nil, scopes}
		marked = append(marked, find(parsed, found))
	}
	shelf, err := fillShelf(marked, map[string]bool{}, func([]string) ([]*borrowedPackage, error) { return nil, nil })
	if err != nil {
		t.Fatal(err)
	}
	c := newCatalogue(shelf, typed, found)
	for _, m := range marked {
		p := &planner{markedPackage: m, typed: typed[m.parsedPackage], catalogue: c, found: findings{fset: found.fset}}
		p.plan()
		found.addAll(p.found.list)
		all = append(all, p.interfaces...)
	}
	if len(found.list) > 0 {
		t.Error(found.list)
	}
	sortByPlace(all)
	return all
}
