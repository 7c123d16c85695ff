package generator

import (
	"fmt"
	"go/types"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"
)

// TestSuggest holds what is suggested, comment by comment. Each archive is a module; its comment
// says in which directory to ask, and for what. Its last file holds what changes, as diffs, or why
// nothing does.
func TestSuggest(t *testing.T) {
	paths, err := filepath.Glob("testdata/suggest/*.txtar")
	if err != nil || len(paths) == 0 {
		t.Fatalf("no archives: %v", err)
	}
	for _, path := range paths {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txtar"), func(t *testing.T) {
			archive, err := txtar.ParseFile(path)
			if err != nil {
				t.Fatal(err)
			}
			files := map[string]string{}
			last := &archive.Files[len(archive.Files)-1]
			for _, f := range archive.Files[:len(archive.Files)-1] {
				files[f.Name] = string(f.Data)
			}
			lines := strings.Split(strings.TrimSpace(string(archive.Comment)), "\n")
			words := strings.Fields(lines[len(lines)-1]) // $ init -C dir Store
			dir, ask := words[3], words[4:]
			m := newModule(t, files)
			got := m.suggestAndHold(dir, ask...)
			if last.Name != "want" {
				t.Fatal("the last file is not want")
			}
			if got == string(last.Data) {
				return
			}
			if !*update {
				t.Fatalf("got:\n%s\nwant:\n%s", got, last.Data)
			}
			last.Data = []byte(got)
			if err := os.WriteFile(path, txtar.Format(archive), 0o644); err != nil {
				t.Fatal(err)
			}
		})
	}
}

// suggestAndHold writes what is suggested, and returns what that is. It holds what must hold
// whatever is suggested: it generates without a finding, everything that was there is still there,
// and a second time there is nothing to do.
func (m module) suggestAndHold(dir string, interfaces ...string) string {
	m.t.Helper()
	s := m.suggest(dir, interfaces...)
	var text strings.Builder
	for _, i := range s.Interfaces {
		switch {
		case i.Refused != "":
			fmt.Fprintf(&text, "%s: %s\n", i.Asked, m.relative(i.Refused))
		case i.Already:
			fmt.Fprintf(&text, "%s: annotated already\n", i.Asked)
		}
	}
	for _, c := range s.Changes {
		text.WriteString(string(c.Diff(m.dir)))
		if formatted := isFormatted(c.New); !formatted && (c.Old == nil || isFormatted(c.Old)) {
			m.t.Errorf("%s is not formatted any more:\n%s", c.Path, c.New)
		}
		if !isSubsequence(strings.SplitAfter(string(c.Old), "\n"), strings.SplitAfter(string(c.New), "\n")) {
			m.t.Errorf("lines of %s are gone:\n%s", c.Path, c.New)
		}
	}
	if err := Write(s.Changes); err != nil {
		m.t.Fatal(err)
	}
	if text.Len() == 0 {
		return "nothing\n"
	}
	if len(s.Changes) == 0 {
		return text.String()
	}
	m.apply("./...")
	result := m.generate("./...")
	for _, d := range result.Diagnostics {
		m.t.Errorf("what was suggested is wrong: %s", d)
	}
	if changes, err := result.Compare(); err != nil || len(changes) > 0 {
		m.t.Errorf("generating again changes %d files: %v", len(changes), err)
	}
	for _, i := range m.suggest(dir, interfaces...).Interfaces {
		if !i.Already {
			m.t.Errorf("%s is suggested again: %+v", i.Asked, i)
		}
	}
	return text.String()
}

func (m module) suggest(dir string, interfaces ...string) *Suggestion {
	m.t.Helper()
	s, err := Suggest(m.t.Context(), Request{Dir: m.path(dir)}, interfaces...)
	if err != nil {
		m.t.Fatal(err)
	}
	return s
}

// isSubsequence reports whether the old lines are among the new ones, in the same order.
func isSubsequence(old, new []string) bool {
	for _, line := range old {
		i := slices.Index(new, line)
		if i < 0 {
			return false
		}
		new = new[i+1:]
	}
	return true
}

// Every interface of these packages gets policies that generate without a finding, or a reason why
// not.
func TestSuggestStandardLibrary(t *testing.T) {
	packages := []string{
		"context", "crypto", "database/sql/driver", "encoding", "flag", "fmt", "hash", "io", "io/fs", "net", "net/http", "testing",
	}
	m := newModule(t, map[string]string{"all/all.go": "package all\n"})
	var names []string
	for _, path := range packages {
		pkg, err := standardLibrary.Import(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range pkg.Scope().Names() {
			if obj, ok := pkg.Scope().Lookup(name).(*types.TypeName); ok && obj.Exported() && types.IsInterface(obj.Type()) {
				names = append(names, path+"."+name)
			}
		}
	}
	refused := map[string]string{}
	for _, i := range m.suggest("all", names...).Interfaces {
		if i.Refused != "" {
			refused[i.Asked] = i.Refused
		}
	}
	for name, why := range refused {
		if !strings.Contains(why, "nothing to guard") && !strings.Contains(why, "cannot be wrapped") {
			t.Errorf("%s: %s", name, why)
		}
	}
	suggested := slices.DeleteFunc(names, func(name string) bool { return refused[name] != "" })
	if len(suggested) < 40 {
		t.Errorf("policies for %d interfaces only, of %d", len(suggested), len(names)+len(refused))
	}
	m.suggestAndHold("all", suggested...)
}

// An interface that does not exist is an error, with what was probably meant.
func TestSuggestUnknown(t *testing.T) {
	m := newModule(t, map[string]string{"pay.go": "package pay\n\ntype Store interface{ Get() error }\n"})
	for asked, want := range map[string]string{
		"Stor":         "package example.com declares no Stor, tests apart (did you mean Store?)",
		"./absent.X":   "absent",
		"...":          "... does not name an interface: write Name, ./path.Name or example.com/path.Name",
		"./....Store":  "./....Store does not name an interface: write Name, ./path.Name or example.com/path.Name",
		"./pay":        "./pay does not name an interface: write Name, ./path.Name or example.com/path.Name",
		"io.Reeder":    "package io declares no Reeder, tests apart (did you mean Reader?)",
		"io.EOF":       "package io declares no EOF, tests apart",
		"io.SeekStart": "package io declares no SeekStart, tests apart",
		"net/http.Dir": "net/http.Dir is not an interface",
		"io.pipe":      "io.pipe is not an interface",
	} {
		_, err := Suggest(t.Context(), Request{Dir: m.dir}, asked)
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %s", asked, err, want)
		}
	}
}
