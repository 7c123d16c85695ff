package main

// This file is what all commands share that look at packages: their flags, and what they ask the
// generator.

import (
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/resilgen/resilgen/generator"
)

func packageFlags(flags *flag.FlagSet, in *invocation) {
	flags.StringVar(&in.dir, "C", "", "resolve packages in `dir`")
	flags.Var(&in.tags, "tags", "load packages with the build tags in `list`, separated by commas")
	flags.Var(&in.format, "format", "print findings as `text|json|github`")
}

// A tags is the flag -tags: build tags, separated by commas as for the go command.
type tags []string

// String returns the flag as it was given.
func (t *tags) String() string { return strings.Join(*t, ",") }

// Set reads the flag; a later flag replaces an earlier one.
func (t *tags) Set(list string) error {
	*t = strings.FieldsFunc(list, func(r rune) bool { return r == ',' })
	return nil
}

// A computation is what finds out about packages: [generator.Generate] or [generator.Explain].
type computation func(context.Context, generator.Request) (*generator.Result, error)

// result computes what there is to know about the packages. Nothing is written.
func (in *invocation) result(ctx context.Context, compute computation) (*generator.Result, error) {
	if len(in.args) > 0 && slices.Contains(commandNames(), in.args[0]) {
		return nil, fmt.Errorf("%s stands too late: the command comes before the flags", in.args[0])
	}
	p := startProgress(in.stderr, isTerminal(in.stderr, in.getenv))
	defer p.end()
	return compute(ctx, generator.Request{Dir: in.dir, Patterns: in.args, Tags: in.tags, Memory: in.memory(), Progress: p.tell})
}

// memory returns where runs keep what they found out; "" if they do not.
func (in *invocation) memory() string {
	switch dir := in.getenv("RESILGEN_CACHE"); dir {
	case "off":
		return ""
	case "":
		caches, err := os.UserCacheDir()
		if err != nil {
			return ""
		}
		return filepath.Join(caches, "resilgen")
	default:
		return dir
	}
}

// compare generates, and computes how that differs from what stands on disk. There are no changes
// where the result has diagnostics: with wrong annotations, nobody knows what should be.
func (in *invocation) compare(ctx context.Context) (*generator.Result, []generator.Change, error) {
	result, err := in.result(ctx, generator.Generate)
	if err != nil || len(result.Diagnostics) > 0 {
		return result, nil, err
	}
	changes, err := result.Compare()
	if err == nil && len(result.Interfaces)+len(result.Policies)+len(changes) == 0 {
		in.sayNothing("do")
	}
	return result, changes, err
}

// sayNothing says that nothing is annotated, and so there is nothing to do or to explain.
func (in *invocation) sayNothing(verb string) {
	packages := "."
	if len(in.args) > 0 {
		packages = strings.Join(in.args, " ")
	}
	fmt.Fprintf(in.stderr, "resilgen: nothing to %s: no interface in %s is marked //resilgen:wrap\n", verb, packages)
}
