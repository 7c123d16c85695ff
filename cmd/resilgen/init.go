package main

// This file writes first annotations, for interfaces that have none.

import (
	"bytes"
	"cmp"
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"

	"github.com/resilgen/resilgen/generator"
)

func initCommand() command {
	return command{
		name:    "init",
		usage:   "resilgen init [flags] interfaces",
		summary: "write first policies for interfaces that have none",
		help:    initPage,
		flags: func(flags *flag.FlagSet, in *invocation) {
			flags.StringVar(&in.dir, "C", "", "resolve packages in `dir`, and write new files there")
			flags.Var(&in.tags, "tags", "load packages with the build tags in `list`, separated by commas")
			flags.BoolVar(&in.diff, "diff", false, "print what would change, and write nothing")
		},
		run: initialize,
	}
}

// initialize writes what is suggested. If one of the interfaces is refused, nothing is written.
func initialize(ctx context.Context, in *invocation) (status int, err error) {
	if len(in.args) == 0 {
		return failed, fmt.Errorf("init wants the name of an interface: resilgen init ./pay.Processor")
	}
	s, err := generator.Suggest(ctx, generator.Request{Dir: in.dir, Tags: in.tags}, in.args...)
	if err != nil {
		return failed, err
	}
	if in.listRefused(s) {
		return found, nil
	}
	if in.diff {
		for _, c := range s.Changes {
			in.stdout.Write(c.Diff(in.wd))
		}
		return clean, nil
	}
	if err := generator.Write(s.Changes); err != nil {
		return failed, err
	}
	in.listSuggested(s)
	return clean, nil
}

// listRefused says which interfaces are refused, and reports whether there are any.
func (in *invocation) listRefused(s *generator.Suggestion) (any bool) {
	for _, i := range s.Interfaces {
		if i.Refused != "" {
			fmt.Fprintf(in.stdout, "%s: %s\n", i.Asked, i.Refused)
			any = true
		}
	}
	return any
}

// listSuggested says what was done, and what is to do next.
func (in *invocation) listSuggested(s *generator.Suggestion) {
	for _, i := range s.Interfaces {
		path := shortest(in.wd, i.Path)
		switch {
		case i.Already:
			fmt.Fprintf(in.stderr, "resilgen: %s in %s is annotated already: nothing to do\n", i.Name, path)
		case i.New:
			fmt.Fprintf(in.stderr, "resilgen: wrote %s: %s embeds %s\n", path, i.Name, i.Asked)
		default:
			fmt.Fprintf(in.stderr, "resilgen: annotated %s in %s\n", i.Name, path)
		}
	}
	if len(s.Changes) == 0 {
		return
	}
	if !hasToolLine(cmp.Or(in.dir, in.wd)) {
		fmt.Fprintf(in.stderr, "resilgen: next: go get -tool %s\n", commandPath)
	}
	fmt.Fprintln(in.stderr, "resilgen: next: review the policies, and run go generate")
}

// commandPath is what a tool line names.
const commandPath = "github.com/resilgen/resilgen/cmd/resilgen"

// hasToolLine reports whether the go.mod that is meant in a directory lets go tool run this
// command, or cannot be found.
func hasToolLine(dir string) bool {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return true
	}
	for {
		if mod, err := os.ReadFile(filepath.Join(dir, "go.mod")); err == nil {
			return bytes.Contains(mod, []byte(commandPath)) || bytes.Contains(mod, []byte("module github.com/resilgen/resilgen\n"))
		}
		if filepath.Dir(dir) == dir {
			return true
		}
		dir = filepath.Dir(dir)
	}
}
