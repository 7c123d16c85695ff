package synth

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestWrite: modules of both flavours compile, have as many interfaces as asked for, and single
// beside them.
func TestWrite(t *testing.T) {
	for _, flavour := range []Flavour{Services, Converters} {
		m, err := Write(t.TempDir(), flavour, 12)
		if err != nil {
			t.Fatal(err)
		}
		vet := exec.Command("go", "vet", "./...")
		vet.Dir = m.Dir
		if out, err := vet.CombinedOutput(); err != nil {
			t.Errorf("%s: %v\n%s", flavour, err, out)
		}
		var names []string
		for _, pkg := range append(m.Packages(), "single") {
			source := read(t, m, pkg+"/"+pkg+".go")
			for _, match := range regexp.MustCompile(`(?m)^type (\w+) interface`).FindAllStringSubmatch(source, -1) {
				names = append(names, pkg+"."+match[1])
			}
		}
		if len(names) != 13 || names[10] != "p001.Store0" || names[12] != "single.Store0" {
			t.Errorf("%s: interfaces %v", flavour, names)
		}
		if got := m.InterfacesOf("p001"); len(got) != 2 || len(m.InterfacesOf("p000")) != 10 {
			t.Errorf("%s: InterfacesOf says %v", flavour, got)
		}
	}
}

// TestEdit: an edit shows in the shared package, or in package single, each time, and the module
// compiles.
func TestEdit(t *testing.T) {
	m, err := Write(t.TempDir(), Services, 1)
	if err != nil {
		t.Fatal(err)
	}
	before := m.Newest()
	if err := m.Edit(); err != nil {
		t.Fatal(err)
	}
	if m.Newest() == before || !strings.Contains(read(t, m, "model/model.go"), m.Newest()+"(") {
		t.Errorf("the edit brought %s after %s", m.Newest(), before)
	}
	for range 2 {
		if err := m.EditSingle(); err != nil {
			t.Fatal(err)
		}
		if source := read(t, m, "single/single.go"); strings.Count(source, "Extra") != 1 || !strings.Contains(source, m.NewestOfSingle()+"(") {
			t.Errorf("the edit of single brought no method %s:\n%s", m.NewestOfSingle(), source)
		}
	}
	vet := exec.Command("go", "vet", "./...")
	vet.Dir = m.Dir
	if out, err := vet.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

// TestRemove: outputs go, at whatever depth, and nothing else.
func TestRemove(t *testing.T) {
	m, err := Write(t.TempDir(), Services, 1)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"p000/p000_resil.go", "p000/generated/generated.go", "generated/x.go"} {
		if err := m.write(name, "package x\n"); err != nil {
			t.Fatal(err)
		}
	}
	for _, pattern := range []string{"*_resil.go", "generated"} {
		if err := m.Remove(pattern); err != nil {
			t.Fatal(err)
		}
	}
	var left []string
	for _, name := range []string{"p000/p000_resil.go", "p000/generated", "generated"} {
		if _, err := os.Stat(filepath.Join(m.Dir, name)); err == nil {
			left = append(left, name)
		}
	}
	if len(left) > 0 || read(t, m, "p000/p000.go") == "" {
		t.Errorf("left: %v", left)
	}
}

func read(t *testing.T, m *Module, name string) string {
	t.Helper()
	source, err := os.ReadFile(filepath.Join(m.Dir, filepath.FromSlash(name)))
	if err != nil {
		t.Fatal(err)
	}
	return string(source)
}
