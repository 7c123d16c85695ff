package resil_test

import (
	"regexp"
	"slices"
	"testing"

	resil "github.com/resilgen/resilgen/runtime"
)

// seeds are files of overrides of all kinds.
var seeds = []string{
	"",
	"policies:\n  usual: { retry: { attempts: 2 }, hedge: off }\nclients:\n  store.Store:\n    timeout: { call: 3s }\n    Get: { breaker: { open: 30s, slow: 1s } }\n    Charge: { retry: off }\n",
	`{"policies": {"usual": {"retry": {"attempts": 2}}}, "clients": {"store.Store": {"timeout": null, "Query": {"bulkhead": {"max": 3}}}}}`,
	"clients: { store.Store: { retry: { attempts: 3, budget: 10% }, Query: { retry: { budget: 20% } }, Upload: { retry: } } }",
	"clients: { store.Store: { breaker: { scope: client, failures: 3 }, ratelimit: { rate: 0.1/s }, Charge: { breaker: { window: 1h } } } }",
	"clients: &a {C: *a}",
	"a: &a {x: 1}\nb: &b {x: *a, y: *a}\nc: {x: *b, y: *b, <<: *a}\n",
	"---\nclients: {}\n---\n{}\n",
	"clients: [1, {a: b}]\n? {a: b}\n: c\n!!binary aaa: |\n  x\n",
	"clients:\n\ta: b\n",
	"{\"clients\": {\"a\": [[[[1]]], \"\\ud800\"}}",
	"\ufeffclients: { store.Store: { Get: { timeout: { attempt: 1s, call: 1s } } } }\r\n# end",
}

// lineBreak is what ends a line in YAML; in JSON only the first does.
var lineBreak = regexp.MustCompile(`[\n\r\x{85}\x{2028}\x{2029}]`)

// FuzzOverridesYAML and FuzzOverridesJSON: whatever a file holds, it is judged, everything that is
// told of it has a place in it, and what is in force for a client is a policy that works and
// switches on nothing that a method may not have.
func FuzzOverridesYAML(f *testing.F) { fuzzOverrides(f, "o.yaml") }
func FuzzOverridesJSON(f *testing.F) { fuzzOverrides(f, "o.json") }

func fuzzOverrides(f *testing.F, path string) {
	for _, seed := range seeds {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		told := resil.ParseOverrides(path, text)
		c := store(nil)
		policies, wrong, leftOut, pending := resil.JudgeOverrides(path, text, c)
		lines := 1 + len(lineBreak.FindAllString(text, -1))
		for _, e := range slices.Concat(told, wrong, leftOut, pending) {
			if e.Line < 1 || e.Line > lines || e.Column < 1 || e.Path != path || e.Message == "" || e.Kind == 0 {
				t.Errorf("%q: %#v", text, e)
			}
		}
		if len(told) > 0 || len(wrong) > 0 {
			return
		}
		for i, method := range []string{"Get", "Charge", "Upload", "Query", "Plain"} {
			p := policies[i]
			if err := p.Validate(); err != nil {
				t.Errorf("%q: %s: %v", text, method, err)
			}
			if err := p.Contradictions(); err != nil {
				t.Errorf("%q: %s: %v", text, method, err)
			}
			repeats, ends := method == "Get" || method == "Query", method != "Query"
			if p.Hedge != nil || p.Retry != nil && !repeats || p.Timeout != nil && !ends {
				t.Errorf("%q: %s has %s", text, method, p)
			}
		}
	})
}
