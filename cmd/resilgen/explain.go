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
		help: `Each annotated interface has a table of its methods, in the order of the source. A method is

    guarded         every policy that was meant for it acts
    in part         some policies act, some cannot
    passed through  no policy acts
    off             no policy acts, because an annotation says off

Below the table stand the policies, with every setting and the place where it was written; what nobody wrote is a
default. Methods with the same settings from the same places share a number.

Below these stands what the policies come to:

    at worst        how often a call is attempted and how long it takes, if every attempt takes as
                    long as it may and every wait is as long as jitter makes it; or if every answer
                    asks for the longest wait that hint= allows. The caller's deadline is left out
    attempts        when the attempts of such a call begin, hedges aside; without an attempt
                    timeout, if each fails at once
    outage          if from one moment on every attempt fails at once: the attempts a second that
                    the other side gets before a breaker opens, also if there were no retry budget,
                    and the time until the breaker opens. Calls come evenly and were healthy before;
                    the method is alone in its client, and every failure is one that is retried
    open            for how long the breaker then rejects calls before it lets probes through

With -html all this is a page instead, with a drawing of the attempts: one file that needs nothing else.

With -format=json there is one document instead, which leaves out what is empty:

    {"interfaces": [{
        "package", "name", "wrapper",         import path, interface, generated type
        "file", "line", "column",
        "methods": [{
            "name",
            "file", "line", "column",         if embedded, of what embeds it
            "verdict",                        as above
            "reason",                         why no policy acts
            "leftOut": [{
                "policy", "reason"            what was meant for it and cannot act, and why
            }],
            "shared": [{
                "policy", "how"               whose state is not the method's alone, and whose it is
            }],
            "traits": {
                "noRetry", "noHedge",         why options and overrides cannot switch these on
                "noTimeout"
            },
            "settings": [{
                "directive", "key", "value",  without a key and a value, it stands alone
                "file", "line", "column"      not of a default
            }],
            "forecast": {                     what the policy comes to; durations as in directives
                "attempts",                   of a call at most, hedges included
                "each", "waits",              the longest attempt, all waits; none where unbounded
                "longest", "hinted",          the longest call, and with hints; none where unbounded
                "timeline": [{
                    "begin", "end"            attempts of the longest call, up to 1000
                }],
                "outages": [{
                    "callsPerSecond",
                    "budgeted", "unbudgeted", attempts a second under the budget and without one
                    "opensAfter"              time until the breaker opens; none if it does not
                }],
                "open": {                     how long a breaker is open at a time; none without one
                    "shortest", "longest",    the first time, as jitter= has it
                    "grown"                   at most, when probes fail, as maxopen= has it
                }
            }
        }]
    }]}

Wrong annotations are findings, as for the other commands, and nothing else is printed.`,
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
