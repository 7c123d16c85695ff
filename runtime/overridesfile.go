package resil

// This file reads what a file of overrides says, and finds everything that is wrong with it by
// itself.

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
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
	at   place // the name
	said []said
}

// A clientSection is what is said for a client and for its methods.
type clientSection struct {
	section
	methods map[string]section
}

// A said is what a section says of one directive.
type said struct {
	directive string
	at        place           // its name
	settings  []placedSetting // that it is on, or off, then its keys
	off       bool
	unread    bool // something in it is wrong by itself
}

// A placedSetting is a setting and where it stands.
type placedSetting struct {
	Setting
	at place
}

// A place is where something stands in the file.
type place struct{ line, column int }

func (n *OverridesNode) place() place { return place{n.Line, n.Column} }

// problem makes an error of the file. Of what stands there it shows no more than a person reads,
// and nothing that a terminal obeys.
func (f *overridesFile) problem(kind OverridesErrorKind, at place, format string, args ...any) *OverridesError {
	message := fmt.Sprintf(format, args...)
	if len(message) > 1000 {
		message = message[:1000] + "…"
	}
	message = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return unicode.ReplacementChar
		}
		return r
	}, message)
	return &OverridesError{Path: f.path, Line: at.line, Column: at.column, Kind: kind, Message: message}
}

// report notes something that is wrong with the file by itself.
func (f *overridesFile) report(at place, format string, args ...any) {
	f.wrong = append(f.wrong, f.problem(Wrong, at, format, args...))
}

// parseOverrides reads a file. What is wrong with it is part of what it says, so that one mistake
// hides no other. An error is one that leaves nothing to be read.
func parseOverrides(path string, text []byte) (*overridesFile, error) {
	f := &overridesFile{path: path, policies: map[string]section{}, clients: map[string]clientSection{}}
	decode, err := formatOf(path)
	if err != nil {
		return f, err
	}
	if len(text) > maxOverridesSize {
		line, column := placeOf(text, maxOverridesSize)
		f.report(place{line, column}, "no file of overrides is larger than %d bytes", maxOverridesSize)
		return f, nil
	}
	root, err := decode(text)
	if err != nil {
		e, ok := errors.AsType[*OverridesError](err)
		if !ok {
			e = &OverridesError{Line: 1, Column: 1, Message: err.Error()}
		}
		f.report(place{e.Line, e.Column}, "%s", e.Message)
		return f, nil
	}
	f.root(root)
	return f, nil
}

func (f *overridesFile) root(n *OverridesNode) {
	f.entries(n, "policies and clients", func(key, value *OverridesNode) {
		switch key.Text {
		case "policies":
			f.entries(value, "names of policies", func(name, value *OverridesNode) {
				f.policies[name.Text] = f.section(name, value, nil)
			})
		case "clients":
			f.entries(value, "names of clients", func(name, value *OverridesNode) {
				f.clients[name.Text] = f.client(name, value)
			})
		default:
			f.report(key.place(), "%s is neither policies nor clients", key.Text)
		}
	})
}

// entries calls do for each entry of a map. Nothing where a map could be is an empty one.
func (f *overridesFile) entries(n *OverridesNode, of string, do func(key, value *OverridesNode)) {
	switch {
	case n.IsList:
		f.report(n.place(), "a list is not expected here")
	case !n.IsMap && n.Text != "":
		f.report(n.place(), "%s is no map of %s", n.Text, of)
	}
	given := make(map[string]bool, len(n.Fields))
	for i := range n.Fields {
		key, value := &n.Fields[i].Key, &n.Fields[i].Value
		switch {
		case key.IsMap || key.IsList || key.Text == "":
			f.report(key.place(), "a name is expected here")
		case key.Text == "<<":
			f.report(key.place(), "<< merges nothing here: an alias can stand for a whole value only")
		case given[key.Text]:
			f.report(key.place(), "%s is given twice", key.Text)
		default:
			given[key.Text] = true
			do(key, value)
		}
	}
}

// client reads what is said of one client: directives for all its methods, and methods. What begins
// with a small letter is a method only if directives stand under it; else it was to be one.
func (f *overridesFile) client(name, value *OverridesNode) clientSection {
	c := clientSection{methods: map[string]section{}}
	c.section = f.section(name, value, func(key, value *OverridesNode) {
		if !isExported(key.Text) && !slices.ContainsFunc(value.Fields, OverridesField.isDirective) {
			f.unknown(key)
			return
		}
		c.methods[key.Text] = f.section(key, value, nil)
	})
	return c
}

func (f OverridesField) isDirective() bool { return directiveNamed(f.Key.Text) != nil }

func isExported(name string) bool {
	first, _ := utf8.DecodeRuneInString(name)
	return unicode.IsUpper(first)
}

// section reads directives; what is none goes to other, if that is not nil.
func (f *overridesFile) section(name, value *OverridesNode, other func(key, value *OverridesNode)) section {
	s := section{at: name.place()}
	f.entries(value, "directives", func(key, value *OverridesNode) {
		switch {
		case directiveNamed(key.Text) != nil:
			s.said = append(s.said, f.directive(key, value))
		case other != nil:
			other(key, value)
		default:
			f.unknown(key)
		}
	})
	return s
}

func (f *overridesFile) unknown(directive *OverridesNode) {
	f.report(directive.place(), "unknown directive %s: one of %s", directive.Text, strings.Join(directiveNames(), ", "))
}

// directive reads the settings of one directive: "off", or a map of keys. It notes whether anything
// is wrong with them: then nothing more can be said of how they agree with others.
func (f *overridesFile) directive(name, value *OverridesNode) said {
	d := said{directive: name.Text, at: name.place()}
	before := len(f.wrong)
	if value.IsMap || value.IsList {
		d.settings = []placedSetting{{Setting{Directive: name.Text}, d.at}}
		f.keys(&d, value)
	} else {
		f.word(&d, value)
	}
	d.unread = len(f.wrong) > before
	return d
}

// word reads what stands in place of the keys: the word off, or nothing.
func (f *overridesFile) word(d *said, value *OverridesNode) {
	word := placedSetting{Setting{Directive: d.directive, Value: value.Text}, value.place()}
	if value.Text == "" {
		word.at = d.at
	}
	f.check(word)
	d.settings, d.off = []placedSetting{word}, value.Text == "off"
}

// keys reads the keys of a directive.
func (f *overridesFile) keys(d *said, value *OverridesNode) {
	var plain []Setting
	f.entries(value, "keys", func(key, value *OverridesNode) {
		s := placedSetting{Setting{d.directive, key.Text, value.Text}, value.place()}
		if directiveNamed(d.directive).key(key.Text) == nil {
			s.at = key.place()
		}
		if value.IsMap || value.IsList {
			f.report(value.place(), "%s %s: one value is expected here", d.directive, key.Text)
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

// rewind is a key of retry that names Go, and that only the generator knows.
const rewind = "rewind"

func (f *overridesFile) check(s placedSetting) {
	if s.naming() != NamesNothing || s.Key == rewind {
		f.report(s.at, "%s %s= names Go: it cannot be changed when the program runs", s.Directive, s.Key)
	} else if err := s.Check(); err != nil {
		f.report(s.at, "%v", err)
	}
}
