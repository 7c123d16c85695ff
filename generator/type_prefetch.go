package generator

// This file asks the go command what annotated packages import while it is still busy listing the
// packages. Which ones these are is a guess, by the bytes of files; the question is asked again if
// it was another one.

import (
	"context"
	"slices"

	"golang.org/x/tools/go/packages"

	"github.com/resilgen/resilgen/templates"
)

// A prefetch is an answer that may be needed.
type prefetch struct {
	paths  []string
	cancel context.CancelFunc
	done   chan struct{} // closed when the answer is there
	listed []*packages.Package
	err    error
}

// prefetchImports begins to list what packages import that seem to be annotated, unless that is
// known; then it returns nil.
func prefetchImports(ctx context.Context, r *run) *prefetch {
	key, ok := r.memory.Listing(r.Dir, r.Patterns)
	if !ok || r.memory.Has(key) {
		return nil
	}
	paths := r.memory.Imports(r.Dir, r.Patterns)
	if len(paths) == 0 {
		return nil
	}
	ctx, cancel := context.WithCancel(ctx)
	p := &prefetch{paths: append(paths, templates.RuntimePath), cancel: cancel, done: make(chan struct{})}
	go func() {
		defer close(p.done)
		p.listed, p.err = listCached(ctx, r, exportMode, p.paths)
	}()
	return p
}

// answer returns the packages of the paths; false if not all of them were asked for.
func (p *prefetch) answer(paths []string) ([]*packages.Package, bool) {
	if p == nil || slices.ContainsFunc(paths, func(path string) bool { return !slices.Contains(p.paths, path) }) {
		return nil, false
	}
	<-p.done
	asked := slices.DeleteFunc(slices.Clone(p.listed), func(pkg *packages.Package) bool { return !slices.Contains(paths, pkg.PkgPath) })
	return asked, p.err == nil
}

// end ends the question, whether or not anybody wanted the answer.
func (p *prefetch) end() {
	if p != nil {
		p.cancel()
		<-p.done
	}
}
