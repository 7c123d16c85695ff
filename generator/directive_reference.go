package generator

// This file is the names that directives mention: values, types and functions of Go, and policies.
// They are written as in the annotated file or with the full import path, because a file may not
// import what only a comment uses.

import (
	"iter"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/resilgen/resilgen/templates"
)

// A reference is one name that a directive mentions.
type reference struct {
	item
	site    site
	purpose string // what it is named for: the key, such as never or rewind, or else the directive
	naming  naming // noName for a policy
}

// mayBeParameter reports whether the reference may mean a parameter as well as a function: which of
// the two is seen method by method.
func (r reference) mayBeParameter() bool {
	_, qualifier, _ := r.split()
	return r.naming == aKey && qualifier == ""
}

// references returns every name that the annotation's directives mention.
func (a *annotation) references() []reference { return a.site.references(a.directives()) }

// usedPolicies returns the policies that the annotation uses.
func (a *annotation) usedPolicies() []reference { return a.site.usedPolicies(a.directives()) }

// references returns every name that directives in this file mention.
func (s site) references(directives []*directive) (all []reference) {
	for _, d := range directives {
		for _, said := range d.settings {
			all = append(all, s.referencesIn(said)...)
		}
	}
	return append(all, s.usedPolicies(directives)...)
}

// usedPolicies returns the policies that directives in this file use.
func (s site) usedPolicies(directives []*directive) (all []reference) {
	for _, d := range directives {
		for _, i := range d.policies {
			all = append(all, reference{i, s, "use", noName})
		}
	}
	return all
}

// referencesIn returns the names that a setting mentions.
func (s site) referencesIn(said setting) (all []reference) {
	switch what := said.naming(); what {
	case aFunction, aKey:
		all = append(all, reference{item{said.span, said.Value}, s, said.purpose(), what})
	case anErrorList:
		for _, i := range said.items() {
			all = append(all, reference{i, s, said.purpose(), what})
		}
	}
	return all
}

// purpose says what the names in a setting's value are for: its key, or else its directive.
func (s setting) purpose() string {
	if s.Key != "" {
		return s.Key
	}
	return s.Directive
}

// referenceForm is name, pkg.Name or example.com/path/pkg.Name, of a type with a star if need be.
var referenceForm = regexp.MustCompile(`^\*?([^.\s"'][^\s"']*\.)?[\pL_][\pL\pN_]*$`)

// split takes a reference apart: *net.OpError has a star, the qualifier net and the name OpError.
func (r reference) split() (star bool, qualifier, name string) {
	text, star := strings.CutPrefix(r.text, "*")
	i := strings.LastIndex(text, ".")
	return star, text[:max(i, 0)], text[i+1:]
}

// importPath returns the package that a reference means if its file imports none by that qualifier:
// the qualifier is its path. It is "" where there is no such package.
func (r reference) importPath() string {
	_, qualifier, _ := r.split()
	switch {
	case qualifier == "resil":
		return templates.RuntimePath
	case strings.Contains(qualifier, "...") || slices.Contains([]string{"all", "std", "cmd", "tool", "work"}, qualifier):
		return "" // to the go command, many packages
	}
	return qualifier
}

// importedPackages returns the packages that a reference may mean by what its file imports: the one
// of that name, or all of which the name is not known yet.
func (r reference) importedPackages() (paths []string) {
	_, qualifier, _ := r.split()
	for path, name := range r.site.file.imports() {
		switch {
		case name == qualifier && name != "":
			return []string{path}
		case name == "." && qualifier == "", name == "" && qualifier != "":
			paths = append(paths, path)
		}
	}
	return paths
}

// imports returns the import paths of a file and the names that it gives to them. The name is a dot
// for a dot import; it is empty where the package's own name counts, also for what is imported as
// _, for a comment alone.
func (f *sourceFile) imports() iter.Seq2[string, string] {
	return func(yield func(path, name string) bool) {
		for _, spec := range f.syntax.Imports {
			path, err := strconv.Unquote(spec.Path.Value)
			if err != nil || path == "C" {
				continue
			}
			name := ""
			if spec.Name != nil && spec.Name.Name != "_" {
				name = spec.Name.Name
			}
			if !yield(path, name) {
				return
			}
		}
	}
}

// candidatePackages returns all packages that may declare what a reference names.
func (r reference) candidatePackages() []string {
	if _, qualifier, _ := r.split(); qualifier == "" {
		return append(r.importedPackages(), r.site.pkg.path)
	}
	return append(r.importedPackages(), r.importPath())
}

// isName reports whether a text can name anything but a pointer type.
func isName(text string) bool {
	return referenceForm.MatchString(text) && !strings.HasPrefix(text, "*")
}
