//go:build unix

package overrides_test

import (
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	resil "github.com/resilgen/resilgen/runtime"
)

// TestPipesAreNotOpened: what is no file is not opened: nobody may ever write to it.
func TestPipesAreNotOpened(t *testing.T) {
	path := filepath.Join(t.TempDir(), "o.yaml")
	must(t, syscall.Mkfifo(path, 0o644))
	if _, err := resil.LoadOverrides(path); err == nil || !strings.Contains(err.Error(), "not a regular file") {
		t.Error(err)
	}
}
