package generator

// Files that an earlier resilgen generated are kept in testdata/era1, and run in place of today's:
// they compile against today's runtime, and behave as they did. Their names end in .txt so that
// nobody takes them for packages.

import (
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Conformance is played with the files of era 1 alone. Golden packages come with the sources and
// tests of their time: a later era may want other methods.
func TestEra1(t *testing.T) {
	root, err := filepath.Abs("../testdata")
	if err != nil {
		t.Fatal(err)
	}
	kept := filepath.Join(root, "era1")
	replace, packages := map[string]string{}, map[string]bool{}
	err = filepath.WalkDir(kept, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		inEra, err := filepath.Rel(kept, path)
		if err != nil {
			return err
		}
		name := strings.TrimSuffix(inEra, ".txt")
		replace[filepath.Join(root, name)] = path
		packages["./"+filepath.ToSlash(filepath.Dir(name))] = true
		content, err := os.ReadFile(path)
		if strings.Contains(name, "_resil.") && !strings.Contains(string(content), "resil.Era1\n") {
			t.Errorf("%s is not of era 1", inEra)
		}
		return err
	})
	if err != nil || len(replace) == 0 {
		t.Fatalf("%d files: %v", len(replace), err)
	}
	config, err := json.Marshal(map[string]map[string]string{"Replace": replace})
	if err != nil {
		t.Fatal(err)
	}
	overlay := filepath.Join(t.TempDir(), "overlay.json")
	if err := os.WriteFile(overlay, config, 0o644); err != nil {
		t.Fatal(err)
	}
	for path := range packages {
		if output, err := inTestdata(t, "test", "-overlay="+overlay, path); err != nil {
			t.Errorf("%s: %v\n%s", path, err, output)
		}
	}
}
