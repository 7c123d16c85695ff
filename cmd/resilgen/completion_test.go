package main

import (
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// Every command, topic and flag is offered, and every choice of a flag.
func TestCandidates(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"pay/deep", "stock", ".git", "_old", "file.go/x"} {
		if err := os.MkdirAll(filepath.Join(dir, name), 0o777); err != nil {
			t.Fatal(err)
		}
	}
	t.Chdir(dir)
	var topicNames []string
	for _, topic := range topics() {
		topicNames = append(topicNames, topic.name)
	}
	for _, tt := range []struct {
		line string
		want []string
	}{
		{"", append(commandNames(), "./...", "./file.go/", "./pay/", "./stock/")},
		{"resilgen", nil}, // still the name of the command
		{"resilgen ", append(commandNames(), "./...", "./file.go/", "./pay/", "./stock/")},
		{"resilgen  ch", []string{"check"}},
		{"resilgen check ./pay/", []string{"./pay/...", "./pay/deep/"}},
		{"resilgen check ./pay/d", []string{"./pay/deep/"}},
		{"resilgen check ./stock ./p", []string{"./pay/"}},
		{"resilgen check pay", nil}, // not how a package is named
		{"resilgen ../", []string{"../...", "../" + filepath.Base(dir) + "/"}},
		{"resilgen init ./", []string{"./file.go/", "./pay/", "./stock/"}},
		{"resilgen check -C ", []string{"file.go/", "pay/", "stock/"}},
		{"resilgen check -C=pay/", []string{"-C=pay/deep/"}},
		{"resilgen check -format=", []string{"-format=text", "-format=json", "-format=github"}},
		{"resilgen check --format g", []string{"github"}},
		{"resilgen -v ./p", []string{"./pay/"}}, // -v takes no value
		{"resilgen -v=", nil},
		{"resilgen check -nonsense=", nil},
		{"resilgen nonsense ", nil},
		{"resilgen help ", append(topicNames, commandNames()...)},
		{"resilgen help check ", nil},
		{"resilgen completion ", []string{"bash", "fish", "zsh"}},
		{"resilgen version ", nil},
	} {
		var got []string
		for _, c := range candidates(tt.line) {
			got = append(got, c.word)
		}
		if !slices.Equal(got, tt.want) {
			t.Errorf("%q:\n got %q\nwant %q", tt.line, got, tt.want)
		}
	}
	for _, c := range commands() {
		var flags []string
		c.flagSet(new(invocation)).VisitAll(func(f *flag.Flag) { flags = append(flags, "-"+f.Name) })
		var got []string
		for _, c := range candidates("resilgen " + c.name + " -") {
			got = append(got, c.word)
		}
		if !slices.Equal(got, flags) {
			t.Errorf("flags of %s: got %q, want %q", c.name, got, flags)
		}
	}
}

// Help fits on a page: nothing is wider, and nothing is empty.
func TestHelpFits(t *testing.T) {
	pages := [][]string{{"help"}}
	for _, topic := range topics() {
		pages = append(pages, []string{"help", topic.name})
	}
	for _, c := range commands() {
		pages = append(pages, []string{"help", c.name})
	}
	for _, args := range pages {
		page := resilgen(t, clean, args...)
		if len(page) == 0 {
			t.Errorf("%s is empty", strings.Join(args, " "))
		}
		for _, line := range tooWide(page) {
			t.Errorf("%s: wider than %d: %s", strings.Join(args, " "), pageWidth, line)
		}
	}
	if len(tooWide(strings.Repeat("ä", pageWidth)+"\n"+strings.Repeat("ä", pageWidth+1))) != 1 {
		t.Error("a line that is too wide goes unnoticed, or one that is not does not")
	}
}

func tooWide(page string) (lines []string) {
	for line := range strings.Lines(page) {
		if line = strings.TrimRight(line, "\n"); len([]rune(line)) > pageWidth {
			lines = append(lines, line)
		}
	}
	return lines
}
