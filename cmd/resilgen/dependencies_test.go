package main

// This file holds that every dependency of the module is a decision that DEPENDENCIES.md gives the
// reason for.

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/go/packages"
)

func TestDependenciesAreExplained(t *testing.T) {
	explained, err := os.ReadFile("../../DEPENDENCIES.md")
	if err != nil {
		t.Fatal(err)
	}
	required := directRequirements(t)
	for _, problem := range unexplained(string(explained), required, importers(load(t), required)) {
		t.Error(problem)
	}
}

// directRequirements returns the paths of the modules that go.mod requires for this module's own
// sake.
func directRequirements(t *testing.T) (paths []string) {
	t.Helper()
	out, err := exec.Command("go", "mod", "edit", "-json", "../../go.mod").Output()
	if err != nil {
		t.Fatal(err)
	}
	var mod struct {
		Require []struct {
			Path     string
			Indirect bool
		}
	}
	if err := json.Unmarshal(out, &mod); err != nil {
		t.Fatal(err)
	}
	for _, r := range mod.Require {
		if !r.Indirect {
			paths = append(paths, r.Path)
		}
	}
	return paths
}

// unexplained compares the table of DEPENDENCIES.md with the modules that go.mod requires directly,
// and the parts that import them.
func unexplained(document string, required []string, importers map[string][]string) []string {
	users := make(map[string]string) // as the table has it
	for _, row := range regexp.MustCompile("(?m)^\\| `([^`]+)` \\| .+ \\| ([^|]+) \\|$").FindAllStringSubmatch(document, -1) {
		users[row[1]] = row[2]
	}
	var problems []string
	for _, m := range required {
		want := strings.Join(importers[m], ", ")
		if got, ok := users[m]; !ok {
			problems = append(problems, fmt.Sprintf("%s is required by go.mod and not explained in DEPENDENCIES.md", m))
		} else if got != want {
			problems = append(problems, fmt.Sprintf("%s is used by %s; DEPENDENCIES.md says %s", m, want, got))
		}
		delete(users, m)
	}
	for _, m := range slices.Sorted(maps.Keys(users)) {
		problems = append(problems, fmt.Sprintf("%s is explained in DEPENDENCIES.md and not required by go.mod", m))
	}
	return problems
}

// importers returns the parts of this module that import each of the modules, sorted.
func importers(pkgs []*packages.Package, modules []string) map[string][]string {
	users := make(map[string][]string)
	for _, p := range pkgs {
		part, _, _ := strings.Cut(strings.TrimSuffix(inModule(p.PkgPath), "_test"), "/")
		for path := range p.Imports {
			for _, m := range modules {
				if strings.HasPrefix(path+"/", m+"/") {
					users[m] = append(users[m], part)
				}
			}
		}
	}
	for m := range users {
		slices.Sort(users[m])
		users[m] = slices.Compact(users[m])
	}
	return users
}

func TestUnexplainedDependencies(t *testing.T) {
	document := "| module | reason | used by |\n|---|---|---|\n" +
		"| `example.com/a` | prints, and more | cmd |\n| `example.com/b` | tests | generator |\n| `example.com/gone` | was nice | cmd |\n"
	got := unexplained(document,
		[]string{"example.com/a", "example.com/b", "example.com/new"},
		map[string][]string{"example.com/a": {"cmd"}, "example.com/b": {"cmd", "generator"}, "example.com/new": {"cmd"}})
	want := []string{
		"example.com/b is used by cmd, generator; DEPENDENCIES.md says generator",
		"example.com/new is required by go.mod and not explained in DEPENDENCIES.md",
		"example.com/gone is explained in DEPENDENCIES.md and not required by go.mod",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got:\n%s\nwant:\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// load returns all packages of the module with their imports, and those of their tests.
func load(t *testing.T) []*packages.Package {
	t.Helper()
	pkgs, err := packages.Load(&packages.Config{
		Mode: packages.NeedName | packages.NeedImports, Dir: "../..", Tests: true,
	}, module+"/...")
	if err != nil {
		t.Fatal(err)
	}
	return slices.DeleteFunc(pkgs, func(p *packages.Package) bool { return strings.HasSuffix(p.PkgPath, ".test") })
}
