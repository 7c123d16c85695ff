package templates

// Every name that generated code declares is chosen here.
//
// A name of the user's is kept where it can be: it changes only when it would not compile, or would
// shadow something that the code in its scope uses. That is little: a method's body uses its
// receiver, its parameters and results, and, when guarded, the context package and the type error;
// only where it does more than that, it uses more (see speller.noteBody). So parameters may well be
// called len, nil, string or time. The types of a signature do not matter: they are resolved
// outside the scope of its parameters.
//
// A name of ours gives way to all others, and shadows nothing predeclared and no import.

import (
	"cmp"
	"go/types"
	"maps"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/dave/jennifer/jen"
)

// RuntimePath is the package that generated code calls, and imports as resil.
const RuntimePath = "github.com/resilgen/resilgen/runtime"

const (
	contextPath = "context"
	timePath    = "time"
)

// ownPackages are those that generated code itself uses, each with its name.
var ownPackages = map[string]string{RuntimePath: "resil", contextPath: "context", timePath: "time"}

// A scope is the set of names in use: those that are held one by one, so few that a list is faster
// than a map, and all of some scopes of the type checker.
type scope struct {
	held   []string
	scopes []*types.Scope
}

func (s *scope) has(name string) bool {
	return slices.Contains(s.held, name) || slices.ContainsFunc(s.scopes, func(all *types.Scope) bool { return all.Lookup(name) != nil })
}

func (s *scope) hold(names ...string) {
	for _, name := range names {
		if !s.has(name) {
			s.held = append(s.held, name)
		}
	}
}

// holdAll holds all names of a scope of the type checker, such as the predeclared ones.
func (s *scope) holdAll(all *types.Scope) { s.scopes = append(s.scopes, all) }

// clone returns a scope that can hold more.
func (s *scope) clone() scope { return scope{slices.Clip(s.held), slices.Clip(s.scopes)} }

// keep holds and returns the name, numbered from 2 if it is in use.
func (s *scope) keep(name string) string {
	free := name
	for n := 2; s.has(free); n++ {
		free = name + strconv.Itoa(n)
	}
	s.hold(free)
	return free
}

// fresh holds and returns the first of our wishes that is neither in use nor a keyword, or else the
// last one, numbered.
func (s *scope) fresh(wishes ...string) string {
	for _, wish := range wishes {
		if !s.has(wish) && !isKeyword(wish) {
			s.hold(wish)
			return wish
		}
	}
	last := wishes[len(wishes)-1]
	s.hold(last)
	return s.keep(last)
}

// isKeyword relies on what jennifer reserves: keywords, predeclared names, and err.
func isKeyword(name string) bool {
	return jen.IsReservedWord(name) && name != "err" && types.Universe.Lookup(name) == nil
}

// importNames names the packages (import path to package name) that a file may mention. The names
// are unique and clash with nothing in the package scope. The packages that generated code itself
// uses choose first, so that they look the same everywhere.
func importNames(f *File, packages map[string]string) map[string]string {
	var s scope
	s.holdAll(types.Universe)
	s.holdAll(f.Package.Scope())
	s.hold(f.Taken...)
	s.hold("err") // jennifer would rename an import that is called err
	for _, w := range f.Wrappers {
		s.hold(w.Name, w.Constructor)
	}
	names := map[string]string{}
	choose := func(packages map[string]string) {
		for _, path := range slices.Sorted(maps.Keys(packages)) {
			if names[path] == "" {
				names[path] = s.fresh(packages[path])
			}
		}
	}
	choose(ownPackages)
	choose(packages)
	return names
}

var majorVersion = regexp.MustCompile(`/v[0-9]+$`)

// ExpectedName returns the package name that a reader expects from an import path: the last element
// of it that is no major version.
func ExpectedName(importPath string) string {
	return path.Base(majorVersion.ReplaceAllString(importPath, ""))
}

// wrapperNames are the names that a wrapper's declarations choose.
type wrapperNames struct {
	typeParams []string
	receiver   string
	client     string   // the field that holds the client, for its user
	next       string   // the field that holds the wrapped value
	guards     []string // the field of each method's guard; empty for a method that passes through
}

// nameWrapper names what a wrapper declares; mentioned are the names that it uses without a
// package.
func nameWrapper(w *Wrapper, imports map[string]string, mentioned scope) wrapperNames {
	var n wrapperNames

	s := mentioned.clone()
	s.holdAll(types.Universe)
	for _, name := range imports {
		s.hold(name)
	}
	for tp := range typeParams(w.Interface).TypeParams() {
		if tp.Obj().Name() == "_" {
			n.typeParams = append(n.typeParams, s.fresh("T"))
		} else {
			n.typeParams = append(n.typeParams, s.keep(tp.Obj().Name()))
		}
	}

	// One receiver for all methods, as is the custom: it gives way to the parameters of all of
	// them.
	for _, m := range w.Methods {
		for _, tuple := range []*types.Tuple{m.Signature.Params(), m.Signature.Results()} {
			for v := range tuple.Variables() {
				s.hold(v.Name())
			}
		}
	}
	n.receiver = s.fresh("r", "w", "wrapper")

	var fields scope
	for _, m := range w.Methods {
		fields.hold(m.Name) // a type cannot have a field and a method of one name
	}
	n.client = fields.fresh("Resil", "ResilClient")
	n.next = fields.fresh("next", "wrapped")
	n.guards = make([]string, len(w.Methods))
	for i, m := range w.Methods {
		if m.Guarded() {
			n.guards[i] = fields.fresh(lowerCamel(m.Name), lowerCamel(m.Name)+"Guard")
		}
	}
	return n
}

// methodNames are the names that a method declares.
type methodNames struct {
	params  []string
	results []string // nil when they stay without names
	locals
}

// locals are the names of the variables, and of the one type, that a body may declare.
type locals struct {
	err         string // the error that decides, if no result is it
	resultErr   string // the error that the results of the last attempt carry
	guard       string // the guard of one key
	lease       string
	rewinds     []string // one for each argument to rewind
	cause       string   // the error that a fallback is called for
	got         string   // what a hedge got
	resultsType string   // the type of what a hedge got
}

// nameMethod names what a method declares, which must not shadow what its body uses. The names of
// the source come first, then ours for what has none, then those of variables.
func nameMethod(m *Method, uses scope) methodNames {
	s := uses.clone()
	n := methodNames{params: s.keepAll(m.Signature.Params()), results: s.keepAll(m.Signature.Results())}
	s.holdAll(types.Universe)
	switch {
	case m.captures():
		for i, name := range n.results {
			if name == "" {
				n.results[i] = s.fresh(resultWish(m, i))
			}
		}
	case strings.Join(n.results, "") == "":
		n.results = nil
	default:
		for i, name := range n.results {
			n.results[i] = cmp.Or(name, "_")
		}
	}
	for i, name := range n.params {
		if name == "" {
			n.params[i] = s.fresh(paramWishes(m, i)...)
		}
	}
	n.locals = s.locals(m)
	if m.captures() && m.errorDecides() {
		n.err = n.results[m.Error]
	}
	return n
}

// locals names what a method's body declares.
func (s *scope) locals(m *Method) locals {
	l := locals{
		err: s.fresh("err", "failed"), resultErr: s.fresh("said"), guard: s.fresh("guard"), lease: s.fresh("lease"),
		cause: s.fresh("cause"), got: s.fresh("got"), resultsType: s.fresh("results"),
	}
	for range m.rewinds() {
		l.rewinds = append(l.rewinds, s.fresh("rewind"))
	}
	return l
}

// keepAll keeps the names of a signature's variables; those without one stay empty.
func (s *scope) keepAll(tuple *types.Tuple) []string {
	names := make([]string, tuple.Len())
	for i := range names {
		if name := tuple.At(i).Name(); name != "" && name != "_" {
			names[i] = s.keep(name)
		}
	}
	return names
}

// resultWish is err for the error that decides (failure if it is of another type than error),
// result for its only companion, and result1, result2, … for several.
func resultWish(m *Method, i int) string {
	decides, others := m.Error, m.Signature.Results().Len()
	if m.ResultError != nil && m.ResultError.Result >= 0 {
		decides = m.ResultError.Result
	}
	if decides >= 0 {
		others--
	}
	switch {
	case i == m.Error:
		return "err"
	case i == decides:
		return "failure"
	case others == 1:
		return "result"
	case decides >= 0 && i > decides:
		i--
	}
	return "result" + strconv.Itoa(i+1)
}

// paramWishes are ctx for the context, the type's name where it has one, and arg1, arg2, … by
// position.
func paramWishes(m *Method, i int) []string {
	byPosition := "arg" + strconv.Itoa(i+1)
	if i == m.Context {
		return []string{"ctx", byPosition}
	}
	t := m.Signature.Params().At(i).Type()
	if p, ok := t.(*types.Pointer); ok {
		t = p.Elem()
	}
	if t, ok := t.(named); ok && t.Obj().Pkg() != nil {
		return []string{lowerCamel(t.Obj().Name()), byPosition}
	}
	return []string{byPosition}
}

// lowerCamel turns an exported name into one for a field or variable: Charge into charge, HTTPGet
// into httpGet, ID into id.
func lowerCamel(name string) string {
	runes := []rune(name)
	upper := 0
	for upper < len(runes) && unicode.IsUpper(runes[upper]) {
		upper++
	}
	if upper > 1 && upper < len(runes) && unicode.IsLower(runes[upper]) {
		upper-- // the last capital begins the next word
	}
	return strings.ToLower(string(runes[:upper])) + string(runes[upper:])
}
