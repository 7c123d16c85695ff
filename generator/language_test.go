package generator

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	resil "github.com/resilgen/resilgen/runtime"
)

// What is documented can be written: each form, with each of its keys, with methods= where it is
// said to be taken, and nowhere else. A near miss of it is recognised as such.
func TestLanguage(t *testing.T) {
	named := strings.NewReplacer("FUNCTION", "x.F", "POLICY", "x.P")
	for _, d := range Directives() {
		for _, form := range d.Forms {
			form = named.Replace(form)
			holdReadable(t, "//resilgen:"+form, true)
			holdReadable(t, "//resilgen:"+form+" methods=Get*", d.Selects)
			if _, _, reported := read("// resilgen:" + form); len(reported) != 1 || reported[0].Suggestion != "//resilgen:"+form {
				t.Errorf("// resilgen:%s: %v", form, reported)
			}
			for _, k := range d.Keys {
				if k.Default != "" && k.Default != "rate" {
					holdReadable(t, "//resilgen:"+form+" "+k.Name+"="+k.Default, true)
				}
				if k.Names != resil.NamesNothing {
					holdReadable(t, "//resilgen:"+form+" "+k.Name+"=F", true)
					holdReadable(t, "//resilgen:"+form+" "+k.Name+"=*a.Type", k.Names == resil.NamesErrors)
				}
			}
		}
	}
}

// A directive that takes settings can be switched off by the word, and no other can.
func TestLanguageOfOff(t *testing.T) {
	for _, d := range Directives() {
		text := "//resilgen:" + d.Name + " off"
		holdReadable(t, text, takesSettings(d.Name))
		if got, _, _ := read(text); takesSettings(d.Name) && (len(got.settings) != 1 || !isOff(got.settings[0].Setting)) {
			t.Errorf("%s does not switch it off: %v", text, got.settings)
		}
	}
}

// holdReadable holds that a comment is a directive with which all is well, or that it is not.
func holdReadable(t *testing.T, text string, want bool) {
	t.Helper()
	d, _, reported := read(text)
	if got := d != nil && len(reported) == 0; got != want {
		t.Errorf("%s is readable: %v, want %v: %v", text, got, want, reported)
	}
}

// What takes settings stands in the language, in the order in which policies print, and marks do
// not.
func TestLanguageOfSettings(t *testing.T) {
	var names []string
	for _, d := range settingDocs {
		names = append(names, d.Name)
	}
	want := strings.Fields("retry breaker timeout bulkhead ratelimit hedge fallback failure")
	if !slices.Equal(names, want) {
		t.Errorf("got %q, want %q", names, want)
	}
}

// Each directive that is a policy is left out, with a reason, of a method by whose results nothing
// can be judged: none is in the language and forgotten where methods are decided.
func TestEveryPolicyIsDecided(t *testing.T) {
	needs := map[string]string{"timeout": "call=1s", "bulkhead": "max=1", "ratelimit": "rate=1/s", "hedge": "after=1s", "fallback": "name"}
	var src strings.Builder
	src.WriteString("package p\n\nfunc name(error) string { return \"\" }\n")
	for _, d := range settingDocs {
		if isPolicy(d.Name) {
			fmt.Fprintf(&src, "\n//resilgen:wrap name=R%[1]s\n//resilgen:%[1]s %[2]s\ntype I%[1]s interface{ Name() string }\n", d.Name, needs[d.Name])
		}
	}
	m := newModule(t, map[string]string{"p.go": src.String()})
	result, err := Explain(t.Context(), Request{Dir: m.dir})
	if err != nil || len(result.Diagnostics) > 0 {
		t.Fatal(err, result)
	}
	if len(result.Interfaces) != 7 {
		t.Errorf("%d directives are policies", len(result.Interfaces))
	}
	for _, i := range result.Interfaces {
		of, left := strings.TrimPrefix(i.Name, "I"), i.Methods[0].LeftOut
		if len(left) != 1 || left[0].Policy != of || left[0].Reason == "" {
			t.Errorf("%s was left out: %q", of, left)
		}
	}
}
