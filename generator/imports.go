package generator

// This file gets the types of what annotated packages import: from export data, which the build cache holds, in one run of the go
// command for all. Where one of them does not compile, perhaps because of our own stale output in it, they are type-checked
// from source instead, errors and all.

import (
	"cmp"
	"context"
	"errors"
	"go/ast"
	goimporter "go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"

	"golang.org/x/tools/go/packages"
)

// runtimePath is the package that annotations may call resil without an import: generated files import it so.
const runtimePath = "github.com/resilgen/resilgen/runtime"

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

// loadImports returns the types of packages.
func loadImports(ctx context.Context, req Request, fset *token.FileSet, paths []string) (imports, error) {
	found := imports{types: map[string]*types.Package{"unsafe": types.Unsafe}, errors: map[string]error{}}
	if len(paths) == 0 {
		return found, nil
	}
	listed, err := packages.Load(&packages.Config{
		Context: ctx, Dir: req.Dir, BuildFlags: buildFlags(req),
		Mode: packages.NeedName | packages.NeedFiles | packages.NeedExportFile,
	}, paths...)
	if err != nil {
		return found, plain(err)
	}
	if !found.readExportData(fset, listed) {
		return found, found.checkSource(ctx, req, fset, paths)
	}
	return found, nil
}

// readExportData reports whether every package that exists has export data that can be read.
func (i imports) readExportData(fset *token.FileSet, listed []*packages.Package) bool {
	files := map[string]string{}
	for _, p := range listed {
		files[p.PkgPath] = p.ExportFile
	}
	reader := goimporter.ForCompiler(fset, "gc", func(path string) (io.ReadCloser, error) { return os.Open(files[path]) })
	for _, p := range listed {
		if len(p.GoFiles) == 0 || p.PkgPath == "unsafe" {
			i.fail(p)
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

// checkSource type-checks the packages and all that they import, without function bodies.
func (i imports) checkSource(ctx context.Context, req Request, fset *token.FileSet, paths []string) error {
	listed, err := packages.Load(&packages.Config{
		Context: ctx, Dir: req.Dir, BuildFlags: buildFlags(req), Fset: fset,
		Mode:      packages.LoadTypes | packages.NeedDeps | packages.NeedModule,
		ParseFile: parseDeclarations,
	}, paths...)
	if err != nil {
		return plain(err)
	}
	for _, p := range listed {
		if len(p.GoFiles) == 0 || p.Types == nil {
			i.fail(p)
		} else if p.PkgPath != "unsafe" {
			i.types[p.PkgPath] = p.Types
		}
	}
	return nil
}

// parseDeclarations parses a file and drops the bodies of its functions.
func parseDeclarations(fset *token.FileSet, name string, src []byte) (*ast.File, error) {
	f, err := parser.ParseFile(fset, name, src, parser.SkipObjectResolution)
	if f != nil {
		for _, decl := range f.Decls {
			if fn, ok := decl.(*ast.FuncDecl); ok {
				fn.Body = nil
			}
		}
	}
	return f, err
}

func (i imports) fail(p *packages.Package) {
	if len(p.Errors) > 0 {
		i.errors[p.PkgPath] = plain(p.Errors[0])
	}
}
