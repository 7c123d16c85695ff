package generator

// The golden packages are the specification of what is generated: annotated sources, the files
// generated from them, and, where these have behaviour, tests of it in virtual time.

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// One run over all golden packages computes what is committed.
func TestGolden(t *testing.T) {
	result, err := Generate(t.Context(), Request{Dir: "../testdata", Patterns: []string{"./golden/...", "./conformance/..."}})
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range result.Diagnostics {
		t.Errorf("%s: %s", d.Pos, d.Message)
	}
	if len(result.Files) == 0 {
		t.Fatal("nothing was generated")
	}
	changes, err := result.Compare()
	if err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := Write(changes); err != nil {
			t.Fatal(err)
		}
		return
	}
	base, err := filepath.Abs("..")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range changes {
		t.Errorf("run go test ./generator -update, and review:\n%s", c.Diff(base))
	}
}

// The golden packages compile without a word from vet, and do what they say.
func TestGoldenBehaviour(t *testing.T) {
	for _, command := range []string{"vet", "test"} {
		if output, err := inTestdata(t, command, "./golden/..."); err != nil {
			t.Errorf("go %s: %v\n%s", command, err, output)
		}
	}
}

// A generated file that its interface or its runtime has left behind does not compile, and the
// compiler points below a comment that says what to run.
func TestStaleFileDoesNotCompile(t *testing.T) {
	for name, tt := range map[string]struct {
		file, old, new string // an edit
		want           string // the comment
	}{
		"method added":    {"../testdata/golden/basic/basic.go", "Currencies() []string", "Currencies() []string; Countries() []string", "run go generate"},
		"method changed":  {"../testdata/golden/generic/generic.go", "Len() int", "Len() int64", "run go generate"},
		"runtime too old": {"../testdata/golden/basic/basic_resil.go", "resil.Era2", "resil.Era3", "go get github.com/resilgen/resilgen@latest"},
	} {
		t.Run(name, func(t *testing.T) {
			overlay := overlayOf(t, tt.file, tt.old, tt.new)
			output, err := inTestdata(t, "build", "-overlay="+overlay, "./golden/basic", "./golden/generic")
			if err == nil {
				t.Fatal("it compiles")
			}
			place := regexp.MustCompile(`(?m)^(\S+_resil\.go):(\d+):\d+: `).FindSubmatch(output)
			if place == nil {
				t.Fatalf("no generated file is blamed:\n%s", output)
			}
			if comment := commentAbove(t, string(place[1]), string(place[2])); !strings.Contains(comment, tt.want) {
				t.Errorf("above the error stands %q, want %q:\n%s", comment, tt.want, output)
			}
		})
	}
}

// inTestdata runs the go command where ./golden is.
func inTestdata(t *testing.T, args ...string) ([]byte, error) {
	cmd := exec.CommandContext(t.Context(), "go", args...)
	cmd.Dir = "../testdata"
	return cmd.CombinedOutput()
}

// overlayOf writes an overlay for the go command in which one text of a file is replaced.
func overlayOf(t *testing.T, file, old, new string) string {
	t.Helper()
	path, err := filepath.Abs(file)
	if err != nil {
		t.Fatal(err)
	}
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(content), old) {
		t.Fatalf("%s does not contain %q", file, old)
	}
	dir := t.TempDir()
	edited := filepath.Join(dir, filepath.Base(file)) // by which the compiler calls it
	overlay := filepath.Join(dir, "overlay.json")
	config, err := json.Marshal(map[string]map[string]string{"Replace": {path: edited}})
	if err != nil {
		t.Fatal(err)
	}
	for name, content := range map[string]string{
		edited:  strings.ReplaceAll(string(content), old, new),
		overlay: string(config),
	} {
		if err := os.WriteFile(name, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return overlay
}

// commentAbove returns the nearest comment above a line, where the compiler points.
func commentAbove(t *testing.T, file, line string) string {
	t.Helper()
	if !filepath.IsAbs(file) {
		file = filepath.Join("../testdata", file)
	}
	content, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	n, err := strconv.Atoi(line)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(string(content), "\n")[:n]
	for i := len(lines) - 1; i >= 0; i-- {
		if strings.HasPrefix(lines[i], "//") {
			return lines[i]
		}
	}
	return ""
}
