package resil

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
)

// This file reads files of overrides, whatever their format, and finds everything wrong with them.

// An OverridesNode is a value in a file of overrides, with its place.
type OverridesNode struct {
	Line, Column int
	Text         string // of a scalar, as it is written
	Fields       []OverridesField
	IsMap        bool
}

// An OverridesField is an entry of a map.
type OverridesField struct {
	Key   OverridesNode
	Value OverridesNode
}

// formats are the formats of files, by extension.
var formats = struct {
	sync.Mutex
	byExtension map[string]func([]byte) (*OverridesNode, error)
}{byExtension: map[string]func([]byte) (*OverridesNode, error){".json": decodeJSON}}

// RegisterOverridesFormat makes [LoadOverrides] read files with the extension, such as ".yaml", by decode. It is called by package
// github.com/resilgen/resilgen/runtime/overrides when a program imports that.
func RegisterOverridesFormat(extension string, decode func([]byte) (*OverridesNode, error)) {
	formats.Lock()
	defer formats.Unlock()
	formats.byExtension[extension] = decode
}

// An overridesFile is what a file says.
type overridesFile struct {
	path     string
	policies map[string]section
	clients  map[string]clientSection
}

// A section is the settings for one name, in the order of the file.
type section struct {
	at       OverridesNode // the name
	settings []placedSetting
}

// A clientSection is the settings for a client and for its methods.
type clientSection struct {
	section
	methods map[string]section
}

// A placedSetting is a setting and where it stands.
type placedSetting struct {
	Setting
	at OverridesNode
}

// A placedError is one thing that is wrong with a file.
type placedError struct {
	path    string
	at      OverridesNode
	message string
}

func (e *placedError) Error() string {
	return fmt.Sprintf("%s:%d:%d: %s", e.path, e.at.Line, e.at.Column, e.message)
}

func (f *overridesFile) wrong(at OverridesNode, format string, args ...any) *placedError {
	return &placedError{f.path, at, fmt.Sprintf(format, args...)}
}

// inOrder joins errors in the order of the file.
func inOrder(errs []*placedError) error {
	slices.SortStableFunc(errs, func(a, b *placedError) int {
		return cmp.Or(cmp.Compare(a.at.Line, b.at.Line), cmp.Compare(a.at.Column, b.at.Column))
	})
	joined := make([]error, len(errs))
	for i, e := range errs {
		joined[i] = e
	}
	return errors.Join(joined...)
}

// parseOverrides reads a file. The error lists everything that is wrong with it by itself.
func parseOverrides(path string, text []byte) (*overridesFile, error) {
	decode, err := formatOf(path)
	if err != nil {
		return nil, err
	}
	root, err := decode(text)
	if err != nil {
		return nil, fmt.Errorf("%s:%w", path, err)
	}
	f := &overridesFile{path: path, policies: map[string]section{}, clients: map[string]clientSection{}}
	p := overridesParser{overridesFile: f}
	p.entries(*root, "policies and clients", func(key, value OverridesNode) {
		switch key.Text {
		case "policies":
			p.entries(value, "names of policies", func(name, value OverridesNode) {
				f.policies[name.Text] = p.section(name, value, nil)
			})
		case "clients":
			p.entries(value, "names of clients", func(name, value OverridesNode) {
				f.clients[name.Text] = p.client(name, value)
			})
		default:
			p.report(key, "%s is neither policies nor clients", key.Text)
		}
	})
	return f, inOrder(p.errs)
}

type overridesParser struct {
	*overridesFile
	errs []*placedError
}

func (p *overridesParser) report(at OverridesNode, format string, args ...any) {
	p.errs = append(p.errs, p.wrong(at, format, args...))
}

// entries calls do for each entry of a map.
func (p *overridesParser) entries(n OverridesNode, of string, do func(key, value OverridesNode)) {
	if !n.IsMap {
		if n.Text != "" {
			p.report(n, "%s is no map of %s", n.Text, of)
		}
		return
	}
	for i, field := range n.Fields {
		if slices.ContainsFunc(n.Fields[:i], func(o OverridesField) bool { return o.Key.Text == field.Key.Text }) {
			p.report(field.Key, "%s is given twice", field.Key.Text)
			continue
		}
		do(field.Key, field.Value)
	}
}

// client reads what is said of one client: directives for all its methods, and methods.
func (p *overridesParser) client(name, value OverridesNode) clientSection {
	c := clientSection{methods: map[string]section{}}
	c.section = p.section(name, value, func(method, value OverridesNode) {
		c.methods[method.Text] = p.section(method, value, nil)
	})
	return c
}

// section reads directives; what is none goes to other, if that is not nil.
func (p *overridesParser) section(name, value OverridesNode, other func(key, value OverridesNode)) section {
	s := section{at: name}
	p.entries(value, "directives", func(key, value OverridesNode) {
		switch {
		case directiveNamed(key.Text) != nil:
			s.settings = append(s.settings, p.directive(key, value)...)
		case other != nil:
			other(key, value)
		default:
			p.report(key, "unknown directive %s: one of %s", key.Text, strings.Join(directiveNames(), ", "))
		}
	})
	return s
}

// directive reads the settings of one directive: "off", or a map of keys.
func (p *overridesParser) directive(name, value OverridesNode) []placedSetting {
	if !value.IsMap {
		word := placedSetting{Setting{Directive: name.Text, Value: value.Text}, value}
		if value.Text == "" {
			word.at = name
		}
		p.check(word)
		return []placedSetting{word}
	}
	list := []placedSetting{{Setting{Directive: name.Text}, name}}
	var plain []Setting
	p.entries(value, "keys", func(key, value OverridesNode) {
		s := placedSetting{Setting{name.Text, key.Text, value.Text}, value}
		if directiveNamed(name.Text).key(key.Text) == nil {
			s.at = key
		}
		p.check(s)
		list = append(list, s)
		plain = append(plain, s.Setting)
	})
	if err := CheckTogether(plain...); err != nil {
		p.report(name, "%v", err)
	}
	return list
}

// namesGo holds the keys whose values are Go, which only the generator can resolve.
var namesGo = []string{"on", "never", "ignore", "key", "rewind"}

func (p *overridesParser) check(s placedSetting) {
	if slices.Contains(namesGo, s.Key) {
		p.report(s.at, "%s %s= names Go: it cannot be changed when the program runs", s.Directive, s.Key)
	} else if err := s.Check(); err != nil {
		p.report(s.at, "%v", err)
	}
}

// changes returns the policies of a client's methods under the file, and everything that is wrong with them; then there are none.
func (f *overridesFile) changes(c *Client) ([]change, []*placedError) {
	var errs []*placedError
	var list []change
	own := f.clients[c.name]
	for _, g := range c.guards {
		p, err := f.policy(g, own)
		if err != nil {
			errs = append(errs, err)
		}
		list = append(list, change{g, p})
	}
	for name, s := range own.methods {
		if c.Method(name) == nil {
			errs = append(errs, f.wrong(s.at, "%s has no guarded method %s: one of %s", c.name, name, strings.Join(c.methods(), ", ")))
		}
	}
	if err := f.agree(list, own); err != nil {
		errs = append(errs, err)
	}
	if len(errs) > 0 {
		return nil, errs
	}
	return list, nil
}

// policy returns the policy of a guard under the file.
func (f *overridesFile) policy(g *Guard, own clientSection) (Policy, *placedError) {
	var settings []placedSetting
	for _, name := range g.generated.Names {
		for _, s := range f.policies[name].settings {
			// What a method has switched off, or never had, is not for a policy to bring: it may not be repeated.
			if directiveNamed(s.Directive).isOn(&g.generated) {
				settings = append(settings, s)
			}
		}
	}
	settings = slices.Concat(settings, own.settings, own.methods[g.method].settings)
	p := g.generated.clone()
	for _, s := range settings {
		_ = s.apply(&p) // has been checked
	}
	p.settle()
	err := p.Validate()
	if why := g.refusal("hedge", byOverride); err == nil && p.Hedge != nil && why != "" {
		err = &PolicyError{Directive: "hedge", Message: "hedge cannot act on " + g.method + ": " + why}
	}
	if err != nil {
		return p, f.wrong(f.blame(err, settings, own.at), "%s.%s: %v", g.client.name, g.method, err)
	}
	return p, nil
}

// blame returns the place of the last setting that a contradiction names.
func (f *overridesFile) blame(err error, settings []placedSetting, otherwise OverridesNode) OverridesNode {
	e, ok := errors.AsType[*PolicyError](err)
	if !ok {
		return otherwise
	}
	for _, s := range slices.Backward(settings) {
		if s.Directive == e.Directive && (s.Key == "" && len(e.Keys) == 0 || slices.Contains(e.Keys, s.Key)) {
			return s.at
		}
	}
	return otherwise
}

// agree returns what the methods of a client contradict each other in.
func (f *overridesFile) agree(list []change, own clientSection) *placedError {
	for i, a := range list {
		for _, b := range list[:i] {
			if err := a.to.agrees(b.to); err != nil {
				return f.wrong(own.at, "%s.%s: %v", a.guard.client.name, a.guard.method, err)
			}
		}
	}
	return nil
}

// decodeJSON reads JSON, with the place of every value.
func decodeJSON(text []byte) (*OverridesNode, error) {
	d := jsonReader{text: text, Decoder: json.NewDecoder(bytes.NewReader(text))}
	d.UseNumber()
	n, err := d.value()
	if err == nil {
		if _, err = d.Token(); err == io.EOF {
			return &n, nil
		}
		err = errors.New("there is more after the value")
	}
	line, column := d.place()
	return nil, fmt.Errorf("%d:%d: %w", line, column, err)
}

type jsonReader struct {
	*json.Decoder
	text []byte
}

// place returns where the next token begins.
func (d *jsonReader) place() (line, column int) {
	offset := int(d.InputOffset())
	offset += len(d.text[offset:]) - len(bytes.TrimLeft(d.text[offset:], " \t\r\n,:"))
	before := d.text[:offset]
	return 1 + bytes.Count(before, []byte("\n")), offset - bytes.LastIndexByte(before, '\n')
}

func (d *jsonReader) value() (n OverridesNode, err error) {
	n.Line, n.Column = d.place()
	token, err := d.Token()
	switch t := token.(type) {
	case json.Delim:
		if t == '[' {
			return n, errors.New("a list is not expected here")
		}
		n.IsMap = true
		for err == nil && d.More() {
			var f OverridesField
			if f.Key, err = d.value(); err == nil {
				f.Value, err = d.value()
			}
			n.Fields = append(n.Fields, f)
		}
		if err == nil {
			_, err = d.Token()
		}
	case nil:
	default:
		n.Text = fmt.Sprint(t)
	}
	return n, err
}
