package main

// The package comment is the manual. These tests hold that it is true.

import (
	"bytes"
	"flag"
	"go/doc/comment"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// manual returns the package comment and its code blocks.
func manual(t *testing.T) (text string, blocks []string) {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), "main.go", nil, parser.ParseComments|parser.PackageClauseOnly)
	if err != nil {
		t.Fatal(err)
	}
	text = file.Doc.Text()
	for _, b := range new(comment.Parser).Parse(text).Content {
		if code, ok := b.(*comment.Code); ok {
			blocks = append(blocks, code.Text)
		}
	}
	return text, blocks
}

// block returns the code block that starts so.
func block(t *testing.T, blocks []string, start string) string {
	t.Helper()
	for _, b := range blocks {
		if strings.HasPrefix(b, start) {
			return b
		}
	}
	t.Fatalf("no code block of the manual starts with %q", start)
	return ""
}

func TestManualShowsWhatIsGenerated(t *testing.T) {
	_, blocks := manual(t)
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := writeModule(dir, root); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "payments.go"), []byte(block(t, blocks, "package pay")), 0o644); err != nil {
		t.Fatal(err)
	}
	var stdout, stderr bytes.Buffer
	if status := run(t.Context(), []string{"-C", dir}, &stdout, &stderr, os.Getenv); status != clean {
		t.Fatalf("status %d\n%s%s", status, &stdout, &stderr)
	}
	generated, err := os.ReadFile(filepath.Join(dir, "payments_resil.go"))
	if err != nil {
		t.Fatal(err)
	}
	if want := block(t, blocks, "// Charge is guarded"); !strings.Contains(string(generated), want) {
		t.Errorf("the manual shows\n%s\nand this was generated:\n%s", want, generated)
	}
}

func TestManualNamesCommandsAndFlags(t *testing.T) {
	text, _ := manual(t)
	for _, c := range commands() {
		if !strings.Contains(text, "\t"+c.usage+" ") {
			t.Errorf("the manual lacks %s", c.usage)
		}
		c.flagSet(new(invocation)).VisitAll(func(f *flag.Flag) {
			if !strings.Contains(text, "\t-"+f.Name) {
				t.Errorf("the manual lacks -%s", f.Name)
			}
		})
	}
}
