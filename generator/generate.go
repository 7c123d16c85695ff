// Package generator turns annotated interfaces into the Go files that wrap them.
//
// The work is a row of plain functions over plain data, in files named after them:
//
//	load      list the packages, and find those that hold annotations; read and parse these
//	remember  leave out what an earlier run found out and nothing has changed of
//	find      directives, and the interfaces that they stand on
//	parse     the arguments of a directive
//	borrow    named policies of other packages, wherever these live
//	ahead     ask what annotated packages import before it is known
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
// [Suggest] goes the other way, from interfaces to first annotations of them: target, choose,
// propose, insert, suggest.
//
// What is wrong with annotations is data: every stage reports and goes on, so that a run tells
// everything at once.
package generator

import (
	"cmp"
	"context"
	"fmt"
	"go/token"
	"slices"
	"sync/atomic"

	"github.com/resilgen/resilgen/generator/internal/parallel"
	resil "github.com/resilgen/resilgen/runtime"
	"github.com/resilgen/resilgen/templates"
)

// Generate loads the packages and computes their generated files. An error is a failure of the run
// itself (no such package, no go.mod); what is wrong with the user's annotations is in
// Result.Diagnostics. Of methods it tells the verdicts alone; [Explain] tells how they came about.
func Generate(ctx context.Context, req Request) (*Result, error) {
	a, err := start(ctx, req)
	if err != nil {
		return nil, err
	}
	defer a.req.end()
	a.recall()
	err = a.analyze(ctx)
	a.result.forgetOrigins()
	if err != nil || len(a.result.Diagnostics) > 0 {
		return a.result, err
	}
	a.result.Orphans = orphans(a.tree, a.outputs())
	keeping := a.keeping()
	a.tree, a.annotations, a.shelf = nil, nil, nil // printing needs neither syntax nor what the type checker noted, which is much: let it go
	files, err := render(a.req, a.plans)
	if err != nil {
		return nil, err
	}
	keeping.keep(a.req, files)
	a.result.Files = append(files, a.recalled...)
	slices.SortFunc(a.result.Files, func(a, b File) int { return cmp.Compare(a.Path, b.Path) })
	return a.result, nil
}

// Explain is Generate without the files: it finds out what would become of every method, and prints
// nothing.
func Explain(ctx context.Context, req Request) (*Result, error) {
	a, err := start(ctx, req)
	if err != nil {
		return nil, err
	}
	defer a.req.end()
	err = a.analyze(ctx)
	return a.result, err
}

// An analysis is everything up to the plans.
type analysis struct {
	req         Request
	tree        *tree
	annotations []*annotation
	shelf       *shelf
	found       *findings
	plans       []plannedFile
	recalled    []File  // those of the units that need not be analyzed
	result      *Result // without files
}

// start finds out which packages there are.
func start(ctx context.Context, req Request) (*analysis, error) {
	req, err := req.absolute()
	if err != nil {
		return nil, err
	}
	req = req.remembering(ctx)
	req.ahead = req.askAhead(ctx)
	t, err := load(ctx, req)
	if err != nil {
		req.end()
		return nil, err
	}
	return &analysis{req: req, tree: t, found: &findings{fset: token.NewFileSet()}, result: &Result{}}, nil
}

// end ends the run.
func (req Request) end() {
	req.ahead.end()
	req.memory.Close()
}

// analyze finds out what there is to generate, and what is wrong with it.
func (a *analysis) analyze(ctx context.Context) (err error) {
	fset := a.found.fset
	if err := parse(a.req, fset, a.tree.units); err != nil {
		return err
	}
	a.annotations = findAll(a.tree.units, a.found)
	if a.shelf, err = borrow(ctx, a.req, fset, a.tree, a.annotations); err != nil {
		return err
	}
	if err := checkTypes(ctx, a.req, fset, a.tree.units, a.annotations, a.shelf); err != nil {
		return err
	}
	a.result.Policies = a.shelf.checkOwn(a.found)
	a.plans = plan(a.tree, a.annotations, a.shelf, a.found, a.result)
	slices.SortFunc(a.result.Interfaces, func(x, y Interface) int { return comparePositions(x.Pos, y.Pos) })
	a.result.Diagnostics = a.found.sorted()
	return nil
}

// outputs returns the paths of all files that should stand on disk.
func (a *analysis) outputs() (paths []string) {
	for _, p := range a.plans {
		paths = append(paths, p.path)
	}
	for _, f := range a.recalled {
		paths = append(paths, f.Path)
	}
	return paths
}

// forgetOrigins lets go of what only [Explain] tells.
func (r *Result) forgetOrigins() {
	for _, i := range r.Interfaces {
		for m := range i.Methods {
			told := &i.Methods[m]
			told.Policy, told.Origins, told.Traits, told.Shared = resil.Policy{}, nil, resil.Traits{}, nil
		}
	}
}

// render prints the planned files.
func render(req Request, plans []plannedFile) ([]File, error) {
	files := make([]File, len(plans))
	err := req.parallel("printing files", len(plans), func(i int) error {
		content, err := templates.Render(plans[i].file)
		if err != nil {
			return fmt.Errorf("cannot print %s, which is a bug of resilgen: %w", plans[i].path, err)
		}
		files[i] = File{Path: plans[i].path, Content: content}
		plans[i].file = nil // as it is needed no more
		return nil
	})
	return files, err
}

// parallel is [parallel.Do] for a step that may take long.
func (req Request) parallel(doing string, n int, do func(i int) error) error {
	var done atomic.Int64
	req.progress(doing, 0, n)
	return parallel.Do(n, func(i int) error {
		defer func() { req.progress(doing, int(done.Add(1)), n) }()
		return do(i)
	})
}

func (req Request) progress(doing string, done, all int) {
	if req.Progress != nil {
		req.Progress(doing, done, all)
	}
}
