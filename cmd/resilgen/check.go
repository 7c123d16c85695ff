package main

// This file says what generating would change.

import (
	"context"
	"fmt"

	"github.com/resilgen/resilgen/generator"
)

func checkCommand() command {
	return command{
		name:    "check",
		usage:   "resilgen check [flags] [packages]",
		summary: "write nothing; say which files are missing, stale or orphaned",
		help:    checkPage,
		flags:   packageFlags,
		run:     check,
	}
}

// check reports what generating would change.
func check(ctx context.Context, in *invocation) (status int, err error) {
	result, changes, err := in.compare(ctx)
	if err != nil {
		return failed, err
	}
	if len(result.Diagnostics) > 0 {
		return found, in.report(annotationFindings(result.Diagnostics))
	}
	if len(changes) > 0 {
		return found, in.report(changeFindings(in.wd, changes))
	}
	if n := len(result.Files); n > 0 {
		fmt.Fprintf(in.stderr, "resilgen: clean: %d up to date\n", n)
	}
	return clean, in.report(nil)
}

// changeFindings returns one finding for each file that generating would write or remove, with a
// diff relative to base.
func changeFindings(base string, changes []generator.Change) []finding {
	findings := make([]finding, len(changes))
	for i, c := range changes {
		remedy := "run go generate"
		if c.Kind == generator.Orphaned {
			remedy = "its source asks for nothing any more; run go generate, or delete it"
		}
		findings[i] = finding{
			Severity: "error", Kind: c.Kind.String(),
			location: location{File: c.Path},
			Message:  fmt.Sprintf("%s: %s", c.Kind, remedy),
			Diff:     string(c.Diff(base)),
		}
	}
	return findings
}
