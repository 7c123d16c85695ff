package resil

// This file reads what a file of overrides says of policies, clients and methods, and finds
// everything that is wrong with it by itself.

import (
	"errors"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/resilgen/resilgen/runtime/internal/tree"
)

// An overridesFile is what a file says.
type overridesFile struct {
	path     string
	policies map[string]section
	clients  map[string]clientSection
	wrong    []*OverridesError // with the file by itself; then it is refused
}

// A section is what is said for one name, in the order of the file.
type section struct {
	at         tree.Place // of the name
	statements []statement
}

// A clientSection is what is said for a client and for its methods.
type clientSection struct {
	section
	methods map[string]section
}

// A statement is what a section says of one directive.
type statement struct {
	directive string
	at        tree.Place      // of its name
	settings  []placedSetting // that it is on, or off, then its keys
	off       bool
	wrong     bool // something in it is wrong by itself
}

// A placedSetting is a setting and where it stands.
type placedSetting struct {
	Setting
	at tree.Place
}

// parseOverrides reads the text of a file. What is wrong with it is part of what it says, so that
// one mistake hides no other. An error says that files of this name are not read at all.
func parseOverrides(path string, text []byte) (*overridesFile, error) {
	f := &overridesFile{path: path, policies: map[string]section{}, clients: map[string]clientSection{}}
	root, err := tree.Parse(path, text)
	if e, ok := errors.AsType[*tree.Error](err); ok {
		f.report(e.Place, "%s", e.Message)
		return f, nil
	}
	if err != nil {
		return f, err
	}
	f.root(root)
	return f, nil
}

// root reads the whole of a file.
func (f *overridesFile) root(n *tree.Node) {
	f.entries(n, "policies and clients", func(key, value *tree.Node) {
		switch key.Text {
		case "policies":
			f.entries(value, "names of policies", func(name, value *tree.Node) {
				f.policies[name.Text] = f.section(name, value, nil)
			})
		case "clients":
			f.entries(value, "names of clients", func(name, value *tree.Node) {
				f.clients[name.Text] = f.client(name, value)
			})
		default:
			f.report(key.Place, "%s is neither policies nor clients", key.Text)
		}
	})
}

// entries calls do for each entry of a map. Nothing where a map could be is an empty one.
func (f *overridesFile) entries(n *tree.Node, of string, do func(key, value *tree.Node)) {
	switch {
	case n.IsList:
		f.report(n.Place, "a list is not expected here")
	case !n.IsMap && n.Text != "":
		f.report(n.Place, "%s is no map of %s", n.Text, of)
	}
	given := make(map[string]bool, len(n.Fields))
	for i := range n.Fields {
		key, value := &n.Fields[i].Key, &n.Fields[i].Value
		switch {
		case key.IsMap || key.IsList || key.Text == "":
			f.report(key.Place, "a name is expected here")
		case key.Text == "<<":
			f.report(key.Place, "<< merges nothing here: an alias can stand for a whole value only")
		case given[key.Text]:
			f.report(key.Place, "%s is given twice", key.Text)
		default:
			given[key.Text] = true
			do(key, value)
		}
	}
}

// client reads what is said of one client: directives for all its methods, and methods. A name that
// begins with a small letter and is no directive is a method only if directives stand under it;
// else it was to be a directive.
func (f *overridesFile) client(name, value *tree.Node) clientSection {
	c := clientSection{methods: map[string]section{}}
	c.section = f.section(name, value, func(key, value *tree.Node) {
		if !isExported(key.Text) && !slices.ContainsFunc(value.Fields, isDirective) {
			f.unknown(key)
			return
		}
		c.methods[key.Text] = f.section(key, value, nil)
	})
	return c
}

func isDirective(f tree.Field) bool { return directiveNamed(f.Key.Text) != nil }

func isExported(name string) bool {
	first, _ := utf8.DecodeRuneInString(name)
	return unicode.IsUpper(first)
}

// section reads directives. What is no directive goes to other; where that is nil, it is an error.
func (f *overridesFile) section(name, value *tree.Node, other func(key, value *tree.Node)) section {
	s := section{at: name.Place}
	f.entries(value, "directives", func(key, value *tree.Node) {
		switch {
		case directiveNamed(key.Text) != nil:
			s.statements = append(s.statements, f.directive(key, value))
		case other != nil:
			other(key, value)
		default:
			f.unknown(key)
		}
	})
	return s
}

// unknown reports a name where a directive is expected.
func (f *overridesFile) unknown(directive *tree.Node) {
	f.report(directive.Place, "unknown directive %s: one of %s", directive.Text, strings.Join(directiveNames(), ", "))
}

// directive reads the settings of one directive: "off", or a map of keys. It notes whether anything
// is wrong with them: then nobody can say how they agree with those of other directives.
func (f *overridesFile) directive(name, value *tree.Node) statement {
	d := statement{directive: name.Text, at: name.Place}
	before := len(f.wrong)
	if value.IsMap || value.IsList {
		d.settings = []placedSetting{{Setting{Directive: name.Text}, d.at}}
		f.keys(&d, value)
	} else {
		f.word(&d, value)
	}
	d.wrong = len(f.wrong) > before
	return d
}

// word reads what stands in place of the keys: the word off, or nothing.
func (f *overridesFile) word(d *statement, value *tree.Node) {
	word := placedSetting{Setting{Directive: d.directive, Value: value.Text}, value.Place}
	if value.Text == "" {
		word.at = d.at
	}
	f.check(word)
	d.settings, d.off = []placedSetting{word}, value.Text == "off"
}

// keys reads the keys of a directive.
func (f *overridesFile) keys(d *statement, value *tree.Node) {
	var plain []Setting
	f.entries(value, "keys", func(key, value *tree.Node) {
		s := placedSetting{Setting{d.directive, key.Text, value.Text}, value.Place}
		if directiveNamed(d.directive).key(key.Text) == nil {
			s.at = key.Place
		}
		if value.IsMap || value.IsList {
			f.report(value.Place, "%s %s: one value is expected here", d.directive, key.Text)
			return
		}
		f.check(s)
		d.settings = append(d.settings, s)
		plain = append(plain, s.Setting)
	})
	for _, err := range unjoined(CheckTogether(plain...)) {
		f.report(d.at, "%v", err)
	}
}

// rewindKey is a key of retry that names Go, and that only the generator knows.
const rewindKey = "rewind"

// check reports what is wrong with a setting by itself.
func (f *overridesFile) check(s placedSetting) {
	if s.naming() != NamesNothing || s.Key == rewindKey {
		f.report(s.at, "%s %s= names Go: it cannot be changed when the program runs", s.Directive, s.Key)
	} else if err := s.Check(); err != nil {
		f.report(s.at, "%v", err)
	}
}

// report notes something that is wrong with the file by itself.
func (f *overridesFile) report(at tree.Place, format string, args ...any) {
	f.wrong = append(f.wrong, f.problem(Wrong, at, format, args...))
}
