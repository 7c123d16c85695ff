package generator

// This file is the row of stages from a request to its result.

import (
	"cmp"
	"context"
	"fmt"
	"go/token"
	"slices"

	"github.com/resilgen/resilgen/generator/internal/parallel"
	"github.com/resilgen/resilgen/templates"
)

// Generate loads the packages and computes their generated files. An error is a failure of the run
// itself (no such package, no go.mod); what is wrong with the user's annotations is in
// Result.Diagnostics. Of methods it tells the verdicts alone; [Explain] tells how they came about.
func Generate(ctx context.Context, req Request) (result *Result, err error) {
	err = withTree(ctx, req, func(r *run, prefetched *prefetch, t *tree) error {
		result, err = generate(ctx, r, prefetched, t)
		return err
	})
	return result, err
}

func generate(ctx context.Context, r *run, prefetched *prefetch, t *tree) (*Result, error) {
	known, open := recall(r, t.packages)
	a, err := analyze(ctx, r, prefetched, t, open)
	if err != nil {
		return nil, err
	}
	analyzed := withoutOrigins(a.interfaces)
	interfaces := slices.Concat(analyzed, known.interfaces)
	sortByPlace(interfaces)
	if len(a.diagnostics) > 0 {
		return &Result{Policies: a.policies, Interfaces: interfaces, Diagnostics: a.diagnostics}, nil
	}
	policies, plans, kept := a.policies, a.plans, whatToKeep(r, a.packages, a.shelf, analyzed)
	unwanted := orphans(t, append(pathsOf(plans), known.paths()...))
	// Printing needs neither syntax nor what the type checker noted, which is much: from here on
	// nothing holds them.
	files, err := render(r, plans)
	if err != nil {
		return nil, err
	}
	keepPackages(r.memory, kept, files)
	files = append(files, known.files...)
	slices.SortFunc(files, func(a, b File) int { return cmp.Compare(a.Path, b.Path) })
	return &Result{Files: files, Orphans: unwanted, Policies: policies, Interfaces: interfaces}, nil
}

// Explain is [Generate] without the files: it finds out what would become of every method and how
// that comes about, and prints nothing.
func Explain(ctx context.Context, req Request) (*Result, error) {
	a, err := explain(ctx, req)
	if err != nil {
		return nil, err
	}
	return &Result{Policies: a.policies, Interfaces: a.interfaces, Diagnostics: a.diagnostics}, nil
}

// explain analyzes all packages of a request.
func explain(ctx context.Context, req Request) (a *analysis, err error) {
	err = withTree(ctx, req, func(r *run, prefetched *prefetch, t *tree) error {
		a, err = analyze(ctx, r, prefetched, t, t.packages)
		return err
	})
	return a, err
}

// withTree begins a run, does something with what its patterns match, and ends it.
func withTree(ctx context.Context, req Request, do func(r *run, prefetched *prefetch, t *tree) error) error {
	r, err := begin(ctx, req)
	if err != nil {
		return err
	}
	defer r.end()
	prefetched := prefetchImports(ctx, r)
	defer prefetched.end()
	t, err := load(ctx, r)
	if err != nil {
		return err
	}
	return do(r, prefetched, t)
}

// An analysis is everything that is found out about annotated packages before anything is printed.
type analysis struct {
	fset        *token.FileSet
	packages    []*markedPackage
	typed       map[*parsedPackage]*typedPackage
	shelf       *shelf
	policies    []NamedPolicy // sorted by place, as are all below
	plans       []plannedFile // complete if there are no diagnostics
	interfaces  []Interface
	diagnostics []Diagnostic
}

// analyze finds out what there is to generate for some packages of a tree, and what is wrong with
// their annotations.
func analyze(ctx context.Context, r *run, prefetched *prefetch, t *tree, listed []*listedPackage) (*analysis, error) {
	found := &findings{fset: token.NewFileSet()}
	parsed, err := parseAll(r, found.fset, listed)
	if err != nil {
		return nil, err
	}
	packages := findAll(parsed, found)
	s, err := fillShelf(packages, t.known, newLender(ctx, r, found.fset))
	if err != nil {
		return nil, err
	}
	typed, err := typeAll(ctx, r, prefetched, found.fset, packages, s)
	if err != nil {
		return nil, err
	}
	c := newCatalogue(s, typed, found)
	a := &analysis{fset: found.fset, packages: packages, typed: typed, shelf: s, policies: c.namedPolicies(found.fset)}
	a.plan(t, c, found)
	return a, nil
}

// plan plans the files of all packages.
func (a *analysis) plan(t *tree, c *catalogue, found *findings) {
	planners := make([]*planner, len(a.packages))
	_ = parallel.Do(len(a.packages), func(i int) error {
		m := a.packages[i]
		p := &planner{markedPackage: m, typed: a.typed[m.parsedPackage], catalogue: c, scans: t.scans, found: findings{fset: a.fset}}
		p.plan()
		planners[i] = p
		return nil
	})
	for _, p := range planners {
		a.plans = append(a.plans, p.files...)
		a.interfaces = append(a.interfaces, p.interfaces...)
		found.addAll(p.found.list)
	}
	sortByPlace(a.interfaces)
	a.diagnostics = found.sorted()
}

func sortByPlace(interfaces []Interface) {
	slices.SortFunc(interfaces, func(x, y Interface) int { return comparePositions(x.Pos, y.Pos) })
}

// withoutOrigins returns interfaces without what only [Explain] tells of their methods.
func withoutOrigins(interfaces []Interface) []Interface {
	all := make([]Interface, len(interfaces))
	for i, full := range interfaces {
		methods := make([]Method, len(full.Methods))
		for m, of := range full.Methods {
			methods[m] = Method{Name: of.Name, Pos: of.Pos, Verdict: of.Verdict, Reason: of.Reason, LeftOut: of.LeftOut}
		}
		all[i] = Interface{full.Package, full.Name, full.Wrapper, full.Pos, methods}
	}
	return all
}

// pathsOf returns the paths of planned files.
func pathsOf(plans []plannedFile) (paths []string) {
	for _, p := range plans {
		paths = append(paths, p.path)
	}
	return paths
}

// render prints the planned files, and drops each plan when it is printed.
func render(r *run, plans []plannedFile) ([]File, error) {
	files := make([]File, len(plans))
	err := r.parallel("printing files", len(plans), func(i int) error {
		path := plans[i].path
		content, err := templates.Render(plans[i].file)
		if err != nil {
			return fmt.Errorf("cannot print %s, which is a bug of resilgen: %w", path, err)
		}
		files[i], plans[i] = File{Path: path, Content: content}, plannedFile{}
		return nil
	})
	return files, err
}
