package templates

import (
	"go/types"
	"strings"
	"testing"
)

// When what was printed is not Go, the error shows it.
func TestRenderShowsWhatIsNotGo(t *testing.T) {
	pkg := check(t, "package p; type Store interface{ Get() }")
	_, err := Render(&File{Source: "p.go", Package: pkg, Wrappers: []Wrapper{{
		Interface: pkg.Scope().Lookup("Store").(*types.TypeName), Name: "not a name", Constructor: "New",
	}}})
	if err == nil || !strings.Contains(err.Error(), "type not a name") {
		t.Errorf("got error %v, want one that shows the source", err)
	}
}
