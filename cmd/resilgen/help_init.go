package main

// This file is the manual page on first annotations: resilgen help init.

const initPage = `An interface is named by package and name, the package as the go command takes it, or left out for the one
in the current directory:

    resilgen init Store
    resilgen init ./pay.Processor ./stock.Client
    resilgen init github.com/redis/go-redis/v9.Cmdable

An interface of the module gets comments. For one of another module, or one in a generated file, a new file
in the current package declares an interface that embeds it. Policies are chosen by names and signatures: what
only reads is repeated, what may change something is not, what closes the client is left alone. Each choice is
explained in a comment, to be reviewed like code.

Nothing else in a file changes, not by a byte. An interface that is annotated already is left as it is.
`
