package tree

// This file reads JSON. Package encoding/json tells values, but not their places.

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
)

// places tells the places of offsets that only grow, in one pass over the text.
type places struct {
	text        []byte
	line, begin int // of the last offset: its line, from 1, and where that begins
	offset      int
}

func (p *places) of(offset int) Place {
	passed := p.text[p.offset:offset]
	if last := bytes.LastIndexByte(passed, '\n'); last >= 0 {
		p.line += bytes.Count(passed, []byte("\n"))
		p.begin = p.offset + last + 1
	}
	p.offset = offset
	return Place{p.line, 1 + offset - p.begin}
}

// placeOf returns the place of one offset.
func placeOf(text []byte, offset int) Place {
	p := places{text: text, line: 1}
	return p.of(offset)
}

// decodeJSON reads JSON. Its syntax is checked first, which tells the place of an error exactly;
// then values are read by tokens, which tell theirs.
func decodeJSON(text []byte) (*Node, error) {
	text = bytes.TrimPrefix(text, []byte("\ufeff"))
	var whole json.RawMessage
	if err := json.Unmarshal(text, &whole); err != nil {
		return nil, &Error{syntaxPlace(text, err), err.Error()}
	}
	d := jsonReader{Decoder: json.NewDecoder(bytes.NewReader(text)), places: places{text: text, line: 1}}
	d.UseNumber()
	n, err := d.value(0)
	return &n, err
}

// syntaxPlace returns where JSON is no JSON: at the byte that is not expected, or behind the last
// one.
func syntaxPlace(text []byte, err error) Place {
	at := len(text)
	if e, ok := errors.AsType[*json.SyntaxError](err); ok && !strings.HasPrefix(e.Error(), "unexpected end") {
		at = max(0, min(int(e.Offset), at)-1)
	}
	return placeOf(text, at)
}

// A jsonReader reads the values of a text that is JSON.
type jsonReader struct {
	*json.Decoder
	places
}

// next returns where the next token begins.
func (d *jsonReader) next() Place {
	offset := int(d.InputOffset())
	offset += len(d.text[offset:]) - len(bytes.TrimLeft(d.text[offset:], " \t\r\n,:"))
	return d.of(offset)
}

func (d *jsonReader) value(depth int) (n Node, err error) {
	n.Place = d.next()
	if depth > MaxDepth {
		return n, TooDeep(n.Place)
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
func (d *jsonReader) entry(of *Node, depth int) (err error) {
	var f Field
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
