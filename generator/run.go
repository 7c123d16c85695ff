package generator

// This file is what all stages of a run share: what was asked for, what earlier runs remember, and
// whom to tell how far it is.

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"

	"github.com/resilgen/resilgen/generator/internal/memory"
	"github.com/resilgen/resilgen/generator/internal/parallel"
)

// A run is one execution of a request. Whoever begins one ends it.
type run struct {
	Request                // with an absolute directory, and with patterns
	memory  *memory.Memory // nil for none
}

// begin begins a run. By a relative directory, the go command would not know through which symlink
// it was reached, and name files by paths that the user has not seen.
func begin(ctx context.Context, req Request) (*run, error) {
	if info, err := os.Stat(cmp.Or(req.Dir, ".")); err != nil || !info.IsDir() {
		return nil, fmt.Errorf("%s is no directory", req.Dir)
	}
	dir, err := filepath.Abs(req.Dir)
	if err != nil {
		return nil, err
	}
	req.Dir = dir
	if len(req.Patterns) == 0 {
		req.Patterns = []string{"."}
	}
	r := &run{Request: req}
	if req.Memory != "" && len(req.Overlay) == 0 {
		r.memory = memory.Open(ctx, req.Memory, req.Dir, r.buildFlags(), func(src []byte) memory.Look {
			s := scanBytes(src)
			return memory.Look{IsOutput: s.output, IsMarked: s.marked}
		})
	}
	return r, nil
}

// end ends the run.
func (r *run) end() { r.memory.Close() }

// withPatterns returns a run with other patterns in the same directory. It reads what stands on
// disk, and has no memory.
func (r *run) withPatterns(patterns ...string) *run {
	return &run{Request: Request{Dir: r.Dir, Tags: r.Tags, Patterns: patterns}}
}

// read returns what a file holds.
func (r *run) read(path string) ([]byte, error) {
	if src, ok := r.Overlay[path]; ok {
		return src, nil
	}
	return os.ReadFile(path)
}

// buildFlags returns the flags of the go command that choose files.
func (r *run) buildFlags() []string {
	if len(r.Tags) == 0 {
		return nil
	}
	return []string{"-tags=" + strings.Join(r.Tags, ",")}
}

// progress tells what the run does, if anybody wants to know.
func (r *run) progress(doing string, done, all int) {
	if r.Progress != nil {
		r.Progress(doing, done, all)
	}
}

// parallel calls do for 0 to n-1, as [parallel.Do] does, and tells how far it is: for steps that
// may take long.
func (r *run) parallel(doing string, n int, do func(i int) error) error {
	var done atomic.Int64
	r.progress(doing, 0, n)
	return parallel.Do(n, func(i int) error {
		defer func() { r.progress(doing, int(done.Add(1)), n) }()
		return do(i)
	})
}
