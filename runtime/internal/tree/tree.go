// Package tree reads the text of a file of overrides as values with their places, whatever its
// format. What the values mean, it does not know.
//
// It reads JSON itself. YAML is read by package runtime/overrides, which registers itself here when
// a program imports it: others need not link a library for it.
package tree

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
)

// A Place is where something stands in a text.
type Place struct{ Line, Column int } // from 1; a column is a byte of JSON, a character of YAML

// A Node is a value, with its place.
type Node struct {
	Place
	Text   string // of a scalar, as it is written; empty for null
	Fields []Field
	IsMap  bool
	IsList bool // what is in it is left out: lists have no meaning in a file of overrides
}

// A Field is an entry of a map.
type Field struct {
	Key   Node
	Value Node
}

// An Error is why a text has no tree, with the place.
type Error struct {
	Place
	Message string
}

// Error returns the place and what is the matter.
func (e *Error) Error() string { return fmt.Sprintf("%d:%d: %s", e.Line, e.Column, e.Message) }

// No file that a person writes is larger or deeper than this. A larger one is a mistake, such as a
// log in its place, and shall not cost the program its memory.
const (
	MaxSize  = 1 << 20 // bytes
	MaxDepth = 32      // values within values
)

// TooDeep returns the error of a value that stands deeper than MaxDepth.
func TooDeep(at Place) *Error {
	return &Error{at, fmt.Sprintf("values are not expected more than %d deep", MaxDepth)}
}

// A Decoder reads a text of one format. An error that has a place is an [*Error]. A decoder keeps
// to MaxDepth, and keeps a short text from becoming a large tree.
type Decoder func(text []byte) (*Node, error)

// formats are the decoders of files, by extension.
var formats = struct {
	sync.Mutex
	byExtension map[string]Decoder
}{byExtension: map[string]Decoder{".json": decodeJSON}}

// Register makes Parse read files with the extension, such as ".yaml", by decode.
func Register(extension string, decode Decoder) {
	formats.Lock()
	defer formats.Unlock()
	formats.byExtension[extension] = decode
}

// Parse reads a text in the format that the path's extension says. What is wrong with the text is
// an [*Error]; any other error says that there is no such format.
func Parse(path string, text []byte) (*Node, error) {
	decode, err := formatOf(path)
	if err != nil {
		return nil, err
	}
	if len(text) > MaxSize {
		return nil, &Error{placeOf(text, MaxSize), fmt.Sprintf("no file of overrides is larger than %d bytes", MaxSize)}
	}
	root, err := decode(text)
	if err == nil {
		return root, nil
	}
	if e, ok := errors.AsType[*Error](err); ok {
		return nil, e
	}
	return nil, &Error{Place{1, 1}, err.Error()}
}

// formatOf returns the decoder of a file, by its extension.
func formatOf(path string) (Decoder, error) {
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
