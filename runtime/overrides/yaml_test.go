package overrides_test

import (
	"errors"
	"fmt"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	resil "github.com/resilgen/resilgen/runtime"
	_ "github.com/resilgen/resilgen/runtime/overrides"
)

// loaded returns the error of loading a text, with o.yaml for the path.
func loaded(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "o.yaml")
	write(t, path, text)
	_, err := resil.LoadOverrides(path)
	if err == nil {
		return ""
	}
	for _, e := range err.(interface{ Unwrap() []error }).Unwrap() {
		if e, ok := errors.AsType[*resil.OverridesError](e); !ok || e.Kind != resil.Wrong || e.Path != path {
			t.Errorf("%#v", e)
		}
	}
	return strings.ReplaceAll(err.Error(), path, "o.yaml")
}

// TestSyntaxErrorsHaveTheirLine: a syntax error is told at its own line, wherever it is and
// whatever came before.
func TestSyntaxErrorsHaveTheirLine(t *testing.T) {
	for text, want := range map[string]string{
		"clients: {a: \n":                                               "1:1: did not find expected node content",
		"clients:\n  a: { retry: off\n":                                 "2:1: did not find expected ',' or '}'",
		"clients:\n  a: { retry: off\n  b: {}\n":                        "2:1: did not find expected ',' or '}'",
		"clients:\n  a: }\n":                                            "2:1: did not find expected node content",
		"clients:\n  a: b: c\n":                                         "2:1: mapping values are not allowed in this context",
		"clients:\n  a: {}\n b: {}\n":                                   "3:1: did not find expected key",
		"clients:\n  a: \"b\n":                                          "2:1: found unexpected end of stream",
		"clients:\n  a: 'b' c\n  c: {}\n":                               "2:1: did not find expected key",
		"clients:\n\ta: {}\n":                                           "2:1: found character that cannot start any token",
		"clients:\n  a: *x\n":                                           "2:1: unknown anchor 'x' referenced",
		"clients: {}\n- c\n":                                            "2:1: did not find expected key",
		"a: b\nc: @x\n":                                                 "2:1: found character that cannot start any token",
		"a: b\nc\nd: e\n":                                               "2:1: could not find expected ':'",
		"a: b\nc: \"\\q\"\n":                                            "2:1: found unknown escape character",
		"a: b\nc: \x01\nd: e\n":                                         "2:1: control characters are not allowed",
		"a: b\nc: \xff\nd: e\n":                                         "2:1: invalid leading UTF-8 octet",
		"a: b\n---\nc: }\n":                                             "3:1: did not find expected node content",
		"a: b\nk: {a: b, c: d]\n\n\n\nx: y\n":                           "2:1: did not find expected ',' or '}'",
		"a: {\n b: c,\n d: \"\\q\"\n}\nc: d\n":                          "3:1: found unknown escape character",
		"clients:\n  a:\n    b: {}\n   c: d\n":                          "4:1: did not find expected key",
		"a: {\n b: c\n}\nd: {\n e: f\n}\n g: h\n":                       "7:1: did not find expected key",
		strings.Repeat("# as an essay\n", 50_000) + "a: }\n":            "50001:1: did not find expected node content",
		"x: y\na: { b: c\n" + strings.Repeat("# as an essay\n", 50_000): "2:1: did not find expected ',' or '}'",
	} {
		if got := loaded(t, text); got != "o.yaml:"+want {
			t.Errorf("%.60q\ngot  %s\nwant o.yaml:%s", text, got, want)
		}
	}
}

// TestSecondDocumentsAreWrong: what a second document says would be in force nowhere.
func TestSecondDocumentsAreWrong(t *testing.T) {
	for text, want := range map[string]string{
		"clients: {}\n---\npolicies: {}\n":          "o.yaml:2:1: a second document is not expected: a file of overrides is one",
		"---\n---\nclients: {}\n":                   "o.yaml:2:1: a second document is not expected: a file of overrides is one",
		"clients: {}\n...\n---\n{}\n---\nnonsense}": "o.yaml:3:1: a second document is not expected: a file of overrides is one",
		"---\nclients: {}\n...\n":                   "",
	} {
		if got := loaded(t, text); got != want {
			t.Errorf("%q\ngot  %s\nwant %s", text, got, want)
		}
	}
}

// TestAliasesAreWhatTheyStandFor: an alias is what it stands for, at its own place.
func TestAliasesAreWhatTheyStandFor(t *testing.T) {
	for text, want := range map[string]string{
		"policies: { a: &a { retry: { attempts: 2 } }, b: *a }\n": "",
		"policies: { a: { retry: &off off, hedge: *off } }\n":     "",
		"policies:\n  a: &a [x]\n  b: *a\n":                       "o.yaml:2:6: a list is not expected here\no.yaml:3:6: a list is not expected here",
		"policies: &a { a: { retry: off } }\nclients: { <<: *a }": "o.yaml:2:12: << merges nothing here: an alias can stand for a whole value only",
		"policies: { a: { <<: { retry: off } } }":                 "o.yaml:1:18: << merges nothing here: an alias can stand for a whole value only",
	} {
		if got := loaded(t, text); got != want {
			t.Errorf("%q\ngot  %s\nwant %s", text, got, want)
		}
	}
}

// TestShortFilesStayCheap: what is short to write costs no more than it is long. Where it stands
// for more, it is an error, at the place.
func TestShortFilesStayCheap(t *testing.T) {
	bomb := "a: &a {" + strings.Repeat("x: 1, ", 9) + "}\n"
	for c := 'b'; c <= 'm'; c++ {
		bomb += fmt.Sprintf("%c: &%c {", c, c)
		for i := range 9 {
			bomb += fmt.Sprintf("x%d: *%c, ", i, c-1)
		}
		bomb += "}\n"
	}
	many := "policies:\n" + strings.Repeat("  a: {}\n", 1<<20/8)
	for text, want := range map[string]string{
		"clients: &a {C: *a}\n":         "1:17: values are not expected more than 32 deep",
		"clients: &a {C: &b {D: *a}}\n": "1:24: values are not expected more than 32 deep",
		"policies: &a\n  C: *a\n":       "2:6: values are not expected more than 32 deep",
		bomb:                            "5:52: with its aliases written out, the file has more than 100000 values",
		"clients: " + strings.Repeat("{a: ", 40) + strings.Repeat("}", 40): "1:135: values are not expected more than 32 deep",
		"clients: " + strings.Repeat("[", 40) + strings.Repeat("]", 40):    "1:10: a list is not expected here",
		"clients: " + strings.Repeat("[", 20_000):                          "1:1: exceeded max depth of 10000",
		many: "131072:7: no file of overrides is larger than 1048576 bytes",
	} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		got := loaded(t, text)
		runtime.ReadMemStats(&after)
		if got != "o.yaml:"+want {
			t.Errorf("%.60q\ngot  %.300s\nwant o.yaml:%s", text, got, want)
		}
		if cost := after.TotalAlloc - before.TotalAlloc; cost > 64<<20 {
			t.Errorf("%.60q: %d bytes were allocated", text, cost)
		}
	}
}
