package resil_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	resil "github.com/resilgen/resilgen/runtime"
	_ "github.com/resilgen/resilgen/runtime/overrides"
)

// TestEverythingWrongWithAFileIsTold: everything that is wrong with a file by itself, with line and
// column.
func TestEverythingWrongWithAFileIsTold(t *testing.T) {
	for _, test := range []struct{ name, text, want string }{
		{"o.yaml", "polices: {}\nclients:\n  pay.Payments:\n    retry: { attempts: 1, atempts: 3 }\n    Charge: { rety: off, retry: { on: io.EOF } }\n",
			`o.yaml:1:1: polices is neither policies nor clients
o.yaml:4:24: retry attempts=1: want a number of at least 2, the first attempt included; "retry off" is for none
o.yaml:4:27: retry has no key atempts: one of attempts, initial, multiplier, max, jitter, hint, budget, floor, on, never
o.yaml:5:15: unknown directive rety: one of retry, breaker, timeout, bulkhead, ratelimit, hedge
o.yaml:5:39: retry on= names Go: it cannot be changed when the program runs`},
		{"o.yaml", "clients:\n  a: { retry: { attempts: 2 } }\n  a: {}\n", "o.yaml:3:3: a is given twice"},
		{"o.yaml", "clients:\n  a: { retry: maybe }\n", "o.yaml:2:15: retry: maybe is neither key=value nor off"},
		{"o.yaml", "clients:\n  a: { retry: no }\n  b: { retry: false }\n  c: { retry: 3 }\n", `o.yaml:2:15: retry: no is neither key=value nor off
o.yaml:3:15: retry: false is neither key=value nor off
o.yaml:4:15: retry: 3 is neither key=value nor off`},
		{"o.json", `{"clients": {"a": {"retry": false, "breaker": true, "timeout": 3}}}`, `o.json:1:29: retry: false is neither key=value nor off
o.json:1:47: breaker: true is neither key=value nor off
o.json:1:64: timeout: 3 is neither key=value nor off`},
		{"o.yaml", "clients:\n  a: { rety: off }\n  B: { Charge: off, rety: { attempts: 3 } }\n", `o.yaml:2:8: unknown directive rety: one of retry, breaker, timeout, bulkhead, ratelimit, hedge
o.yaml:3:16: off is no map of directives
o.yaml:3:21: unknown directive rety: one of retry, breaker, timeout, bulkhead, ratelimit, hedge`},
		{"o.yaml", "clients:\n  a: { breaker: { failures: 5, min: 3, window: 5s } }\n", `o.yaml:2:8: failures=5 counts failures in a row and looks at no window: min=3 has no effect (write failures as a ratio such as 50%, or leave min out)
o.yaml:2:8: failures=5 counts failures in a row and looks at no window: window=5s has no effect (write failures as a ratio such as 50%, or leave window out)`},
		// A list hides nothing of what is wrong beside it.
		{"o.yaml", "clients: [a]\npolicies: [ { retry: off } ]\npolices: 3\n", `o.yaml:1:10: a list is not expected here
o.yaml:2:11: a list is not expected here
o.yaml:3:1: polices is neither policies nor clients`},
		{"o.yaml", "clients:\n  a:\n    retry: [off]\n    timeout: { call: [1s], attempt: { is: 1s } }\n", `o.yaml:3:12: a list is not expected here
o.yaml:4:22: timeout call: one value is expected here
o.yaml:4:37: timeout attempt: one value is expected here`},
		{"o.json", `{"clients": [1], "policies": [], "x": 1}`, `o.json:1:13: a list is not expected here
o.json:1:30: a list is not expected here
o.json:1:34: x is neither policies nor clients`},
		{"o.yaml", "? { a: b }\n: c\n? [a]\n: c\n~: c\n", `o.yaml:1:3: a name is expected here
o.yaml:3:3: a name is expected here
o.yaml:5:1: a name is expected here`},
		{"o.yaml", "just words\n", "o.yaml:1:1: just words is no map of policies and clients"},
		{"o.yaml", "- a\n", "o.yaml:1:1: a list is not expected here"},
		{"o.yaml", "clients: 5\npolicies: x\n", `o.yaml:1:10: 5 is no map of names of clients
o.yaml:2:11: x is no map of names of policies`},
		{"o.json", "{\n  \"clients\": {\"a\": {\"retry\": {\"attempts\": 0}}}\n}", `o.json:2:43: retry attempts=0: want a number of at least 2, the first attempt included; "retry off" is for none`},
		{"o.json", "[]", "o.json:1:1: a list is not expected here"},
		{"o.json", `{"clients": {}, "clients": {}, "policies": {"a": {}, "a": {}}}`, `o.json:1:17: clients is given twice
o.json:1:54: a is given twice`},
		{"o.toml", "", "o.toml: overrides are .yaml, .yml or .json files"},
	} {
		path := overridesFile(t, test.name, test.text)
		_, err := resil.LoadOverrides(path)
		if got := strings.ReplaceAll(fmt.Sprint(err), path, test.name); got != test.want {
			t.Errorf("%s\ngot  %v\nwant %s", test.text, got, test.want)
		}
	}
}

// TestEmptyFilesAreRight: what is empty, and what marks an encoding, is right.
func TestEmptyFilesAreRight(t *testing.T) {
	for _, test := range []struct{ name, text string }{
		{"o.yaml", ""},
		{"o.yaml", "# nothing\n"},
		{"o.yaml", "---\n...\n"},
		{"o.yaml", "null\n"},
		{"o.yaml", "policies:\nclients: ~\n"},
		{"o.yaml", "clients: { a: }\npolicies: { b: null, c: {} }\n"},
		{"o.yaml", "\ufeffclients: {}\r\npolicies: {}\r\n"},
		{"o.json", "null"},
		{"o.json", "{}\n"},
		{"o.json", "\ufeff{}"},
		{"o.JSON", `{"clients": null, "policies": {"b": null}}`},
	} {
		if _, err := resil.LoadOverrides(overridesFile(t, test.name, test.text)); err != nil {
			t.Errorf("%q: %v", test.text, err)
		}
	}
}

// TestDirectivesAloneBringTheirDefaults: a directive with nothing behind it stands alone, and
// brings its defaults.
func TestDirectivesAloneBringTheirDefaults(t *testing.T) {
	for name, text := range map[string]string{
		"o.yaml": "clients: { pay.Payments: { breaker: , Refund: { breaker: } } }",
		"o.json": `{"clients": {"pay.Payments": {"breaker": null, "Refund": {"breaker": {}}}}}`,
	} {
		c := payments(t, load(t, overridesFile(t, name, text)))
		if got := c.Method("Refund").Policy(); got.Breaker == nil || got.Breaker.Open != 10*time.Second {
			t.Errorf("%s: %v", name, got)
		}
	}
}
