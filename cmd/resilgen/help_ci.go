package main

// This file is the manual page on continuous integration, and the hook that it speaks of: resilgen
// help ci.

import (
	_ "embed"
	"io"
)

// hook is for git to run before a commit.
//
//go:embed help_pre-commit.sh
var hook string

func printHook(w io.Writer) error {
	_, err := io.WriteString(w, hook)
	return err
}

const ciPage = `Generated files are committed, so a build needs no resilgen. A pipeline holds that they are what their
sources ask for:

    go tool resilgen check ./...

It writes nothing, and exits with status 1 if a file is missing, stale or orphaned, or if an annotation
is wrong. It needs the modules, nothing else: the version of resilgen is that of go.mod.

GITHUB ACTIONS

    jobs:
      generated:
        runs-on: ubuntu-latest
        steps:
          - uses: actions/checkout@v4
          - uses: actions/setup-go@v5
            with:
              go-version-file: go.mod
          - name: Wrappers are up to date
            run: go tool resilgen check -format=github ./...

-format=github prints findings as workflow commands, which appear at their lines in the pull request:

    ::error file=store.go,line=8,col=16::retry attempts=0: want a number of at least 2
    ::error file=pay/cart_resil.go::stale: run go generate

Files are counted from the root of the checkout (GITHUB_WORKSPACE), in whatever directory the step runs.
In a repository with several modules, have one step for each, with working-directory.

OTHER SYSTEMS

-format=json prints one document for programs: {"findings": [...]}. The text format adds a diff of what
would change, which is what a person wants to see in a log.

BEFORE A COMMIT

A hook for git, which checks what is about to be committed:

    go tool resilgen help pre-commit > .git/hooks/pre-commit && chmod +x .git/hooks/pre-commit

SEE ALSO

resilgen help check, resilgen help errors
`
