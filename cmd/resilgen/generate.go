package main

// This file writes what an annotated package needs.

import (
	"context"
	"flag"
	"fmt"
	"go/token"
	"strings"

	"github.com/resilgen/resilgen/generator"
)

func generateCommand() command {
	return command{
		name:    "generate",
		usage:   "resilgen [flags] [packages]",
		summary: "write the wrappers of annotated interfaces",
		help:    generatePage,
		flags: func(flags *flag.FlagSet, in *invocation) {
			packageFlags(flags, in)
			flags.BoolVar(&in.verbose, "v", false, "name the files that are written and removed")
		},
		run: generate,
	}
}

// generate writes what differs.
func generate(ctx context.Context, in *invocation) (status int, err error) {
	result, changes, err := in.compare(ctx)
	if err != nil {
		return failed, err
	}
	if len(result.Diagnostics) > 0 {
		return found, in.report(annotationFindings(result.Diagnostics))
	}
	if err := generator.Write(changes); err != nil {
		return failed, err
	}
	if in.verbose {
		in.listWritten(changes)
	}
	return clean, in.report(unguardedFindings(result.Interfaces))
}

// listWritten names the files that were written and removed, on standard error, so that the names
// can stand beside findings in any format.
func (in *invocation) listWritten(changes []generator.Change) {
	for _, c := range changes {
		verb := "wrote"
		if c.Kind == generator.Orphaned {
			verb = "removed"
		}
		fmt.Fprintf(in.stderr, "resilgen: %s %s\n", verb, shortest(in.wd, c.Path))
	}
}

// unguardedFindings returns a notice for every interface with methods that its policies do not
// reach, or not all of them. A method that was switched off by name is as its author wants it, and
// no reason for a notice.
func unguardedFindings(interfaces []generator.Interface) []finding {
	var findings []finding
	for _, i := range interfaces {
		var guarded, off, partly int
		for _, m := range i.Methods {
			switch m.Verdict {
			case generator.Guarded:
				guarded++
			case generator.Off:
				off++
			default:
				partly++
			}
		}
		if partly > 0 {
			findings = append(findings, finding{
				Severity: "notice", Kind: "unguarded",
				location: locationOf(i.Pos, token.Position{}),
				Message:  unguardedLine(i, guarded, off, partly),
			})
		}
	}
	return findings
}

// unguardedLine says which command says more.
func unguardedLine(i generator.Interface, guarded, off, partly int) string {
	methods := "methods"
	if len(i.Methods) == 1 {
		methods = "method"
	}
	counts := []string{fmt.Sprintf("%d %s", len(i.Methods), methods), fmt.Sprintf("%d guarded", guarded)}
	if off > 0 {
		counts = append(counts, fmt.Sprintf("%d off", off))
	}
	counts = append(counts, fmt.Sprintf("%d in part or not at all", partly))
	return fmt.Sprintf("%s: %s: resilgen explain", i.Name, strings.Join(counts, ", "))
}
