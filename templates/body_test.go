package templates

import (
	"bytes"
	"flag"
	"go/types"
	"os"
	"testing"

	resil "github.com/resilgen/resilgen/runtime"
	"golang.org/x/tools/txtar"
)

var update = flag.Bool("update", false, "write the golden bodies")

// Beside the interface, what the package of TestBody declares.
const around = `package p

import (
	"context"
	"io"
	"net/http"
)

type (
	C            = context.Context
	R            = http.Response
	Cmd          struct{ err error }
	Val          struct{}
	Bad          struct{ error }
	Coded        interface { error; Code() int }
	Tenant       string
	Level        uint8
	Addr         struct{}
	Of[T any]    struct{}
	results      struct{}
)

func (c *Cmd) Err() error     { return c.err }
func (c *Cmd) SetErr(e error) { c.err = e }
func (Val) Err() error        { return nil }
func (*Val) SetErr(error)     {}
func (*Addr) String() string  { return "" }

func failed(*Cmd) error                              { return nil }
func failedOf[T any](Of[T]) error                    { return nil }
func failedAll(string, *Cmd) error                   { return nil }
func failedAny(string, *Cmd, error) error             { return nil }
func cachedPair(string, error) (string, *Bad)         { return "", nil }
func noCmd(error) *Cmd                               { return nil }
func noText(error) (string, *Cmd)                    { return "", nil }
func noOf[T any](error) Of[T]                        { panic(0) }
func noPair(error) (string, *Bad)                    { return "", nil }
func noCoded(error) (Coded, io.ReadCloser)           { return nil, nil }
func cached(C, string, error) (string, error)        { return "", nil }
func cachedAll(C, []string, error) error             { return nil }
func cachedOf[T any](C, error) (Of[T], bool, error)  { panic(0) }
func cachedCmd(C, string, error) *Cmd                { return nil }
func reopen(string, error) (error, io.ReadCloser)    { return nil, nil }
func hostOf(C, string) string                        { return "" }
func tenantsOf(...string) Tenant                     { return "" }
func shardOf[T any](Of[T], int) int                  { return 0 }
func addrOf([]string) *Addr                          { return nil }
func back(C, io.Reader) error                        { return nil }
func backAll(C, ...io.Reader) error                  { return nil }
`

// A shape is a method in the making.
type shape struct {
	*Method
	pkg *types.Package
}

func (s shape) fn(name string, args ...types.Type) *Func {
	return &Func{Object: s.pkg.Scope().Lookup(name), TypeArgs: args}
}

var (
	errMethod = &ResultError{Result: -1, Method: "Err", SetErr: true}
	text      = types.Typ[types.String]
)

// Every shape of a body compiles and looks like its golden. What they do is shown by the golden
// packages; here are all their forms.
func TestBody(t *testing.T) {
	const hedge, timeout, key = "hedge after=1s", "timeout attempt=1s", "breaker key=k"
	const golden = "testdata/bodies.txtar"
	archive, err := txtar.ParseFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{}
	for _, f := range archive.Files {
		want[f.Name] = string(f.Data)
	}
	archive.Files = nil
	for _, tt := range []struct {
		name   string
		method string
		policy string
		plan   func(s shape)
	}{
		{"plain", "M(C) error", "retry", nil},
		{"captured", "M(C) (string, error)", "retry", nil},
		{"error first", "M(C) (error, string, bool)", "retry", nil},

		{"key string", "M(c C, k string) error", key, nil},
		{"key of string kind", "M(c C, k Tenant) error", key, nil},
		{"key integer", "M(c C, k int) (string, error)", key, nil},
		{"key unsigned", "M(c C, k Level) error", key, nil},
		{"key stringer", "M(c C, k *Addr) error", key, nil},
		{"key shadowed", "M(c C, k Level, string, uint64, strconv int) error", key, nil},
		{"key hedge", "M(c C, k string) (string, error)", key + "\n" + hedge, nil},
		{"key function", "M(c C, host string) error", "breaker key=hostOf", func(s shape) { s.Key = &Key{Func: s.fn("hostOf"), Type: text} }},
		{"key function fallback", "M(hostOf C, key string) (string, error)", "breaker key=hostOf", func(s shape) {
			s.Key, s.Fallback = &Key{Func: s.fn("hostOf"), Type: text}, s.fn("cached")
		}},
		{"key function without context", "M(c C, of Of[string], strconv int) error", "breaker key=shardOf", func(s shape) {
			s.Key = &Key{Func: s.fn("shardOf", text), Param: 1, Type: types.Typ[types.Int]}
		}},
		{"key function variadic", "M(c C, string ...string) error", "breaker key=tenantsOf", func(s shape) {
			s.Key = &Key{Func: s.fn("tenantsOf"), Param: 1, Type: s.pkg.Scope().Lookup("Tenant").Type()}
		}},
		{"key function of a slice", "M(c C, addrs ...string) error", "breaker key=addrOf", func(s shape) {
			s.Key = &Key{Func: s.fn("addrOf"), Param: 1, Type: types.NewPointer(s.pkg.Scope().Lookup("Addr").Type())}
		}},
		{"key fallback", "M(c C, k string) (string, error)", key, func(s shape) { s.Fallback = s.fn("cached") }},

		{"hedge", "M(C) (value string, err error)", hedge, nil},
		{"hedge error alone", "M(C) error", hedge, nil},
		{"hedge several", "M(C) (value string, found bool, err error)", hedge, nil},
		{"hedge error first", "M(C) (err error, got string)", hedge, nil},
		{"hedge closes", "M(C) (io.ReadCloser, error)", hedge, func(s shape) { s.Closes = []int{0} }},
		{"hedge closes several", "M(C) (a io.ReadCloser, n int, b *R, err error)", hedge, func(s shape) { s.Closes = []int{0, 2} }},
		{"hedge outlives", "M(C) (n int, body io.ReadCloser, err error)", hedge, func(s shape) { s.Outlives, s.Closes = 1, []int{1} }},
		{"hedge shadowed", "M(nil C, string, bool, got, results int) (results, bool, error)", hedge, nil},
		{"hedge fallback", "M(c C, key string) (string, error)", hedge, func(s shape) { s.Fallback = s.fn("cached") }},

		{"fallback alone", "M(c C, key string) (value string, err error)", "", func(s shape) { s.Fallback = s.fn("cached") }},
		{"fallback variadic", "M(c C, keys ...string) error", "retry", func(s shape) { s.Fallback = s.fn("cachedAll") }},
		{"fallback generic", "M(c C) (Of[string], bool, error)", "retry", func(s shape) { s.Fallback = s.fn("cachedOf", text) }},
		{"fallback closes", "M(cause string) (error, io.ReadCloser)", "breaker", func(s shape) { s.Fallback, s.Closes = s.fn("reopen"), []int{1} }},
		{"fallback shadowed", "M(resil C, cached string) (string, error)", "retry", func(s shape) { s.Fallback = s.fn("cached") }},

		{"result error, method", "M(C) *Cmd", "retry", func(s shape) { s.ResultError = errMethod }},
		{"result error, method of a value", "M(C) (val Val, err int)", "retry", func(s shape) { s.ResultError = errMethod }},
		{"result error, function", "M(C) *Cmd", "retry", func(s shape) { s.ResultError = &ResultError{Result: -1, Func: s.fn("failed"), Reject: s.fn("noCmd")} }},
		{"result error, function of all", "M(C) (value string, cmd *Cmd)", "retry", func(s shape) {
			s.ResultError = &ResultError{Result: -1, Func: s.fn("failedAll"), All: true, Reject: s.fn("noText")}
		}},
		{"result error, function generic", "M(C) Of[string]", "retry", func(s shape) {
			s.ResultError = &ResultError{Result: -1, Func: s.fn("failedOf", text), Reject: s.fn("noOf", text)}
		}},
		{"result error, concrete", "M(C) (string, *Bad)", "retry", func(s shape) { s.ResultError = &ResultError{Result: 1, Reject: s.fn("noPair")} }},
		{"result error, interface closes", "M(C) (err Coded, body io.ReadCloser)", "retry", func(s shape) {
			s.ResultError, s.Closes = &ResultError{Result: 0, Reject: s.fn("noCoded")}, []int{1}
		}},
		{"result error, beside an error", "M(C) (value string, cmd *Cmd, err error)", "retry", func(s shape) {
			s.ResultError = &ResultError{Result: -1, Func: s.fn("failedAny"), All: true}
		}},
		{"result error, beside an error hedge", "M(C) (value string, cmd *Cmd, err error)", hedge, func(s shape) {
			s.ResultError = &ResultError{Result: -1, Func: s.fn("failedAny"), All: true}
		}},
		{"result error, and never rejected", "M() (value string, cmd *Cmd)", "retry", func(s shape) {
			s.ResultError = &ResultError{Result: -1, Func: s.fn("failedAll"), All: true}
		}},
		{"result error, concrete and never rejected", "M(key string) (string, *Bad)", "retry", func(s shape) {
			s.ResultError, s.Fallback = &ResultError{Result: 1}, s.fn("cachedPair")
		}},
		{"result error, hedge", "M(C) *Cmd", hedge, func(s shape) { s.ResultError = errMethod }},
		{"result error, hedge concrete", "M(C) (string, *Bad)", hedge, func(s shape) { s.ResultError = &ResultError{Result: 1, Reject: s.fn("noPair")} }},
		{"result error, fallback", "M(c C, key string) *Cmd", "retry", func(s shape) { s.ResultError, s.Fallback = errMethod, s.fn("cachedCmd") }},
		{"result error, shadowed", "M(nil C, Cmd, new, said, err int) *Cmd", "retry", func(s shape) { s.ResultError = errMethod }},

		{"closes", "M(C) (io.ReadCloser, error)", "retry", func(s shape) { s.Closes = []int{0} }},
		{"closes for a retry to come", "M(C) (io.ReadCloser, error)", "breaker", func(s shape) { s.Closes = []int{0} }},
		{"closes nothing for none", "M(C) (io.ReadCloser, error)", "breaker", func(s shape) {
			s.Closes, s.Traits.NoRetry = []int{0}, "its annotation says retry off"
		}},
		{"outlives", "M(C) (body io.ReadCloser, err error)", timeout, func(s shape) { s.Outlives = 0 }},
		{"outlives for a timeout to come", "M(C) (body io.ReadCloser, err error)", "retry", func(s shape) { s.Outlives = 0 }},
		{"outlives hedge", "M(C) (body io.ReadCloser, err error)", hedge, func(s shape) { s.Outlives, s.Closes = 0, []int{0} }},
		{"outlives hedge several", "M(C) (*R, int, error)", hedge, func(s shape) { s.Outlives, s.Closes = 0, []int{0} }},
		{"outlives response closes", "M(c C, k string, nil int) (*R, error)", "retry\n" + timeout + "\n" + key, func(s shape) {
			s.Outlives, s.Closes = 0, []int{0}
		}},

		{"rewind", "M(c C, body io.ReadSeeker) error", "retry", func(s shape) { s.Rewind = &Rewind{Seek: []int{1}} }},
		{"rewind variadic", "M(c C, bodies ...io.Reader) error", "retry", func(s shape) { s.Rewind = &Rewind{Func: s.fn("backAll")} }},
		{"rewind several", "M(c C, rewind, nil io.ReadSeeker) (int, error)", "retry", func(s shape) { s.Rewind = &Rewind{Seek: []int{1, 2}} }},
		{"rewind function closes", "M(c C, err io.Reader) (body io.ReadCloser, back error)", "retry", func(s shape) {
			s.Rewind, s.Closes = &Rewind{Func: s.fn("back")}, []int{0}
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			pkg := check(t, around+"type X interface { "+tt.method+" }\n")
			m := methodIn(t, pkg, tt.policy)
			if tt.plan != nil {
				tt.plan(shape{&m, pkg})
			}
			source, err := Render(&File{Source: "p.go", Package: pkg, Wrappers: []Wrapper{{
				Interface: pkg.Scope().Lookup("X").(*types.TypeName), Name: "W", Constructor: "NewW", Methods: []Method{m},
			}}})
			if err != nil {
				t.Fatal(err)
			}
			check(t, around+"type X interface { "+tt.method+" }\n", string(source))
			got := source[bytes.Index(source, []byte("func (r *W)")):]
			archive.Files = append(archive.Files, txtar.File{Name: tt.name, Data: got})
			if string(got) != want[tt.name] && !*update {
				t.Errorf("run go test ./templates -update, and review: got\n%s\nwant\n%s", got, want[tt.name])
			}
		})
	}
	if *update {
		if err := os.WriteFile(golden, txtar.Format(archive), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// methodIn plans the method M of the interface X, as far as its signature tells.
func methodIn(t *testing.T, pkg *types.Package, policy string) Method {
	t.Helper()
	m := Method{Name: "M", Context: -1, Error: -1, Outlives: -1, Matches: map[string]Match{}}
	obj, _, _ := types.LookupFieldOrMethod(pkg.Scope().Lookup("X").Type(), false, pkg, "M")
	m.Signature = obj.(*types.Func).Signature()
	for i := range m.Signature.Params().Len() {
		p := m.Signature.Params().At(i)
		if types.TypeString(types.Unalias(p.Type()), nil) == "context.Context" {
			m.Context = i
		}
		if p.Name() == "k" {
			m.Key = &Key{Param: i, Type: p.Type()}
		}
	}
	for i := range m.Signature.Results().Len() {
		if types.TypeString(m.Signature.Results().At(i).Type(), nil) == "error" {
			m.Error = i
		}
	}
	var err error
	if m.Policy, err = resil.ParsePolicy(policy); err != nil {
		t.Fatal(err)
	}
	return m
}
