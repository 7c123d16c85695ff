package generator

// This file asks the go command what annotated packages import while it is still busy listing the
// packages. Which ones these are is a guess, by the bytes of files; the question is asked again if
// it was another one.

import (
	"context"
	"slices"

	"golang.org/x/tools/go/packages"
)

// An ahead is an answer that may be needed.
type ahead struct {
	paths  []string
	cancel context.CancelFunc
	done   chan struct{} // closed when the answer is there
	listed []*packages.Package
	err    error
}

// askAhead begins to list what packages import that seem to be annotated, unless that is known.
func (req Request) askAhead(ctx context.Context) *ahead {
	key, ok := req.memory.Listing(req.Dir, req.patterns())
	if !ok || req.memory.Has(key) {
		return nil
	}
	paths := req.memory.Imports(req.Dir, req.patterns())
	if len(paths) == 0 {
		return nil
	}
	ctx, cancel := context.WithCancel(ctx)
	a := &ahead{paths: append(paths, runtimePath), cancel: cancel, done: make(chan struct{})}
	go func() {
		defer close(a.done)
		a.listed, a.err = listCached(ctx, req, exportMode, a.paths)
	}()
	return a
}

// answer returns the packages of the paths; false if not all of them were asked for.
func (a *ahead) answer(paths []string) ([]*packages.Package, bool) {
	if a == nil || slices.ContainsFunc(paths, func(path string) bool { return !slices.Contains(a.paths, path) }) {
		return nil, false
	}
	<-a.done
	asked := slices.DeleteFunc(slices.Clone(a.listed), func(p *packages.Package) bool { return !slices.Contains(paths, p.PkgPath) })
	return asked, a.err == nil
}

// end ends the question, whether or not anybody wanted the answer.
func (a *ahead) end() {
	if a != nil {
		a.cancel()
		<-a.done
	}
}
