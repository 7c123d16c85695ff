package main

// This file turns arguments into the invocation of a command.

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/resilgen/resilgen/internal/nearest"
)

// A command is one subcommand: a row of [commands], and a file with its run function.
type command struct {
	name    string
	usage   string // how it is called
	summary string // one line
	help    string // what else a newcomer should know; the flags are printed below it
	flags   func(*flag.FlagSet, *invocation)
	run     func(context.Context, *invocation) (status int, err error)
}

// commands returns all commands; the first is meant where none is named.
func commands() []command {
	return []command{generateCommand(), checkCommand(), explainCommand(), initCommand(),
		completionCommand(), versionCommand(), helpCommand()}
}

// An invocation is what one run was asked to do, and where it may speak.
type invocation struct {
	stdout, stderr io.Writer
	getenv         func(string) string
	wd             string // the working directory

	args    []string  // what follows the flags
	dir     string    // -C
	tags    tags      // -tags
	format  format    // -format
	verbose bool      // -v
	diff    bool      // -diff
	only    selection // -only
	html    bool      // -html
}

// dispatch runs the command that the arguments name. The error, if any, is one of usage or of the
// run itself.
func (in *invocation) dispatch(ctx context.Context, args []string) (status int, err error) {
	c, rest, err := choose(args)
	if err != nil {
		return failed, err
	}
	if in.wd, err = os.Getwd(); err != nil {
		return failed, err
	}
	err = c.parse(in, rest)
	if errors.Is(err, flag.ErrHelp) {
		named := args[:len(args)-len(rest)]
		c, in.args, err = helpCommand(), named, nil
	}
	if err != nil {
		return failed, err
	}
	return c.run(ctx, in)
}

// choose tells which command the arguments name, and what is left of them. A single word is always
// a command: a typo must not become the name of a package that nobody has.
func choose(args []string) (command, []string, error) {
	all := commands()
	if len(args) == 0 || !isWord(args[0]) {
		return all[0], args, nil
	}
	i := slices.IndexFunc(all, func(c command) bool { return c.name == args[0] })
	if i < 0 {
		return command{}, nil, fmt.Errorf("unknown command %s%s; a package is named by its path: ./%[1]s",
			args[0], didYouMean(nearest.To(args[0], commandNames())))
	}
	return all[i], args[1:], nil
}

func commandNames() (names []string) {
	for _, c := range commands() {
		names = append(names, c.name)
	}
	return names
}

func isWord(arg string) bool {
	return arg != "" && !strings.HasPrefix(arg, "-") && !strings.ContainsAny(arg, `./\@:`)
}

// parse reads the command's flags and arguments into the invocation.
func (c command) parse(in *invocation, args []string) error {
	flags := c.flagSet(in)
	err := flags.Parse(args)
	if name, ok := strings.CutPrefix(fmt.Sprint(err), "flag provided but not defined: -"); ok {
		return fmt.Errorf("unknown flag -%s%s; see resilgen help %s", name, didYouMean(c.nearestTo(name)), c.name)
	}
	if err != nil {
		return err
	}
	in.args = flags.Args()
	for _, arg := range in.args {
		if strings.HasPrefix(arg, "-") {
			return fmt.Errorf("%s stands too late: flags come before the arguments", arg)
		}
	}
	return nil
}

// flagSet returns the command's flags, bound to the invocation and silent.
func (c command) flagSet(in *invocation) *flag.FlagSet {
	flags := flag.NewFlagSet(c.name, flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	flags.Usage = func() {}
	if c.flags != nil {
		c.flags(flags, in)
	}
	return flags
}

// flagNames returns the names of the command's flags, without a dash.
func (c command) flagNames() (names []string) {
	c.flagSet(new(invocation)).VisitAll(func(f *flag.Flag) { names = append(names, f.Name) })
	return names
}

// nearestTo returns what was probably meant by an unknown flag: one that there is, with its dash,
// or a command, such as version. The name is without a dash, which would count as a letter that is
// right.
func (c command) nearestTo(name string) string {
	meant := nearest.To(name, append(c.flagNames(), commandNames()...))
	if slices.Contains(c.flagNames(), meant) {
		return "-" + meant
	}
	return meant
}

func didYouMean(suggestion string) string {
	if suggestion == "" {
		return ""
	}
	return " (did you mean " + suggestion + "?)"
}
