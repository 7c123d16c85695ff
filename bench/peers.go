package main

// This file builds the generators that are compared with ours, and knows how each is run.

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/resilgen/resilgen/bench/synth"
)

// A generator is one of those that are compared.
type generator struct {
	name    string
	flavour synth.Flavour
	outputs string // the base names of what it writes
	most    int    // interfaces that it is run for; more take minutes
	run     func(t *tools, m *synth.Module) (cost, error)
}

// generators are the peers. Ours is measured in more situations than they, see generator.go.
var generators = []generator{
	{"mockery", synth.Services, "mocks_test.go", 1000, runMockery},
	{"goverter", synth.Converters, "generated", 1000, runGoverter},
	{"moq", synth.Services, "moq_test.go", 100, runMoq},
	{"gowrap", synth.Services, "*_gowrap.go", 10, runGowrap},
}

// tools are the built programs, and what they need.
type tools struct {
	root    string // of our module
	bin     string
	gowrap  string // its template for retries
	scratch string
}

// buildTools builds our command and those of tools/go.mod.
func buildTools(scratch string) (*tools, error) {
	t := &tools{bin: filepath.Join(scratch, "bin"), scratch: scratch}
	progress("generator: building it and its peers")
	var err error
	if t.root, err = output(".", "go", "list", "-m", "-f", "{{.Dir}}", "github.com/resilgen/resilgen"); err != nil {
		return nil, err
	}
	if _, err = output(".", "go", "build", "-o", t.bin+"/", "github.com/resilgen/resilgen/cmd/resilgen"); err != nil {
		return nil, err
	}
	peers := filepath.Join(t.root, "bench", "tools")
	if _, err = output(peers, "go", "build", "-o", t.bin+"/", "tool"); err != nil {
		return nil, err
	}
	dir, err := output(peers, "go", "list", "-m", "-f", "{{.Dir}}", "github.com/hexdigest/gowrap")
	t.gowrap = filepath.Join(dir, "templates", "retry")
	return t, err
}

// path returns where a tool is.
func (t *tools) path(name string) string { return filepath.Join(t.bin, name) }

// module writes a module for a generator, and compiles it: the build cache is warm.
func (t *tools) module(who string, flavour synth.Flavour, interfaces int) (*synth.Module, error) {
	m, err := synth.Write(filepath.Join(t.scratch, fmt.Sprintf("%s-%d", who, interfaces)), flavour, interfaces)
	if err != nil {
		return nil, err
	}
	_, err = output(m.Dir, "go", "build", "./...")
	return m, err
}

// require makes a module use our runtime, with all that this needs.
func (t *tools) require(m *synth.Module) error {
	sums, err := os.ReadFile(filepath.Join(t.root, "go.sum"))
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(m.Dir, "go.sum"), sums, 0o666); err != nil {
		return err
	}
	if _, err := output(m.Dir, "go", "mod", "edit", "-replace=github.com/resilgen/resilgen="+t.root); err != nil {
		return err
	}
	// Without the proxy: it knows other versions of our module than this checkout.
	_, err = output(m.Dir, "env", "GOPROXY=off", "go", "get", "-tool", "github.com/resilgen/resilgen/cmd/resilgen")
	return err
}

func runMockery(t *tools, m *synth.Module) (cost, error) {
	config := "all: true\npackages:\n  " + synth.Path + ":\n    config:\n      recursive: true\n"
	if err := os.WriteFile(filepath.Join(m.Dir, ".mockery.yml"), []byte(config), 0o666); err != nil {
		return cost{}, err
	}
	return spend(m.Dir, nil, t.path("mockery"), "--log-level=error")
}

func runGoverter(t *tools, m *synth.Module) (cost, error) {
	return spend(m.Dir, nil, t.path("goverter"), "gen", "./...")
}

// runMoq runs moq for each package: it takes one at a time.
func runMoq(t *tools, m *synth.Module) (all cost, err error) {
	for _, pkg := range m.Packages() {
		args := append([]string{"-out", "moq_test.go", "."}, m.InterfacesOf(pkg)...)
		one, err := spend(filepath.Join(m.Dir, pkg), nil, t.path("moq"), args...)
		if err != nil {
			return all, err
		}
		all = all.and(one)
	}
	return all, nil
}

// runGowrap runs gowrap for each interface: it takes one at a time.
func runGowrap(t *tools, m *synth.Module) (all cost, err error) {
	for _, pkg := range m.Packages() {
		for _, name := range m.InterfacesOf(pkg) {
			one, err := spend(filepath.Join(m.Dir, pkg), nil, t.path("gowrap"),
				"gen", "-p", ".", "-i", name, "-t", t.gowrap, "-o", strings.ToLower(name)+"_gowrap.go")
			if err != nil {
				return all, err
			}
			all = all.and(one)
		}
	}
	return all, nil
}

// output runs a command and returns what it printed.
func output(dir, name string, args ...string) (string, error) {
	cmd := exec.Command(name, args...)
	cmd.Dir = dir
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("%s: %w\n%s", cmd, err, stderr.String())
	}
	return strings.TrimSpace(string(out)), nil
}
