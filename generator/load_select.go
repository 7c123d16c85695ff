package generator

// This file makes of what the go command lists what the compiler takes as one package.

import (
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/tools/go/packages"
)

// A listedPackage is the files that the compiler takes as one package, without our output: a
// package, the same with its tests, or its external tests. Nothing of it has been parsed.
type listedPackage struct {
	path      string // the import path; for external tests, with _test
	identity  string // tells it from the same package with other files, or under another Go version
	goVersion string // go1.26; empty if unknown
	files     []listedFile
	elsewhere []string       // files that share the package scope, but not this build: of tests, or other tags
	underTest *listedPackage // for external tests, the package with its in-package tests, if it has any
}

// A listedFile is one file of a listed package.
type listedFile struct {
	path   string
	marked bool // it holds directives
}

// dir returns the directory of the package.
func (p *listedPackage) dir() string { return filepath.Dir(p.files[0].path) }

// paths returns the paths of the files.
func (p *listedPackage) paths() (paths []string) {
	for _, f := range p.files {
		paths = append(paths, f.path)
	}
	return paths
}

// The variants of a package, as the go command lists them; nil for those that it does not.
type variants struct{ plain, tested, external *packages.Package }

// selectPackages returns the packages that hold directives, and what those of external tests need.
// A package and the same package with its tests are one: the larger one, where tests hold
// directives.
func selectPackages(listed []*packages.Package, scans map[string]scan) (selected []*listedPackage) {
	for _, v := range variantsOf(listed) {
		isExternal := v.external != nil && hasMarks(scans, v.external, nil)
		var base *listedPackage
		switch {
		case v.tested != nil && (hasMarks(scans, v.tested, v.plain) || isExternal):
			base = newListedPackage(scans, v.tested, v.plain, nil)
		case v.plain != nil && hasMarks(scans, v.plain, nil):
			base = newListedPackage(scans, v.plain, v.tested, nil)
		}
		if base != nil {
			selected = append(selected, base)
		}
		if !isExternal {
			continue
		}
		if v.tested == nil {
			base = nil
		}
		selected = append(selected, newListedPackage(scans, v.external, v.plain, base))
	}
	return selected
}

// variantsOf puts together what belongs to the same directory, in the order of the list.
func variantsOf(listed []*packages.Package) (all []*variants) {
	byPath := map[string]*variants{}
	for _, p := range listed {
		path := p.PkgPath
		if p.ForTest != "" {
			path = p.ForTest
		}
		v := byPath[path]
		if v == nil {
			v = &variants{}
			byPath[path] = v
			all = append(all, v)
		}
		switch {
		case p.ForTest == "":
			v.plain = p
		case p.ForTest == p.PkgPath:
			v.tested = p
		default:
			v.external = p
		}
	}
	return all
}

// hasMarks reports whether p holds directives in files that smaller, which may be nil, does not
// have.
func hasMarks(scans map[string]scan, p, smaller *packages.Package) bool {
	return slices.ContainsFunc(p.GoFiles, func(path string) bool {
		s := scans[path]
		return s.marked && !s.output && (smaller == nil || !slices.Contains(smaller.GoFiles, path))
	})
}

// newListedPackage makes a package of the files of p; of what sibling has beyond them, only the
// names count. UnderTest is what external tests test.
func newListedPackage(scans map[string]scan, p, sibling *packages.Package, underTest *listedPackage) *listedPackage {
	all := goFiles(p)
	if sibling != nil {
		all = append(all, goFiles(sibling)...)
	}
	slices.Sort(all)
	var files []listedFile
	var elsewhere, built []string
	for _, path := range slices.Compact(all) {
		switch s := scans[path]; {
		case s.output:
		case slices.Contains(p.GoFiles, path):
			files, built = append(files, listedFile{path, s.marked}), append(built, path)
		default:
			elsewhere = append(elsewhere, path)
		}
	}
	goVersion := ""
	if p.Module != nil && p.Module.GoVersion != "" {
		goVersion = "go" + p.Module.GoVersion
	}
	identity := slices.Concat([]string{p.PkgPath, goVersion}, all, built)
	return &listedPackage{
		path: p.PkgPath, identity: strings.Join(identity, "\n"), goVersion: goVersion,
		files: files, elsewhere: elsewhere, underTest: underTest,
	}
}
