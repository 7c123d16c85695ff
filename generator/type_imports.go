package generator

// This file gets the types of what annotated packages import: from export data where the build
// cache has it, in one run of the go command for all. Nothing is compiled for it. With a cold
// cache, and above a package that was edited or does not compile, compiling takes many times as
// long as reading the declarations in the source, which is what happens then.

import (
	"cmp"
	"context"
	"errors"
	"go/ast"
	goimporter "go/importer"
	"go/token"
	"go/types"
	"io"
	"os"
	"slices"
	"strings"

	"golang.org/x/tools/go/packages"
)

// imports holds types of packages by import path, and why others have none.
type imports struct {
	types  map[string]*types.Package
	errors map[string]error
}

// Import is that of [types.Importer].
func (i imports) Import(path string) (*types.Package, error) {
	if pkg := i.types[path]; pkg != nil {
		return pkg, nil
	}
	return nil, cmp.Or(i.errors[path], errors.New("package not found"))
}

// loadImports returns the types of packages. Those that are annotated themselves have what this run
// generates for them, also if it has not been written yet. Prefetched may hold the go command's
// answer.
func loadImports(ctx context.Context, r *run, prefetched *prefetch, fset *token.FileSet, paths []string, annotations []*annotation) (imports, error) {
	if len(paths) == 0 {
		return newImports(), nil
	}
	code, ok := r.memory.Closure("", nil, paths)
	key := r.memory.Key(append([]string{"imports", code.Sum}, paths...)...)
	listed, isKept := recallListing(r.memory, key)
	if ok && isKept {
		if imported := newImports(); imported.readExportData(fset, listed) && imported.haveWrappers(annotations) {
			return imported, nil
		}
	}
	listed, isAnswered := prefetched.answer(paths)
	if !isAnswered {
		var err error
		if listed, err = listCached(ctx, r, exportMode, paths); err != nil {
			return newImports(), err
		}
	}
	if imported := newImports(); imported.readExportData(fset, listed) && imported.haveWrappers(annotations) {
		if ok {
			keepListing(r.memory, key, listed)
		}
		return imported, nil
	}
	listed, err := listCached(ctx, r, exportMode|packages.NeedImports|packages.NeedDeps|packages.NeedModule, paths)
	if err != nil {
		return newImports(), err
	}
	return checkSource(r, fset, listed, newStandIns(annotations)), nil
}

func newImports() imports {
	return imports{types: map[string]*types.Package{"unsafe": types.Unsafe}, errors: map[string]error{}}
}

// readExportData reports whether every package that exists has export data that can be read. A
// later release of Go may write it in a way that we do not know.
func (i imports) readExportData(fset *token.FileSet, listed []*packages.Package) bool {
	reader := exportReader(fset, listed)
	for _, p := range listed {
		if len(p.GoFiles) == 0 || p.PkgPath == "unsafe" {
			i.noteError(p)
			continue
		}
		pkg, err := reader.Import(p.PkgPath)
		if err != nil {
			return false
		}
		i.types[p.PkgPath] = pkg
	}
	return true
}

// exportReader returns what reads the export data of packages. It is not safe for concurrent use.
func exportReader(fset *token.FileSet, listed []*packages.Package) types.Importer {
	files := map[string]string{}
	for _, p := range listed {
		files[p.PkgPath] = p.ExportFile
	}
	return goimporter.ForCompiler(fset, "gc", func(path string) (io.ReadCloser, error) { return os.Open(files[path]) })
}

// haveWrappers reports whether those of the packages that are annotated declare the wrappers. If
// they do not, our output is missing or stale.
func (i imports) haveWrappers(annotations []*annotation) bool {
	return !slices.ContainsFunc(annotations, func(a *annotation) bool {
		pkg := i.types[a.pkg.path]
		return pkg != nil && a.isImportable() && pkg.Scope().Lookup(a.wrapper()) == nil
	})
}

// isImportable reports whether other packages can name the wrapper.
func (a *annotation) isImportable() bool {
	return ast.IsExported(a.wrapper()) && !strings.HasSuffix(a.file.path, "_test.go")
}

func (i imports) noteError(p *packages.Package) {
	if len(p.Errors) > 0 {
		i.errors[p.PkgPath] = goCommandError(p.Errors[0])
	}
}
