package generator

// This file finds the named policies that a run can come across: those of its own packages, and
// those of other packages of the module, of other modules, in the module cache, replaced, in the
// workspace or vendored. The go command says where they are. Only packages that a use may mean are
// looked at, and of these only files with directives.

import (
	"context"
	"go/token"
	"maps"

	"golang.org/x/tools/go/packages"
)

// A shelf holds what declares named policies.
type shelf struct {
	own      []*markedPackage // what the run is for
	borrowed []*borrowedPackage
	byPath   map[string]*markedPackage // all of them
	needed   map[*namedPolicy]bool     // by the run, or by what the run needs
}

// A borrowedPackage is a package that is read for its policies alone.
type borrowedPackage struct {
	*markedPackage
	isMain bool         // the user's own, of the main module or of another one of the workspace
	found  []Diagnostic // what is wrong with its directives, policies that nobody uses included
}

// A lender returns those of some packages, given by import paths, that have directives.
type lender func(paths []string) ([]*borrowedPackage, error)

// fillShelf finds every policy that the run's own packages use, directly or not. Packages whose
// import paths are known are not borrowed: they are own ones, or hold no directives.
func fillShelf(own []*markedPackage, known map[string]bool, lend lender) (*shelf, error) {
	s := &shelf{own: own, byPath: map[string]*markedPackage{}, needed: map[*namedPolicy]bool{}}
	var pending []reference
	for _, pkg := range own {
		s.byPath[pkg.path] = pkg
		for _, p := range pkg.policies {
			pending = append(pending, p.usedPolicies()...)
		}
		for _, a := range pkg.annotations {
			pending = append(pending, a.usedPolicies()...)
		}
	}
	known = maps.Clone(known)
	for len(pending) > 0 {
		if err := s.borrow(pending, known, lend); err != nil {
			return nil, err
		}
		pending = s.need(pending)
	}
	return s, nil
}

// need notes which policies the uses may mean, and returns the uses that stand in those policies
// that are new.
func (s *shelf) need(uses []reference) (further []reference) {
	for _, r := range uses {
		for _, p := range s.mayMean(r) {
			if !s.needed[p] {
				s.needed[p] = true
				further = append(further, p.usedPolicies()...)
			}
		}
	}
	return further
}

// mayMean returns the policies that a use may mean. Which one it does mean, the types will tell.
func (s *shelf) mayMean(r reference) (list []*namedPolicy) {
	_, _, name := r.split()
	for _, path := range r.candidatePackages() {
		if p := s.policy(path, name); p != nil {
			list = append(list, p)
		}
	}
	return list
}

// policy returns the policy of a package and name; nil if there is none.
func (s *shelf) policy(path, name string) *namedPolicy {
	if pkg := s.byPath[path]; pkg != nil {
		for _, p := range pkg.policies {
			if p.name() == name {
				return p
			}
		}
	}
	return nil
}

// borrow borrows the packages that uses may mean, unless they are known.
func (s *shelf) borrow(uses []reference, known map[string]bool, lend lender) error {
	var paths []string
	for _, use := range uses {
		for _, path := range use.candidatePackages() {
			if path != "" && !known[path] {
				known[path] = true
				paths = append(paths, path)
			}
		}
	}
	if len(paths) == 0 {
		return nil
	}
	borrowed, err := lend(paths)
	for _, b := range borrowed {
		s.byPath[b.path], known[b.path] = b.markedPackage, true
	}
	s.borrowed = append(s.borrowed, borrowed...)
	return err
}

// newLender returns what reads packages wherever the go command finds them.
func newLender(ctx context.Context, r *run, fset *token.FileSet) lender {
	return func(paths []string) (all []*borrowedPackage, err error) {
		listed, err := listExactly(ctx, r, packages.NeedName|packages.NeedFiles|packages.NeedModule, paths)
		if err != nil {
			return nil, err
		}
		for _, p := range listed {
			b, err := readBorrowed(r, fset, p)
			if err != nil {
				return nil, err
			}
			if b != nil {
				all = append(all, b)
			}
		}
		return all, nil
	}
}

// readBorrowed reads the directives of a package; it returns nil for a package without any.
func readBorrowed(r *run, fset *token.FileSet, p *packages.Package) (*borrowedPackage, error) {
	var files []listedFile
	for _, path := range p.GoFiles {
		src, err := r.read(path)
		if err != nil {
			return nil, err
		}
		if s := scanBytes(src); s.marked && !s.output {
			files = append(files, listedFile{path, true})
		}
	}
	if len(files) == 0 {
		return nil, nil
	}
	parsed, err := parseAll(r, fset, []*listedPackage{{path: p.PkgPath, files: files}})
	if err != nil {
		return nil, err
	}
	found := findings{fset: fset}
	marked := find(parsed[0], &found)
	return &borrowedPackage{marked, p.Module != nil && p.Module.Main, found.list}, nil
}

// references returns the names that policies mention, for which packages have to be loaded: those
// of the run's own policies, and of the borrowed ones that are needed.
func (s *shelf) references() (all []reference) {
	for _, pkg := range s.own {
		for _, p := range pkg.policies {
			all = append(all, p.references(p.own)...)
		}
	}
	for _, pkg := range s.borrowed {
		for _, p := range pkg.policies {
			if s.needed[p] {
				all = append(all, p.references(p.own)...)
			}
		}
	}
	return all
}
