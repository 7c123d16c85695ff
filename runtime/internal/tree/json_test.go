package tree_test

import (
	"strings"
	"testing"

	"github.com/resilgen/resilgen/runtime/internal/tree"
)

// TestJSONErrorsHaveTheirPlace: what is wrong with JSON is told at the byte where it is.
func TestJSONErrorsHaveTheirPlace(t *testing.T) {
	for text, want := range map[string]string{
		"":                                     "1:1: unexpected end of JSON input",
		"{\"clients\": {}":                     "1:15: unexpected end of JSON input",
		"{\"clients\": {}\n":                   "2:1: unexpected end of JSON input",
		"{\n  \"clients\": {},\n}":             "3:1: invalid character '}' looking for beginning of object key string",
		"{\n  \"clients\": x\n}":               "2:14: invalid character 'x' looking for beginning of value",
		"{\"clients\": {}}\n{\"clients\": {}}": "2:1: invalid character '{' after top-level value",
		"{} # nothing":                         "1:4: invalid character '#' after top-level value",
		"\ufeff{]":                             "1:2: invalid character ']' looking for beginning of object key string",
		"\xff\xfe{\x00}\x00":                   "1:1: invalid character 'ÿ' looking for beginning of value",
		"{\"clients\": {\"a\": {\"retry\": \"\n\"}}}":                                  "1:30: invalid character '\\n' in string literal",
		"{\"clients\": " + strings.Repeat(`{"a":`, 40) + "1" + strings.Repeat("}", 41): "1:169: values are not expected more than 32 deep",
		strings.Repeat("[", 20_000):                                                    "1:10001: invalid character '[' exceeded max depth",
		"{\"policies\": {" + strings.Repeat(" ", 1<<20) + "}}":                         "1:1048577: no file of overrides is larger than 1048576 bytes",
	} {
		if _, err := tree.Parse("o.json", []byte(text)); err == nil || err.Error() != want {
			t.Errorf("%.60q\ngot  %v\nwant %s", text, err, want)
		}
	}
}

// TestJSONValuesHaveTheirPlace: every value knows the line and the byte where it begins.
func TestJSONValuesHaveTheirPlace(t *testing.T) {
	root, err := tree.Parse("o.json", []byte("{ \"a\" :\n\t[1, {}],\n \"é\": {\"c\": -0.50} , \"d\":null}"))
	if err != nil {
		t.Fatal(err)
	}
	a, e, d := root.Fields[0], root.Fields[1], root.Fields[2]
	c := e.Value.Fields[0]
	for _, tt := range []struct {
		node tree.Node
		text string
		at   tree.Place
	}{
		{*root, "", tree.Place{Line: 1, Column: 1}},
		{a.Key, "a", tree.Place{Line: 1, Column: 3}},
		{a.Value, "", tree.Place{Line: 2, Column: 2}},
		{e.Key, "é", tree.Place{Line: 3, Column: 2}},
		{c.Key, "c", tree.Place{Line: 3, Column: 9}},
		{c.Value, "-0.50", tree.Place{Line: 3, Column: 14}},
		{d.Key, "d", tree.Place{Line: 3, Column: 23}},
		{d.Value, "", tree.Place{Line: 3, Column: 27}},
	} {
		if tt.node.Text != tt.text || tt.node.Place != tt.at {
			t.Errorf("got %q at %v, want %q at %v", tt.node.Text, tt.node.Place, tt.text, tt.at)
		}
	}
	if !root.IsMap || !a.Value.IsList || len(a.Value.Fields) != 0 || d.Value.IsMap || d.Value.IsList {
		t.Errorf("%+v", root)
	}
}

// TestFormats: a file is read by its extension, and one that is not known says what is.
func TestFormats(t *testing.T) {
	for path, want := range map[string]string{
		"o.yaml": `o.yaml: to read YAML, import _ "github.com/resilgen/resilgen/runtime/overrides"`,
		"o.YML":  `o.YML: to read YAML, import _ "github.com/resilgen/resilgen/runtime/overrides"`,
		"o.toml": "o.toml: overrides are .yaml, .yml or .json files",
		"o":      "o: overrides are .yaml, .yml or .json files",
	} {
		if _, err := tree.Parse(path, nil); err == nil || err.Error() != want {
			t.Errorf("got %v, want %s", err, want)
		}
	}
	if _, err := tree.Parse("o.JSON", []byte("{}")); err != nil {
		t.Error(err)
	}
}
