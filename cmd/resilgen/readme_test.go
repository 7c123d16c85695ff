package main

// What the README shows is compiled and run. A comment before a block says what it is: a file, or
// what a command prints.

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/resilgen/resilgen/generator"
)

var shown = regexp.MustCompile("(?m)^<!-- (file|output): (.+) -->\n```\\w*\n((?s:.*?))^```$")

func TestReadmeIsTrue(t *testing.T) {
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	text := readReadme(t, root)
	dir := t.TempDir()
	if err := writeModule(dir, root); err != nil {
		t.Fatal(err)
	}
	t.Chdir(dir)
	writeFile(t, "pay/types.go", "package pay\n\ntype (\n\tRequest  struct{}\n\tResponse struct{}\n\tReceipt  struct{}\n)\n")
	blocks := shown.FindAllStringSubmatch(text, -1)
	for _, b := range blocks {
		if b[1] == "file" {
			writeFile(t, b[2], b[3])
		}
	}
	resilgen(t, clean, "./pay")
	resilgen(t, clean, "check", "./pay")
	if out, err := exec.Command("go", "vet", "./pay").CombinedOutput(); err != nil {
		t.Errorf("go vet ./pay: %v\n%s", err, out)
	}
	for _, b := range blocks {
		if b[1] == "output" {
			got := resilgen(t, found, strings.Fields(b[2])[1:]...)
			holdReadme(t, root, b[0], strings.TrimSuffix(b[0], b[3]+"```")+got+"```")
		}
	}
}

// resilgen runs the command, and returns what it prints.
func resilgen(t *testing.T, want int, args ...string) string {
	t.Helper()
	var out bytes.Buffer
	if status := run(t.Context(), args, &out, &out, os.Getenv); status != want {
		t.Errorf("resilgen %s: status %d, want %d\n%s", strings.Join(args, " "), status, want, &out)
	}
	return out.String()
}

func writeFile(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

var referencePart = regexp.MustCompile(`(?s)<!-- reference: .*<!-- end of reference -->`)

// TestReadmeReference: the reference in the README is that of the grammar.
func TestReadmeReference(t *testing.T) {
	old := referencePart.FindString(readReadme(t, "../.."))
	begin, _, _ := strings.Cut(old, "\n")
	holdReadme(t, "../..", old, begin+"\n"+reference()+"<!-- end of reference -->")
}

var corpusPart = regexp.MustCompile(`(?s)<!-- corpus: [^\n]*\n(.*?\n)<!-- end of corpus -->`)

// TestReadmeCorpus: the table of verdicts is the corpus's.
func TestReadmeCorpus(t *testing.T) {
	verdicts, err := os.ReadFile("../../testdata/corpus/verdicts.md")
	if err != nil {
		t.Fatal(err)
	}
	_, table, _ := strings.Cut(string(verdicts), "\n| module |")
	table, _, _ = strings.Cut("| module |"+table, "\n\n")
	part := corpusPart.FindStringSubmatch(readReadme(t, "../.."))
	holdReadme(t, "../..", part[0], strings.Replace(part[0], part[1], table+"\n", 1))
}

func reference() string {
	var b strings.Builder
	b.WriteString("| directive | key | default | meaning |\n|---|---|---|---|\n")
	for _, d := range generator.Directives() {
		fmt.Fprintf(&b, "| **`%s`** | | | %s |\n", d.Name, d.Meaning)
		for _, k := range d.Keys {
			byDefault := ""
			if k.Default != "" {
				byDefault = "`" + k.Default + "` "
			}
			fmt.Fprintf(&b, "| | `%s=` | %s| %s |\n", k.Name, byDefault, k.Meaning)
		}
	}
	return b.String()
}

func readReadme(t *testing.T, root string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// holdReadme holds that a part of the README is as it should be, or makes it so with -update.
func holdReadme(t *testing.T, root, old, new string) {
	t.Helper()
	switch {
	case old == new:
	case *update:
		writeFile(t, filepath.Join(root, "README.md"), strings.Replace(readReadme(t, root), old, new, 1))
	default:
		t.Errorf("README.md is not true; run go test ./cmd/resilgen -update, and review. It says\n%s\nwant\n%s", old, new)
	}
}
