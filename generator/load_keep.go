package generator

// This file keeps what the go command answered for later runs.

import (
	"path/filepath"
	"slices"

	"golang.org/x/tools/go/packages"

	"github.com/resilgen/resilgen/generator/internal/memory"
)

// A listingRecord is what is kept of a package that the go command listed.
type listingRecord struct {
	Path, Name, ForTest string
	Dir                 string
	Files, Ignored      []string
	ExportFile          string
	GoVersion           string // of its module
	IsMain              bool   // its module is the user's own
}

// keepListing keeps what the go command answered, unless it had complaints: those are for the user,
// each time.
func keepListing(m *memory.Memory, key memory.Key, listed []*packages.Package) {
	var all []listingRecord
	for _, p := range listed {
		if len(p.Errors) > 0 {
			return
		}
		var goVersion string
		var isMain bool
		if p.Module != nil {
			goVersion, isMain = p.Module.GoVersion, p.Module.Main
		}
		all = append(all, listingRecord{
			Path: p.PkgPath, Name: p.Name, ForTest: p.ForTest, Dir: p.Dir, ExportFile: p.ExportFile,
			Files: withoutOutputs(m, p.GoFiles), Ignored: withoutOutputs(m, p.IgnoredFiles),
			GoVersion: goVersion, IsMain: isMain,
		})
	}
	m.Keep(key, all)
}

// withoutOutputs returns the paths without those of our output that makes no difference to the list
// of packages: such a file stands there today and may be gone tomorrow.
func withoutOutputs(m *memory.Memory, paths []string) []string {
	return slices.DeleteFunc(slices.Clone(paths), func(path string) bool {
		return slices.Contains(m.SilentOutputs(filepath.Dir(path)), path)
	})
}

// recallListing returns what the go command answered in an earlier run; false if nothing is kept
// under the key.
func recallListing(m *memory.Memory, key memory.Key) (all []*packages.Package, ok bool) {
	var kept []listingRecord
	if !m.Recall(key, &kept) {
		return nil, false
	}
	for _, l := range kept {
		all = append(all, &packages.Package{
			PkgPath: l.Path, Name: l.Name, ForTest: l.ForTest, Dir: l.Dir,
			GoFiles: l.Files, IgnoredFiles: l.Ignored, ExportFile: l.ExportFile,
			Module: &packages.Module{GoVersion: l.GoVersion, Main: l.IsMain},
		})
	}
	return all, true
}
