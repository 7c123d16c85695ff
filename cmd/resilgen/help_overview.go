package main

// This file is the first page of the manual: resilgen help.

// overviewPage has tables in the place of {commands} and {topics}.
const overviewPage = `Resilgen writes resilient wrappers for annotated Go interfaces.

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

{commands}
More, with resilgen help and the name of a command, or of a topic:

{topics}
The exit status is 0 if all is well, 1 if there are findings (a wrong annotation, a file that check
finds wanting), 2 if the command was misused or the run failed.

What runs find out is kept in the user's cache directory, for later runs that find nothing changed;
RESILGEN_CACHE names another directory, or off for none.
`
