package main

// This file explains the command to people who have never seen it.

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/resilgen/resilgen/internal/nearest"
)

func helpCommand() command {
	return command{
		name:    "help",
		usage:   "resilgen help [topic]",
		summary: "explain a command or a topic",
		run:     help,
	}
}

// A topic is something to explain that is not a command.
type topic struct {
	name, summary string
	print         func(io.Writer) error
}

// topics returns all topics.
func topics() []topic {
	return []topic{
		{"directives", "what annotations can say, with all keys and defaults", printDirectives},
		{"policies", "one policy for many services", printed(policiesPage)},
		{"overrides", "other numbers for a running program", printed(overridesPage)},
		{"errors", "what calls return, and what resilgen reports", printed(errorsPage)},
		{"ci", "a step for a pipeline, and a hook for git", printed(ciPage)},
		{"pre-commit", "the hook itself", printHook},
	}
}

func printed(page string) func(io.Writer) error {
	return func(w io.Writer) error {
		_, err := io.WriteString(w, filled(page))
		return err
	}
}

// help prints the overview, or one topic.
func help(_ context.Context, in *invocation) (status int, err error) {
	if len(in.args) == 0 {
		printOverview(in.stdout)
		return clean, nil
	}
	names := commandNames()
	for _, t := range topics() {
		names = append(names, t.name)
		if len(in.args) == 1 && in.args[0] == t.name {
			return clean, t.print(in.stdout)
		}
	}
	all := commands()
	i := slices.IndexFunc(all, func(c command) bool { return c.name == in.args[0] })
	if i < 0 || len(in.args) > 1 {
		return failed, fmt.Errorf("no help on %s%s; see resilgen help",
			strings.Join(in.args, " "), didYouMean(nearest.To(in.args[0], names)))
	}
	all[i].printHelp(in.stdout)
	return clean, nil
}

func printOverview(w io.Writer) {
	var usages, pages [][2]string
	for _, c := range commands() {
		usages = append(usages, [2]string{c.usage, c.summary})
	}
	for _, t := range topics() {
		pages = append(pages, [2]string{t.name, t.summary})
	}
	tables := strings.NewReplacer("{commands}", columns(usages, 3), "{topics}", columns(pages, 3))
	tables.WriteString(w, overviewPage)
}

// printHelp prints what there is to say about a command.
func (c command) printHelp(w io.Writer) {
	io.WriteString(w, hang(c.usage+": "+c.summary, ""))
	if c.help != "" {
		fmt.Fprintf(w, "\n%s", filled(c.help))
	}
	if flags := c.flagSet(&invocation{format: "text"}); len(c.flagNames()) > 0 {
		io.WriteString(w, "\nFlags:\n\n")
		flags.SetOutput(w)
		flags.PrintDefaults()
	}
}

// pageWidth is how wide help may be.
const pageWidth = 100

// filled returns a text with its paragraphs filled to the width of a page. What is indented stays
// as it is.
func filled(text string) string {
	var b strings.Builder
	for i, paragraph := range strings.Split(strings.TrimRight(text, "\n"), "\n\n") {
		if i > 0 {
			b.WriteByte('\n')
		}
		if strings.HasPrefix(paragraph, " ") || strings.HasPrefix(paragraph, "\t") {
			b.WriteString(paragraph + "\n")
		} else {
			b.WriteString(hang(paragraph, ""))
		}
	}
	return b.String()
}

// hang returns a text in lines, of which the first begins with a start, and the others as far to
// the right.
func hang(text, start string) string {
	var b strings.Builder
	margin := strings.Repeat(" ", utf8.RuneCountInString(start))
	line := start
	for i, word := range strings.Fields(text) {
		switch {
		case i == 0:
			line += word
		case utf8.RuneCountInString(line+" "+word) <= pageWidth:
			line += " " + word
		default:
			b.WriteString(line + "\n")
			line = margin + word
		}
	}
	return b.String() + line + "\n"
}

// columns returns an indented table of words and their meanings, so many blanks apart.
func columns(rows [][2]string, gap int) string {
	width := 0
	for _, row := range rows {
		width = max(width, utf8.RuneCountInString(row[0]))
	}
	var text string
	for _, row := range rows {
		text += hang(row[1], fmt.Sprintf("    %-*s", width+gap, row[0]))
	}
	return text
}
