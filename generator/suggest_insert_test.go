package generator

import (
	"strings"
	"testing"
)

// Comments stand where gofmt would put them, whatever stands there already.
func TestInsert(t *testing.T) {
	n := notes{
		own:      note{prose: []string{"Prose."}, directives: []string{"wrap", "retry"}},
		methods:  map[string]note{"Put": {prose: []string{"Put writes."}, directives: []string{"retry off"}}},
		generate: true,
	}
	// GENERATE stands for the line that go generate would otherwise find here.
	generates := strings.NewReplacer("GENERATE", "//go:generate go tool resilgen")
	for _, tt := range []struct{ name, src, want string }{
		{"bare", `package p

type Store interface {
	Get() error
	Put() error
}
`, `package p

GENERATE

// Prose.
//
//resilgen:wrap
//resilgen:retry
type Store interface {
	Get() error

	// Put writes.
	//
	//resilgen:retry off
	Put() error
}
`}, {"documented", `package p

// Store stores.
type Store interface {
	// Put puts.
	Put() error // behind
}
`, `package p

GENERATE

// Store stores.
//
// Prose.
//
//resilgen:wrap
//resilgen:retry
type Store interface {
	// Put puts.
	//
	// Put writes.
	//
	//resilgen:retry off
	Put() error // behind
}
`}, {"with directives of others", `package p

// Store stores.
//
//nolint:foo
type Store interface {
	//lint:bar
	Put() error
}
`, `package p

GENERATE

// Store stores.
//
// Prose.
//
//nolint:foo
//resilgen:wrap
//resilgen:retry
type Store interface {
	// Put writes.
	//
	//lint:bar
	//resilgen:retry off
	Put() error
}
`}, {"in a group", `package p

import "io"

type (
	A int // a

	// Store stores.
	Store interface {
		io.Reader
		Put() error
	}
)
`, `package p

import "io"

GENERATE

type (
	A int // a

	// Store stores.
	//
	// Prose.
	//
	//resilgen:wrap
	//resilgen:retry
	Store interface {
		io.Reader

		// Put writes.
		//
		//resilgen:retry off
		Put() error
	}
)
`}, {"behind an import without an empty line", `package p

import "io"
type Store = io.Reader
`, `package p

import "io"

GENERATE

// Prose.
//
//resilgen:wrap
//resilgen:retry
type Store = io.Reader
`}, {"a block comment", `package p

/* Store stores. */
type Store interface{}
`, `package p

GENERATE

/* Store stores. */
//
// Prose.
//
//resilgen:wrap
//resilgen:retry
type Store interface{}
`}} {
		t.Run(tt.name, func(t *testing.T) {
			got, err := n.insert([]byte(generates.Replace(tt.src)), "Store")
			if err != nil {
				t.Fatal(err)
			}
			if string(got) != generates.Replace(tt.want) {
				t.Errorf("got:\n%s\nwant:\n%s", got, generates.Replace(tt.want))
			}
			crlf := strings.NewReplacer("\n", "\r\n")
			got, err = n.insert([]byte(crlf.Replace(generates.Replace(tt.src))), "Store")
			if err != nil || string(got) != crlf.Replace(generates.Replace(tt.want)) {
				t.Errorf("with CRLF, got: %v\n%q", err, got)
			}
			if isFormatted([]byte(generates.Replace(tt.src))) && !isFormatted([]byte(generates.Replace(tt.want))) {
				t.Error("what is wanted is not as gofmt has it")
			}
		})
	}
}

// Where no comment fits, nothing is inserted.
func TestInsertRefuses(t *testing.T) {
	n := notes{own: note{directives: []string{"wrap"}}, methods: map[string]note{"Put": {directives: []string{"off"}}}}
	for name, src := range map[string]string{
		"one line":         "package p; type Store interface { Put() error }\n",
		"methods in a row": "package p\n\ntype Store interface { Get() error; Put() error }\n",
		"in a group":       "package p\n\ntype (Store interface{})\n",
		"behind a comment": "package p\n\n/* a */ type Store interface{}\n",
		"broken":           "package p\n\ntype Store interface{\n",
		"absent":           "package p\n\ntype Other interface{}\n",
	} {
		if got, err := n.insert([]byte(src), "Store"); err == nil {
			t.Errorf("%s: got\n%s", name, got)
		}
	}
}

// What is compared after an insertion notices a changed token, and no changed comment.
func TestSameTokens(t *testing.T) {
	src := "package p\n\ntype A int\n"
	if !sameTokens([]byte(src), []byte("package p\n\n// A is one.\ntype A int\n")) {
		t.Error("a comment makes a difference")
	}
	if sameTokens([]byte(src), []byte("package p\n\n// type A int\n")) {
		t.Error("a declaration that became a comment makes none")
	}
}
