// Package generator turns annotated interfaces into the Go files that wrap them.
//
// The work is a row of plain functions over plain data, in files named after them:
//
//	load      list the packages, read and parse those that hold annotations
//	find      directives, and the interfaces that they stand on
//	parse     the arguments of a directive
//	imports   types of what the annotated packages import
//	types     types of the annotated packages themselves
//	resolve   the names in on= and never=
//	methods   what an interface consists of, and in which order
//	merge     the directives that apply to a method, key by key
//	check     whether the policies can act on the method
//	names     what the generated files, types and functions are called
//	plan      all that together, as templates takes it
//	compare   what differs from the disk
//	write     the files
//
// What is wrong with annotations is data: every stage reports and goes on, so that a run tells everything at once.
package generator

import (
	"cmp"
	"context"
	"fmt"
	"go/token"
	"runtime"
	"slices"

	"golang.org/x/sync/errgroup"

	"github.com/resilgen/resilgen/templates"
)

// Generate loads the packages and computes their generated files. An error is a failure of the run itself (no such
// package, no go.mod); what is wrong with the user's annotations is in Result.Diagnostics.
func Generate(ctx context.Context, req Request) (*Result, error) {
	fset := token.NewFileSet()
	tree, err := load(ctx, req, fset)
	if err != nil {
		return nil, err
	}
	found := &findings{fset: fset}
	var annotations []*annotation
	for _, u := range tree.units {
		annotations = append(annotations, find(u, found)...)
	}
	if err := checkTypes(ctx, req, fset, tree.units, annotations); err != nil {
		return nil, err
	}
	result := &Result{}
	plans := plan(tree, annotations, found, result)
	slices.SortFunc(result.Interfaces, func(a, b Interface) int { return comparePositions(a.Pos, b.Pos) })
	if result.Diagnostics = found.sorted(); len(result.Diagnostics) > 0 {
		return result, nil
	}
	if result.Files, err = render(plans); err != nil {
		return nil, err
	}
	result.Orphans = orphans(tree, result.Files)
	return result, nil
}

// render prints the planned files, sorted by path.
func render(plans []plannedFile) ([]File, error) {
	files := make([]File, len(plans))
	err := parallel(len(plans), func(i int) error {
		content, err := templates.Render(plans[i].file)
		if err != nil {
			return fmt.Errorf("cannot print %s, which is a bug of resilgen: %w", plans[i].path, err)
		}
		files[i] = File{Path: plans[i].path, Content: content}
		return nil
	})
	slices.SortFunc(files, func(a, b File) int { return cmp.Compare(a.Path, b.Path) })
	return files, err
}

// parallel calls do for 0 to n-1, on all processors.
func parallel(n int, do func(i int) error) error {
	var group errgroup.Group
	group.SetLimit(runtime.GOMAXPROCS(0))
	for i := range n {
		group.Go(func() error { return do(i) })
	}
	return group.Wait()
}
