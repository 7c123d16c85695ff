package resil_test

import (
	"fmt"
	"runtime"
	"strings"
	"testing"

	resil "github.com/resilgen/resilgen/runtime"
)

// TestJSONPlaces: what is wrong with JSON is told at the byte where it is.
func TestJSONPlaces(t *testing.T) {
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
		"{\"clients\": {}, \"clients\": {}, \"policies\": {\"a\": {}, \"a\": {}}}":     "1:17: clients is given twice\n1:54: a is given twice",
	} {
		path := overridesFile(t, "o.json", text)
		_, err := resil.LoadOverrides(path)
		if got := strings.ReplaceAll(fmt.Sprint(err), path+":", ""); got != want {
			t.Errorf("%.60q\ngot  %s\nwant %s", text, got, want)
		}
	}
}

// TestLargeFiles: the largest file costs memory in proportion to its size, and so does what is told
// of it, whatever is in it.
func TestLargeFiles(t *testing.T) {
	for name, text := range map[string]string{
		"list.json":    `{"policies": [` + strings.TrimSuffix(strings.Repeat("1,", 1<<19-20), ",") + `]}`,
		"wrong.json":   `{"policies": {"p": {` + strings.TrimSuffix(strings.Repeat(`"x":3,`, 150_000), ",") + `}}}`,
		"many.yaml":    `{"policies": {` + strings.TrimSuffix(strings.Repeat(`"x":{"x":3},`, 80_000), ",") + `}}`,
		"word.yaml":    "policies: " + strings.Repeat("a", 1<<20-20),
		"setting.yaml": "policies: { a: { retry: { attempts: " + strings.Repeat("a", 1<<20-60) + " } } }",
		"list.yaml":    "policies: [" + strings.Repeat("a,", 1<<19-20) + "]",
		"open.yaml":    "policies: {\n" + strings.Repeat("a\n", 1<<19-20),
	} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, err := resil.LoadOverrides(overridesFile(t, name, text))
		runtime.ReadMemStats(&after)
		if cost := after.TotalAlloc - before.TotalAlloc; cost > 256<<20 {
			t.Errorf("%s: %d MB were allocated", name, cost>>20)
		}
		if err == nil || len(err.Error()) > 1<<20 {
			t.Errorf("%s: %.300v", name, err)
		}
	}
}
