// Resilgen writes resilient wrappers for annotated Go interfaces: retries, circuit breakers and
// timeouts around every method, as ordinary Go that is committed beside the interface.
//
// Given the file payments.go with
//
//	package pay
//
//	import "context"
//
//	//go:generate go tool resilgen
//
//	// Processor takes payments.
//	//
//	//resilgen:wrap
//	//resilgen:retry attempts=4 initial=100ms
//	//resilgen:breaker failures=50% open=10s
//	type Processor interface {
//		// Charge moves money: it is never repeated.
//		//
//		//resilgen:retry off
//		Charge(ctx context.Context, amount int) (receipt string, err error)
//
//		Balance(ctx context.Context) (amount int, err error)
//	}
//
// the command
//
//	go generate
//
// or, for all packages of a module at once,
//
//	go tool resilgen ./...
//
// writes payments_resil.go, with a type ResilientProcessor that implements Processor. Its methods
// look like
//
//	// Charge is guarded: breaker.
//	func (r *ResilientProcessor) Charge(ctx context.Context, amount int) (receipt string, err error) {
//		err = r.charge.Do(ctx, func(ctx context.Context) (err error) {
//			receipt, err = r.next.Charge(ctx, amount)
//			return err
//		})
//		return receipt, err
//	}
//
// and the program puts it between itself and its client:
//
//	var p Processor = NewResilientProcessor(client)
//
// To have the command at hand in a module, run once
//
//	go get -tool github.com/resilgen/resilgen/cmd/resilgen
//
// # Usage
//
//	resilgen [flags] [packages]           write the wrappers of the packages, "." if none is named
//	resilgen check [flags] [packages]     write nothing; say which files are missing, stale or orphaned
//	resilgen explain [flags] [packages]   write nothing; say what became of every method, and why
//	resilgen init [flags] interfaces      write first policies for interfaces that have none, such as ./pay.Store
//	resilgen completion bash|zsh|fish     print the script that completes command lines in a shell
//	resilgen version                      print the version
//	resilgen help [topic]                 explain a command or a topic: directives, policies, overrides, errors, ci
//
// Packages are named as for the go command: by a path such as ./pay or ./..., or by an import path
// with a slash or a dot. A single word is a command ("resilgen generate" is the long form of
// "resilgen").
//
// The flags are:
//
//	-C dir
//		resolve packages in dir
//	-tags list
//		load packages with these build tags, separated by commas
//	-format text|json|github
//		how findings are printed: file:line:col: message, one JSON document, or workflow commands of GitHub Actions
//	-v
//		name the files that are written and removed (to generate only)
//	-only pattern
//		explain the interfaces and methods that match, such as Store or 'Store.Get*' (for explain only)
//	-html
//		print a page for a browser (for explain only)
//	-diff
//		print what would change, and write nothing (for init only, which has no -format)
//
// # Output and exit status
//
// A wrong annotation, and under check a file that is not what it should be, is a finding. Findings
// go to standard output, in the chosen format; check adds a unified diff in text and JSON. What
// explain explains goes there as well, as text or JSON. Whatever else there is to say, and every
// failure of the run itself, goes to standard error. Paths are relative to the working directory,
// whatever -C says; for GitHub Actions to GITHUB_WORKSPACE. If any annotation is wrong, all that
// are wrong are named and nothing is written.
//
// The exit status is 0 if all is well, 1 if there are findings, and 2 if the command was misused or
// the run failed.
//
// # What runs remember
//
// A run keeps what it found out in the user's cache directory, under a hash of everything that had
// a say in it: the sources and all local code that they import, the module files, the Go release
// and its settings, this program. A later run finds there what nothing has changed of, and takes a
// tenth of the time; it finds the same as a run that remembers nothing. The environment variable
// RESILGEN_CACHE names another directory, or off for none. What was not used for five days is
// removed.
package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"strings"
)

func main() {
	collectLate(os.Getenv)
	os.Exit(run(context.Background(), os.Args[1:], os.Stdout, os.Stderr, os.Getenv))
}

// The exit status, for scripts: findings are the user's to mend, failures are the run's.
const (
	clean  = 0
	found  = 1
	failed = 2
)

// run is the whole command, apart from the process that it runs in. It returns the exit status.
func run(ctx context.Context, args []string, stdout, stderr io.Writer, getenv func(string) string) int {
	in := &invocation{stdout: stdout, stderr: stderr, getenv: getenv, format: "text"}
	status, err := in.dispatch(ctx, args)
	if err != nil {
		fmt.Fprintf(stderr, "resilgen: %s\n", strings.TrimSpace(err.Error()))
		return failed
	}
	return status
}
