package generator

// This file reads named policies of other packages: those of the module, of other modules, in the
// module cache, replaced, in the workspace or vendored. The go command says where they are. Only
// packages that a use may mean are looked at, and of these only files with directives.

import (
	"context"
	"go/token"
	"slices"
	"sync"

	"golang.org/x/tools/go/packages"
)

// A shelf holds what may declare named policies.
type shelf struct {
	own      []*unit           // what the run is for
	found    *findings         // of the run
	units    map[string]*unit  // by import path; nil for a package without directives
	names    map[string]string // of the packages that were looked at, by import path
	borrowed []*unit
	mutex    sync.Mutex // guards what is found out about policies while annotations are planned
}

// A borrowed is about a unit that is read for its policies alone.
type borrowed struct {
	isMain bool     // the user's own, of the main module or of another one of the workspace
	found  findings // what is wrong with it, policies that nobody uses included
}

// borrow finds every policy that the annotations use, directly or not.
func borrow(ctx context.Context, req Request, fset *token.FileSet, t *tree, annotations []*annotation) (*shelf, error) {
	s := &shelf{own: t.units, units: map[string]*unit{}, names: t.names}
	var pending []reference
	for _, u := range t.units {
		s.units[u.path] = u
		for _, p := range u.policies {
			pending = append(pending, p.uses()...)
		}
	}
	for _, a := range annotations {
		for _, r := range a.references() {
			if r.key == "use" {
				pending = append(pending, r)
			}
		}
	}
	for len(pending) > 0 {
		if err := s.read(ctx, req, fset, pending); err != nil {
			return nil, err
		}
		var next []reference
		for _, r := range pending {
			for _, p := range s.mayMean(r) {
				if !p.needed {
					p.needed = true
					next = append(next, p.uses()...)
				}
			}
		}
		pending = next
	}
	return s, nil
}

// candidatePackages returns the packages that may declare what a use names.
func (r reference) candidatePackages() []string {
	if _, qualifier, _ := r.split(); qualifier == "" {
		return append(r.packages(), r.home.unit.path)
	}
	return append(r.packages(), r.importPath())
}

// mayMean returns the policies that a use may mean: which one, the types will tell.
func (s *shelf) mayMean(r reference) (list []*policy) {
	_, _, name := r.split()
	for _, path := range r.candidatePackages() {
		if p := s.policy(path, name); p != nil {
			list = append(list, p)
		}
	}
	return list
}

// policy returns the policy of a package and name; nil if there is none.
func (s *shelf) policy(path, name string) *policy {
	if u := s.units[path]; u != nil {
		for _, p := range u.policies {
			if p.name() == name {
				return p
			}
		}
	}
	return nil
}

// read reads the packages that uses may mean, unless they are known.
func (s *shelf) read(ctx context.Context, req Request, fset *token.FileSet, uses []reference) error {
	var paths []string
	for _, r := range uses {
		for _, path := range r.candidatePackages() {
			if _, known := s.names[path]; !known && path != "" {
				s.names[path] = ""
				paths = append(paths, path)
			}
		}
	}
	if len(paths) == 0 {
		return nil
	}
	listed, err := packages.Load(&packages.Config{
		Context: ctx, Dir: req.Dir, BuildFlags: buildFlags(req), Overlay: req.Overlay,
		Mode: packages.NeedName | packages.NeedFiles | packages.NeedModule,
	}, paths...)
	if err != nil {
		return plain(err)
	}
	for _, p := range listed {
		if err := s.add(req, fset, p); err != nil {
			return err
		}
	}
	return nil
}

// add puts a package on the shelf, if it has directives.
func (s *shelf) add(req Request, fset *token.FileSet, p *packages.Package) error {
	s.names[p.PkgPath] = p.Name
	u := &unit{path: p.PkgPath, borrowed: &borrowed{isMain: p.Module != nil && p.Module.Main, found: findings{fset: fset}}}
	for _, path := range p.GoFiles {
		src, err := req.read(path)
		if err != nil {
			return err
		}
		if scan := scanBytes(src); scan.marked && !scan.output {
			u.files = append(u.files, &file{path: path, marked: true})
		}
	}
	if len(u.files) == 0 {
		return nil
	}
	if err := parse(req, fset, []*unit{u}); err != nil {
		return err
	}
	find(u, &u.borrowed.found)
	s.units[u.path], s.borrowed = u, append(s.borrowed, u)
	return nil
}

// findingsOf returns where to report what is wrong with a policy.
func (s *shelf) findingsOf(p *policy) *findings {
	if p.unit.borrowed != nil {
		return &p.unit.borrowed.found
	}
	return s.found
}

// references returns the names in policies, for which packages have to be loaded.
func (s *shelf) references() (all []reference) {
	for _, u := range slices.Concat(s.own, s.borrowed) {
		for _, p := range u.policies {
			if p.needed || u.borrowed == nil {
				all = append(all, p.references(p.own)...)
			}
		}
	}
	return all
}

// settle gives borrowed packages their types.
func (s *shelf) settle(found imports) {
	for _, u := range s.borrowed {
		u.importer = importer{imports: found}
		u.types, _ = found.Import(u.path)
	}
}
