package resil

// This file reads files of overrides as values with places, whatever their format. It reads JSON
// itself; YAML is read by package overrides, so that others need not link a library for it.

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
)

// An OverridesNode is a value in a file of overrides, with its place.
type OverridesNode struct {
	Line, Column int    // from 1; a column is a byte
	Text         string // of a scalar, as it is written; empty for null
	Fields       []OverridesField
	IsMap        bool
	IsList       bool // what is in it is left out: lists have no meaning in a file of overrides
}

// An OverridesField is an entry of a map.
type OverridesField struct {
	Key   OverridesNode
	Value OverridesNode
}

// A decoder reads a file of a format. Its error is an [*OverridesError] without Path, or has no
// place.
type decoder = func([]byte) (*OverridesNode, error)

// formats are the formats of files, by extension.
var formats = struct {
	sync.Mutex
	byExtension map[string]decoder
}{byExtension: map[string]decoder{".json": decodeJSON}}

// RegisterOverridesFormat makes [LoadOverrides] read files with the extension, such as ".yaml", by
// decode, whose error is an [*OverridesError] where it has a place. It is called by package
// github.com/resilgen/resilgen/runtime/overrides when a program imports that.
//
// What decode returns is as deep and as large as it likes: it is decode that keeps a short file
// from becoming a large value.
func RegisterOverridesFormat(extension string, decode func([]byte) (*OverridesNode, error)) {
	formats.Lock()
	defer formats.Unlock()
	formats.byExtension[extension] = decode
}

// formatOf returns the format of a file, by its extension.
func formatOf(path string) (decoder, error) {
	extension := strings.ToLower(filepath.Ext(path))
	formats.Lock()
	defer formats.Unlock()
	if decode := formats.byExtension[extension]; decode != nil {
		return decode, nil
	}
	if extension == ".yaml" || extension == ".yml" {
		return nil, fmt.Errorf(`%s: to read YAML, import _ "github.com/resilgen/resilgen/runtime/overrides"`, path)
	}
	return nil, fmt.Errorf("%s: overrides are .yaml, .yml or .json files", path)
}

// No file that a person writes is larger or deeper than this. A larger one is a mistake, such as a
// log in its place, and shall not cost the program its memory.
const (
	maxOverridesSize  = 1 << 20 // bytes
	maxOverridesDepth = 32      // values within values
)

// places tells the places of offsets that only grow, in one pass over the text.
type places struct {
	text        []byte
	line, begin int // of the last offset: its line, from 1, and where that begins
	offset      int
}

func (p *places) of(offset int) (line, column int) {
	passed := p.text[p.offset:offset]
	if last := bytes.LastIndexByte(passed, '\n'); last >= 0 {
		p.line += bytes.Count(passed, []byte("\n"))
		p.begin = p.offset + last + 1
	}
	p.offset = offset
	return p.line, 1 + offset - p.begin
}

// placeOf returns the place of one offset.
func placeOf(text []byte, offset int) (line, column int) {
	p := places{text: text, line: 1}
	return p.of(offset)
}

// decodeJSON reads JSON. Its syntax is checked first, which tells the place of an error exactly;
// then values are read by tokens, which tell theirs.
func decodeJSON(text []byte) (*OverridesNode, error) {
	text = bytes.TrimPrefix(text, []byte("\ufeff"))
	var whole json.RawMessage
	if err := json.Unmarshal(text, &whole); err != nil {
		return nil, misspelt(text, err)
	}
	d := jsonReader{Decoder: json.NewDecoder(bytes.NewReader(text)), places: places{text: text, line: 1}}
	d.UseNumber()
	n, err := d.value(0)
	return &n, err
}

// misspelt says where JSON is no JSON: at the byte that is not expected, or behind the last one.
func misspelt(text []byte, err error) error {
	at := len(text)
	if e, ok := errors.AsType[*json.SyntaxError](err); ok && !strings.HasPrefix(e.Error(), "unexpected end") {
		at = max(0, min(int(e.Offset), at)-1)
	}
	line, column := placeOf(text, at)
	return &OverridesError{Line: line, Column: column, Kind: Wrong, Message: err.Error()}
}

type jsonReader struct {
	*json.Decoder
	places
}

// place returns where the next token begins.
func (d *jsonReader) place() (line, column int) {
	offset := int(d.InputOffset())
	offset += len(d.text[offset:]) - len(bytes.TrimLeft(d.text[offset:], " \t\r\n,:"))
	return d.of(offset)
}

func (d *jsonReader) value(depth int) (n OverridesNode, err error) {
	n.Line, n.Column = d.place()
	if depth > maxOverridesDepth {
		return n, &OverridesError{Line: n.Line, Column: n.Column, Kind: Wrong,
			Message: fmt.Sprintf("values are not expected more than %d deep", maxOverridesDepth)}
	}
	token, err := d.Token()
	switch t := token.(type) {
	case json.Delim:
		n.IsMap, n.IsList = t == '{', t == '['
		for err == nil && d.More() {
			err = d.entry(&n, depth)
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

// entry reads what a map or a list holds next.
func (d *jsonReader) entry(of *OverridesNode, depth int) (err error) {
	var f OverridesField
	if of.IsMap {
		if f.Key, err = d.value(depth + 1); err != nil {
			return err
		}
	}
	if f.Value, err = d.value(depth + 1); err == nil && of.IsMap {
		of.Fields = append(of.Fields, f)
	}
	return err
}
