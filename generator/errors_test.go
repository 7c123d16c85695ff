package generator

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"
)

var update = flag.Bool("update", false, "rewrite what the tests want")

// TestErrors holds what is said about wrong annotations, and that right ones are left in peace,
// word for word. Each archive is a package, or several in folders; its file want lists the
// diagnostics.
func TestErrors(t *testing.T) {
	runArchives(t, "../testdata/errors", func(_ string, diagnostics []string, _ []Interface) string {
		return strings.Join(diagnostics, "")
	})
}

// runArchives explains all archives of a folder in one run, each being a folder of one module, and
// holds what text makes of the outcome against the file want of each.
func runArchives(t *testing.T, folder string, text func(name string, diagnostics []string, interfaces []Interface) string) {
	paths, err := filepath.Glob(filepath.Join(folder, "*.txtar"))
	if err != nil || len(paths) == 0 {
		t.Fatalf("no archives in %s: %v", folder, err)
	}
	module := newModule(t, nil)
	archives := map[string]*txtar.Archive{}
	for _, path := range paths {
		archive, err := txtar.ParseFile(path)
		if err != nil {
			t.Fatal(err)
		}
		name := strings.TrimSuffix(filepath.Base(path), ".txtar")
		archives[name] = archive
		for _, f := range archive.Files {
			if f.Name != "want" {
				module.write(name+"/"+f.Name, string(f.Data))
			}
		}
	}
	result := module.explain("./...")

	diagnostics := map[string][]string{}
	for _, d := range result.Diagnostics {
		name, line, _ := strings.Cut(module.relative(d.String()), "/")
		diagnostics[name] = append(diagnostics[name], line+"\n")
		for _, r := range d.Related {
			_, line, _ := strings.Cut(module.relative(r.Pos.String()+": "+r.Message), "/")
			diagnostics[name] = append(diagnostics[name], "\t"+line+"\n")
		}
	}
	interfaces := map[string][]Interface{}
	for _, i := range result.Interfaces {
		name, _, _ := strings.Cut(module.relative(i.Pos.Filename), "/")
		interfaces[name] = append(interfaces[name], i)
	}
	for name, archive := range archives {
		t.Run(name, func(t *testing.T) {
			got := text(name, diagnostics[name], interfaces[name])
			last := &archive.Files[len(archive.Files)-1]
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
			if err := os.WriteFile(filepath.Join(folder, name+".txtar"), txtar.Format(archive), 0o644); err != nil {
				t.Fatal(err)
			}
		})
	}
}
