// Package generator turns annotated interfaces into the Go files that wrap them.
//
// The work is a row of plain functions over plain data, in files named after them:
//
//	load      list the packages, read and parse those that hold annotations
//	find      directives, and the interfaces that they stand on
//	parse     the arguments of a directive
//	borrow    named policies of other packages, wherever these live
//	imports   types of what the annotated packages import, from export data
//	source    or from source, where the build cache has none
//	cgo       with stand-ins for what comes from C
//	types     types of the annotated packages themselves
//	resolve   the names that directives mention, and whether functions fit
//	policies  what is wrong with named policies
//	layers    what a use of them brings
//	methods   what an interface consists of, and in which order
//	merge     the directives that apply to a method, key by key
//	check     whether the policies can act on the method: what it takes, what it returns
//	agree     whether the methods of one client agree
//	names     what the generated files, types and functions are called
//	plan      all that together, as templates takes it
//	compare   what differs from the disk
//	write     the files
//
// [Suggest] goes the other way, from interfaces to first annotations of them: target, choose, propose, insert, suggest.
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
	a, err := analyze(ctx, req)
	if err != nil || len(a.result.Diagnostics) > 0 {
		return a.result, err
	}
	a.result.Orphans = orphans(a.tree, a.plans)
	a.tree, a.annotations = nil, nil // printing needs neither syntax nor what the type checker noted, which is much: let it go
	if a.result.Files, err = render(a.plans); err != nil {
		return nil, err
	}
	return a.result, nil
}

// Explain is Generate without the files: it finds out what would become of every method, and prints nothing.
func Explain(ctx context.Context, req Request) (*Result, error) {
	a, err := analyze(ctx, req)
	return a.result, err
}

// An analysis is everything up to the plans.
type analysis struct {
	tree        *tree
	annotations []*annotation
	found       *findings
	plans       []plannedFile
	result      *Result // without files; nil if the run failed
}

// analyze finds out what there is to generate, and what is wrong with it.
func analyze(ctx context.Context, req Request) (a analysis, err error) {
	if req, err = req.absolute(); err != nil {
		return a, err
	}
	fset := token.NewFileSet()
	if a.tree, err = load(ctx, req, fset); err != nil {
		return a, err
	}
	a.found = &findings{fset: fset}
	for _, u := range a.tree.units {
		a.annotations = append(a.annotations, find(u, a.found)...)
	}
	shelf, err := borrow(ctx, req, fset, a.tree, a.annotations)
	if err != nil {
		return a, err
	}
	if err := checkTypes(ctx, req, fset, a.tree.units, a.annotations, shelf); err != nil {
		return a, err
	}
	a.result = &Result{Policies: shelf.checkOwn(a.found)}
	a.plans = plan(a.tree, a.annotations, shelf, a.found, a.result)
	slices.SortFunc(a.result.Interfaces, func(x, y Interface) int { return comparePositions(x.Pos, y.Pos) })
	a.result.Diagnostics = a.found.sorted()
	return a, nil
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
		plans[i].file = nil // as it is needed no more
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
