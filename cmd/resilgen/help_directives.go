package main

// This file is the manual page on directives. What there is, with keys, defaults and meanings,
// comes from the language itself.

import (
	"io"
	"strings"

	"github.com/resilgen/resilgen/generator"
)

const directivesIntro = `A directive is a comment that says how calls behave. It starts with //resilgen: and a name, without a
space, and stands in the doc comment of an interface or of one of its methods.

    // Store keeps carts.
    //
    //resilgen:wrap
    //resilgen:retry attempts=3
    //resilgen:breaker
    //resilgen:timeout attempt=1s call=5s methods=Get*,List*
    type Store interface {
        Get(ctx context.Context, key string) (Cart, error)

        // Put is not repeated: a cart could be ordered twice.
        //
        //resilgen:retry off
        Put(ctx context.Context, key string, c Cart) error
    }

ARGUMENTS

Arguments are key=value, without spaces. A directive that stands alone has the defaults below; those
it has also for the keys that it does not give. The single word off instead of arguments switches a
policy off. Times are Go's (100ms, 2s, 1m30s), shares are 50%, rates are 100/s, lists are separated
by commas.

WHERE IT APPLIES

Each directive but $UNSELECTIVE takes methods=Get*,List* on an interface, and then applies to the
methods that match: by name, or by a pattern of * ? and [a-z]. A pattern that matches no method is an
error. The closer directive wins, key by key:

    named policy < interface < interface with methods=, later ones over earlier < method

A policy that cannot act on a method (there is no error to judge by, no context for a timeout, or an
attempt consumes an argument) is an error where the method was asked for by name: by a directive on
it, or by its exact name in methods=. Where the method was swept in, by the interface or a pattern,
the policy is left out, and resilgen explain says so.

A breaker, a bulkhead or a rate limit on an interface is one for each method, unless scope= says
otherwise: with scope=client all methods together are held to it, with a NAME those that say it.

What an annotation switches off, and what cannot act on a method, nobody can switch on when the
program runs: options and overrides are refused with the same reason.

NAMES OF GO THINGS

Functions, errors and types are written as Go would write them in that file: isBusy, *net.OpError,
io.ErrUnexpectedEOF. Or with the full import path, github.com/jackc/pgx/v5/pgconn.PgError, since a
file may not import what only a comment uses. The runtime is resil, imported or not. All are
type-checked when generating, and stand in the generated file as plain Go.

on=, never= and ignore= take error values (compared by errors.Is), error types (by errors.As) and
functions func(error) bool, in any mixture. never= wins over both others.

key= takes the name of a parameter, or a function of the method's arguments, with or without a
leading context, that returns a string, an integer or a fmt.Stringer.

ORDER

From the outside to the inside, whatever the order of the directives:

    fallback > call timeout > retry > hedge > breaker > rate limit > bulkhead > attempt timeout

With per=call, the breaker stands outside retry.

DIRECTIVES
`

// printDirectives prints the page.
func printDirectives(w io.Writer) error {
	docs := generator.Directives()
	var unselective []string
	for _, d := range docs {
		if !d.Selects {
			unselective = append(unselective, d.Name)
		}
	}
	text := filled(strings.Replace(directivesIntro, "$UNSELECTIVE", strings.Join(unselective, " and "), 1))
	for _, d := range docs {
		text += "\n" + describe(d)
	}
	_, err := io.WriteString(w, text)
	return err
}

// describe returns the entry of one directive, its keys in a table.
func describe(d generator.DirectiveDoc) string {
	text := "    //resilgen:" + strings.Join(d.Forms, ", or ") + "\n" + hang(d.Meaning, "        ")
	var keys [][2]string
	for _, k := range d.Keys {
		keys = append(keys, [2]string{"    " + k.Name + "=" + k.Default, k.Meaning})
	}
	return text + columns(keys, 2)
}
