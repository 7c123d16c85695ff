package main

// This file is what all commands share that look at packages: which packages, and how findings are printed.

import (
	"context"
	"flag"
	"fmt"
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

// compare computes what the packages need and how that differs from what stands on disk. Nothing is written. There
// are no changes where the result has diagnostics: with wrong annotations, nobody knows what should be.
func (in *invocation) compare(ctx context.Context) (*generator.Result, []generator.Change, error) {
	if len(in.args) > 0 && slices.Contains(commandNames(), in.args[0]) {
		return nil, nil, fmt.Errorf("%s stands too late: the command comes before the flags", in.args[0])
	}
	result, err := generator.Generate(ctx, generator.Request{Dir: in.dir, Patterns: in.args, Tags: in.tags})
	if err != nil || len(result.Diagnostics) > 0 {
		return result, nil, err
	}
	changes, err := result.Compare()
	if err == nil && len(result.Interfaces)+len(result.Policies)+len(changes) == 0 {
		fmt.Fprintf(in.stderr, "resilgen: nothing to do: no interface in %s is marked //resilgen:wrap\n", in.packages())
	}
	return result, changes, err
}

// packages names the packages as the user did.
func (in *invocation) packages() string {
	if len(in.args) == 0 {
		return "."
	}
	return strings.Join(in.args, " ")
}
