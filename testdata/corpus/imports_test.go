package corpus

// This file holds imports.go, which makes go.sum complete: no package of a corpus is missing from
// it.

import (
	"fmt"
	"go/format"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/go/packages"
)

const importsHead = `//go:build pins

package corpus

// This file is never built. It imports every package of the corpus, so that go.sum holds what they
// need. After a change of the corpus or of a version: go test -update, go mod tidy, and then
// go test -update again.

import (
`

func TestImports(t *testing.T) {
	text := importsHead
	for _, c := range corpora {
		if c.name == "std" {
			continue
		}
		listed, err := packages.Load(&packages.Config{Mode: packages.NeedName | packages.NeedFiles}, c.patterns...)
		if err != nil {
			t.Fatal(err)
		}
		var paths []string
		for _, p := range listed {
			if c.mayImport(p) && len(p.GoFiles) > 0 {
				paths = append(paths, p.PkgPath)
			}
		}
		slices.Sort(paths)
		text += "// " + c.name + "\n"
		for _, path := range paths {
			text += fmt.Sprintf("_ %q\n", path)
		}
		text += "\n"
	}
	formatted, err := format.Source([]byte(strings.TrimSuffix(text, "\n") + ")\n"))
	if err != nil {
		t.Fatal(err)
	}
	checkGolden(t, "imports.go", string(formatted))
}
