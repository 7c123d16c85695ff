package main

// The command is tested as its users meet it: testdata/script holds one story each, and this binary
// plays resilgen.

import (
	"errors"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/gotooltest"
	"github.com/rogpeppe/go-internal/testscript"
)

var update = flag.Bool("update", false, "write what the commands print into the scripts")

func TestMain(m *testing.M) {
	testscript.Main(forgetful{m}, map[string]func(){"resilgen": main})
}

// forgetful are tests that leave the user's cache directory alone. The scripts have one of their
// own.
type forgetful struct{ *testing.M }

// Run runs the tests.
func (f forgetful) Run() int {
	os.Setenv("RESILGEN_CACHE", "off")
	return f.M.Run()
}

func TestScripts(t *testing.T) {
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	modCache, err := exec.Command("go", "env", "GOMODCACHE").Output()
	if err != nil {
		t.Fatal(err)
	}
	params := testscript.Params{
		Dir:                 filepath.Join(root, "testdata", "script"),
		UpdateScripts:       *update,
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"status":    status,
			"backdate":  backdate,
			"untouched": untouched,
		},
		Setup: func(env *testscript.Env) error {
			env.Setenv("GOMODCACHE", strings.TrimSpace(string(modCache)))
			env.Setenv("GOTOOLCHAIN", "local")
			env.Setenv("RESILGEN_CACHE", filepath.Join(env.WorkDir, ".tmp", "resilgen"))
			return writeModule(env.WorkDir, root)
		},
	}
	if err := gotooltest.Setup(&params); err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, params)
}

// writeModule makes dir the module example.com/pay, which requires this one and what this one
// requires, and can use its tool. It needs no network: everything has been fetched to build this
// test.
func writeModule(dir, root string) error {
	mod, err := os.ReadFile(filepath.Join(root, "go.mod"))
	if err != nil {
		return err
	}
	sum, err := os.ReadFile(filepath.Join(root, "go.sum"))
	if err != nil {
		return err
	}
	text := strings.Replace(string(mod), "module github.com/resilgen/resilgen", "module example.com/pay", 1) + `
require github.com/resilgen/resilgen v0.0.0
replace github.com/resilgen/resilgen => ` + root + `
tool github.com/resilgen/resilgen/cmd/resilgen
`
	if err := os.WriteFile(filepath.Join(dir, "go.mod"), []byte(text), 0o644); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, "go.sum"), sum, 0o644)
}

// status runs a command that fails, and holds with which exit status: "status N COMMAND [ARGS]".
func status(ts *testscript.TestScript, neg bool, args []string) {
	var exit *exec.ExitError
	err := ts.Exec(args[1], args[2:]...)
	if !errors.As(err, &exit) || strconv.Itoa(exit.ExitCode()) != args[0] {
		ts.Fatalf("want exit status %s: %v", args[0], err)
	}
}

// longAgo is a time at which no test has written a file.
var longAgo = time.Date(2009, 11, 10, 23, 0, 0, 0, time.UTC)

// backdate makes files look old: "backdate FILE...".
func backdate(ts *testscript.TestScript, neg bool, files []string) {
	for _, file := range files {
		ts.Check(os.Chtimes(ts.MkAbs(file), longAgo, longAgo))
	}
}

// untouched holds that backdated files have not been written since: "[!] untouched FILE...".
func untouched(ts *testscript.TestScript, neg bool, files []string) {
	for _, file := range files {
		info, err := os.Stat(ts.MkAbs(file))
		ts.Check(err)
		if written := !info.ModTime().Equal(longAgo); written != neg {
			ts.Fatalf("%s: written since it was backdated: %t", file, written)
		}
	}
}
