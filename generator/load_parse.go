package generator

// This file parses the packages that hold annotations.

import (
	"go/ast"
	"go/build/constraint"
	"go/parser"
	"go/token"
	"slices"
	"strings"

	"github.com/resilgen/resilgen/generator/internal/parallel"
)

// A parsedPackage is a package with its syntax, and without types.
type parsedPackage struct {
	*listedPackage
	name      string
	files     []*sourceFile
	elsewhere []*sourceFile // of which only names count
}

// A sourceFile is one parsed file.
type sourceFile struct {
	path       string
	marked     bool // it holds directives
	syntax     *ast.File
	broken     error  // what the parser says, if anything
	constraint string // the build constraint, without "//go:build "
}

// parseAll parses packages. An error is a file that cannot be read.
func parseAll(r *run, fset *token.FileSet, listed []*listedPackage) ([]*parsedPackage, error) {
	var files []listedFile
	for _, p := range listed {
		files = append(files, p.files...)
		for _, path := range p.elsewhere {
			files = append(files, listedFile{path: path})
		}
	}
	parsed := make([]*sourceFile, len(files))
	err := parallel.Do(len(files), func(i int) (err error) {
		parsed[i], err = parseFile(r, fset, files[i])
		return err
	})
	if err != nil {
		return nil, err
	}
	var all []*parsedPackage
	for _, p := range listed {
		n, m := len(p.files), len(p.files)+len(p.elsewhere)
		all = append(all, newParsedPackage(p, parsed[:n:n], parsed[n:m:m]))
		parsed = parsed[m:]
	}
	return all, nil
}

func parseFile(r *run, fset *token.FileSet, f listedFile) (*sourceFile, error) {
	src, err := r.read(f.path)
	if err != nil {
		return nil, err
	}
	syntax, broken := parser.ParseFile(fset, f.path, src, parser.ParseComments|parser.SkipObjectResolution)
	if syntax == nil {
		return nil, broken
	}
	return &sourceFile{f.path, f.marked, syntax, broken, constraintOf(syntax)}, nil
}

// constraintOf returns the build constraint of a file, without "//go:build "; empty for none.
func constraintOf(f *ast.File) (text string) {
	for _, group := range f.Comments {
		for _, c := range group.List {
			if c.Pos() < f.Package && constraint.IsGoBuild(c.Text) {
				text = strings.TrimSpace(strings.TrimPrefix(c.Text, "//go:build"))
			}
		}
	}
	return text
}

// newParsedPackage names the package as its first annotated file does, and drops what is elsewhere
// and belongs to another package.
func newParsedPackage(listed *listedPackage, files, elsewhere []*sourceFile) *parsedPackage {
	name := ""
	for _, f := range slices.Backward(files) {
		if f.marked || name == "" {
			name = f.syntax.Name.Name
		}
	}
	sameScope := slices.DeleteFunc(elsewhere, func(f *sourceFile) bool {
		return f.syntax.Name.Name != name || f.constraint == "ignore"
	})
	return &parsedPackage{listed, name, files, sameScope}
}
