// Package several pins several interfaces in one file, exported and not, with names of the user's choice, and several annotated files in one
// package.
package several

import "context"

// Reader is the first.
//
//resilgen:wrap
//resilgen:retry
type Reader interface {
	Read(ctx context.Context) (string, error)
}

// API begins with a vowel, and its wrapper has a name of its own.
//
//resilgen:wrap name=SturdyAPI
//resilgen:breaker
type API interface {
	Call(ctx context.Context) error
}

// The group's doc comment is not its members'.
type (
	// writer is not exported, and neither is what wraps it.
	//
	//resilgen:wrap
	//resilgen:timeout call=1s
	writer interface {
		Write(ctx context.Context, line string) error
		flush() error
	}

	// plain is not annotated.
	plain interface {
		Plain()
	}
)

var (
	_ = newResilientWriter
	_ plain
)
