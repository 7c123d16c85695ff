package generator

// This file type-checks imported packages from source where the build cache has no export data of
// them: their declarations, and those of what they import in turn, without function bodies and
// without running cgo. Type errors in them are theirs, not ours.

import (
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"slices"

	"golang.org/x/tools/go/packages"
)

// A sourcePackage is an imported package on its way from source to types.
type sourcePackage struct {
	*packages.Package
	imports map[string]*sourcePackage // by import path as written
	cgo     *types.Package            // what it takes for package C
	types   *types.Package            // nil for none: the package does not exist
	done    chan struct{}             // closed when types are settled
}

// checkSource returns the types of packages that are listed with all that they import.
func checkSource(r *run, fset *token.FileSet, listed []*packages.Package, wrappers standIns) imports {
	sources := sourcesOf(listed)
	readCached(fset, sources, wrappers)
	_ = r.parallel("checking what packages import", len(sources), func(i int) error { sources[i].check(fset, wrappers); return nil })
	imported := newImports()
	for _, s := range sources {
		switch {
		case !slices.Contains(listed, s.Package):
		case s.types == nil:
			imported.noteError(s.Package)
		default:
			imported.types[s.PkgPath] = s.types
		}
	}
	return imported
}

// sourcesOf returns the packages and all that they import, each behind what it imports.
func sourcesOf(listed []*packages.Package) (all []*sourcePackage) {
	known := map[*packages.Package]*sourcePackage{}
	packages.Visit(listed, nil, func(p *packages.Package) {
		s := &sourcePackage{Package: p, imports: map[string]*sourcePackage{}, done: make(chan struct{})}
		for path, imported := range p.Imports {
			s.imports[path] = known[imported]
		}
		if p.PkgPath == "unsafe" {
			s.types = types.Unsafe
		}
		known[p] = s
		all = append(all, s)
	})
	return all
}

// readCached reads the export data that the cache holds. Types that are read and types that are
// checked agree if nothing that is read imports what is not. What is generated for may lack what
// this run adds to it: it is never read.
func readCached(fset *token.FileSet, sources []*sourcePackage, wrappers standIns) {
	var listed []*packages.Package
	for _, s := range sources {
		listed = append(listed, s.Package)
	}
	reader := exportReader(fset, listed)
	for _, s := range sources {
		isGeneratedFor := slices.ContainsFunc(s.GoFiles, func(path string) bool { return wrappers[path] != nil })
		if s.ExportFile != "" && !isGeneratedFor && s.hasImports() {
			s.types, _ = reader.Import(s.PkgPath)
		}
	}
}

// hasImports reports whether the types of all imports are settled.
func (s *sourcePackage) hasImports() bool {
	for _, imported := range s.imports {
		if imported == nil || imported.types == nil {
			return false
		}
	}
	return true
}

// check settles the types, when those of all imports are settled: what this source imports must
// have been started before it.
func (s *sourcePackage) check(fset *token.FileSet, wrappers standIns) {
	defer close(s.done)
	if s.types != nil || len(s.GoFiles) == 0 {
		return
	}
	var files []*ast.File
	for _, path := range s.GoFiles {
		if f := parseDeclarations(fset, path); f != nil {
			f.Decls = append(f.Decls, wrappers[path]...)
			files = append(files, f)
		}
	}
	s.cgo = standInForC(files)
	for _, imported := range s.imports {
		if imported != nil { // as in a cycle
			<-imported.done
		}
	}
	config := types.Config{Importer: s, IgnoreFuncBodies: true, Error: func(error) {}}
	if s.Module != nil && s.Module.GoVersion != "" {
		config.GoVersion = "go" + s.Module.GoVersion
	}
	s.types, _ = config.Check(s.PkgPath, fset, files, nil)
}

// Import is that of [types.Importer].
func (s *sourcePackage) Import(path string) (*types.Package, error) {
	if path == "C" {
		return s.cgo, nil
	}
	if imported := s.imports[path]; imported != nil && imported.types != nil {
		return imported.types, nil
	}
	return nil, errors.New("package not found")
}

// parseDeclarations parses a file and drops the bodies of its functions. It returns nil for what is
// no Go file at all.
func parseDeclarations(fset *token.FileSet, path string) *ast.File {
	f, _ := parser.ParseFile(fset, path, nil, parser.SkipObjectResolution)
	if f == nil {
		return nil
	}
	for _, decl := range f.Decls {
		if fn, ok := decl.(*ast.FuncDecl); ok {
			fn.Body = nil
		}
	}
	return f
}
