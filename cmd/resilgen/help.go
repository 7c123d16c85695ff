package main

// This file explains the command to people who have never seen it.

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"

	resil "github.com/resilgen/resilgen/runtime"
)

func helpCommand() command {
	return command{
		name:    "help",
		usage:   "resilgen help [topic]",
		summary: "explain a command, or the directives",
		run:     help,
	}
}

// help prints the overview, or one topic.
func help(_ context.Context, in *invocation) (status int, err error) {
	if len(in.args) == 0 {
		printOverview(in.stdout)
		return clean, nil
	}
	topic := in.args[0]
	if topic == "directives" {
		return clean, printDirectives(in.stdout)
	}
	all := commands()
	i := slices.IndexFunc(all, func(c command) bool { return c.name == topic })
	if i < 0 || len(in.args) > 1 {
		return failed, fmt.Errorf("no help on %s%s; see resilgen help",
			strings.Join(in.args, " "), didYouMean(closest(topic, append(commandNames(), "directives"))))
	}
	all[i].printHelp(in.stdout)
	return clean, nil
}

const overview = `Resilgen writes resilient wrappers for annotated Go interfaces.

Once in a module, to have the command at hand:

	go get -tool github.com/resilgen/resilgen/cmd/resilgen

Say in comments how the calls of an interface behave when the other side is slow or down:

	//go:generate go tool resilgen

	// Processor takes payments.
	//
	//resilgen:wrap
	//resilgen:retry attempts=4 initial=100ms
	//resilgen:breaker failures=50% open=10s
	type Processor interface {
		Charge(ctx context.Context, amount int) (Receipt, error)
	}

Run go generate, commit the file that it writes, and put the wrapper around your client:

	var p Processor = NewResilientProcessor(client)

Usage:

`

func printOverview(w io.Writer) {
	io.WriteString(w, overview)
	table := tabwriter.NewWriter(w, 0, 0, 3, ' ', 0)
	for _, c := range commands() {
		fmt.Fprintf(table, "    %s\t%s\n", c.usage, c.summary)
	}
	table.Flush()
	io.WriteString(w, `
The exit status is 0 if all is well, 1 if there are findings (a wrong annotation, a file that check finds wanting),
2 if the command was misused or the run failed.

More: resilgen help directives, and resilgen help with the name of a command.
`)
}

func (c command) printHelp(w io.Writer) {
	fmt.Fprintf(w, "%s: %s\n", c.usage, c.summary)
	if c.help != "" {
		fmt.Fprintf(w, "\n%s\n", c.help)
	}
	if flags := c.flagSet(&invocation{format: "text"}); len(c.flagNames()) > 0 {
		io.WriteString(w, "\nFlags:\n\n")
		flags.SetOutput(w)
		flags.PrintDefaults()
	}
}

const directivesIntro = `A directive is a comment of the form //resilgen:NAME, without a space after the slashes, in the doc comment of an
interface or of one of its methods. Arguments are key=value. A directive that stands alone has the defaults below.

    //resilgen:wrap
        marks the interface; every other directive needs it
        name=ResilientX  the name of the wrapper

    //resilgen:off
        on a method: it passes through untouched

    //resilgen:policy
        on a string constant: makes it a named policy, which says what the directives beside it say; by the constant's
        value, metrics and overrides know it

    //resilgen:use policies.Critical,policies.Batch
        applies named policies: of this package, of one that the file imports (as _ if only this comment needs it), or by
        full path, such as github.com/acme/policies.Critical; what else stands at the same place wins over them

These apply to all methods of an interface, to those that methods=Get*,List* selects, or to one method; the closer
one wins, key by key. The single word off instead of arguments switches a policy off.
`

func printDirectives(w io.Writer) error {
	io.WriteString(w, directivesIntro)
	for _, d := range resil.Directives() {
		fmt.Fprintf(w, "\n    //resilgen:%s\n        %s\n", d.Name, d.Meaning)
		keys := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
		for _, k := range d.Keys {
			fmt.Fprintf(keys, "        %s=%s\t%s\n", k.Name, k.Default, k.Meaning)
		}
		if err := keys.Flush(); err != nil {
			return err
		}
	}
	return nil
}
