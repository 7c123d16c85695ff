package main

// This file tells what became of every method: for people as tables (explain_table.go) or as a page
// (explain_page.go), for programs as one document (explain_json.go).

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"path"
	"slices"

	"github.com/resilgen/resilgen/generator"
	"github.com/resilgen/resilgen/internal/nearest"
)

func explainCommand() command {
	return command{
		name:    "explain",
		usage:   "resilgen explain [flags] [packages]",
		summary: "write nothing; say what became of every method, and why",
		help:    explainPage,
		flags: func(flags *flag.FlagSet, in *invocation) {
			packageFlags(flags, in)
			flags.BoolVar(&in.html, "html", false, "print a page for a browser, such as with > explain.html")
			flags.Var(&in.only, "only", "explain only the interfaces and methods that match `pattern`, such as Store or 'Store.Get*'")
		},
		run: explain,
	}
}

// explain prints what became of the methods.
func explain(ctx context.Context, in *invocation) (status int, err error) {
	if in.html && in.format == "json" {
		return failed, errors.New("-html and -format=json are two ways to print the same: choose one")
	}
	result, err := in.result(ctx, generator.Explain)
	if err != nil {
		return failed, err
	}
	if len(result.Diagnostics) > 0 {
		return found, in.report(annotationFindings(result.Diagnostics))
	}
	if len(result.Interfaces) == 0 {
		in.sayNothing("explain")
	}
	interfaces, err := in.only.choose(result.Interfaces)
	if err != nil {
		return failed, err
	}
	switch {
	case in.html:
		return clean, in.printPage(in.stdout, interfaces)
	case in.format == "json":
		return clean, in.printExplanations(in.stdout, interfaces)
	}
	return clean, in.printTables(in.stdout, interfaces)
}

// A selection is the flag -only: a pattern for Interface or Interface.Method, with the wildcards of
// [path.Match].
type selection string

// String returns the pattern.
func (s *selection) String() string { return string(*s) }

// Set reads the pattern.
func (s *selection) Set(pattern string) error {
	*s = selection(pattern)
	_, err := path.Match(pattern, "")
	return err
}

// choose returns the interfaces with the methods that are selected; all without a pattern.
func (s selection) choose(interfaces []generator.Interface) (chosen []generator.Interface, err error) {
	if s == "" {
		return interfaces, nil
	}
	var names []string
	selects := func(name string) bool {
		names = append(names, name)
		ok, _ := path.Match(string(s), name) // Set has seen to it that it is a pattern
		return ok
	}
	for _, i := range interfaces {
		if !selects(i.Name) {
			i.Methods = slices.DeleteFunc(slices.Clone(i.Methods), func(m generator.Method) bool { return !selects(i.Name + "." + m.Name) })
		}
		if len(i.Methods) > 0 {
			chosen = append(chosen, i)
		}
	}
	if len(chosen) == 0 && len(names) > 0 {
		return nil, fmt.Errorf("no interface or method matches %s%s", string(s), didYouMean(nearest.To(string(s), names)))
	}
	return chosen, nil
}
