package generator

import (
	"go/ast"
	"go/token"
	"strings"
	"testing"
)

// read reads one comment as the second line of a file.
func read(text string) (*directive, bool, []Diagnostic) {
	fset := token.NewFileSet()
	file := fset.AddFile("p.go", -1, len(text)+3)
	file.SetLines([]int{0, 1})
	found := &findings{fset: fset}
	d, ok := readDirective(&ast.Comment{Slash: file.Pos(1), Text: text}, found)
	return d, ok, found.sorted()
}

func TestReadDirective(t *testing.T) {
	// Of each comment, the settings, or what is reported; "" for one that is no directive.
	for text, want := range map[string]string{
		"//resilgen:retry":                           "retry",
		"//resilgen:retry  attempts=3\tinitial=1s  ": "retry attempts=3; retry initial=1s",
		"//resilgen:retry off":                       "retry off",
		"//resilgen:retry methods=Get*":              "retry",
		"//resilgen:retry `attempts=3`":              "retry attempts=3",
		"//resilgen:retry on=a,*b.C,d/e.F":           "retry on=a,*b.C,d/e.F",
		"//resilgen:retry methods=Get* attempts=3":   "retry attempts=3",
		"//resilgen:retry rewind=seek":               "retry rewind=seek",
		"//resilgen:fallback cachedGet methods=Get*": "fallback cachedGet",
		"//resilgen:fallback off":                    "fallback off",
		"//resilgen:failure .Err reject=a/b.F":       "failure .Err; failure reject=a/b.F",
		"//resilgen:fallback":                        "2:1: fallback needs a function: //resilgen:fallback cachedGet",
		"//resilgen:failure methods=Get*":            "2:1: failure needs a method or a function: //resilgen:failure .Err",
		"//resilgen:off methods=Get*":                "",
		"//resilgen:policy":                          "",
		"//resilgen:policy off":                      "2:19: //resilgen:policy takes nothing: the value of the constant is the policy's name",
		"//resilgen:use a,b.C,d-e/f.G methods=Get*":  "",
		"//resilgen:use":                             "2:1: use needs a policy: //resilgen:use policies.Critical",
		"//resilgen:use a b*":                        "2:18: b* is not the name of a policy: write Name, pkg.Name or example.com/path/pkg.Name",
		"//resilgen:Use a,d-e/f.G methods=Get*":      "2:1: this is no directive: it does not start with //resilgen: and a name in lower case (did you mean //resilgen:use a,d-e/f.G methods=Get*?)",
		"// resilgen: use it well":                   "",
		"//resilgen:wrap name=X":                     "",
		"//resilgen:retry \"attempts=3":              "2:18: a quotation mark is open in the arguments of //resilgen:retry, which need none",
		"//resilgen:retry attempts=0 initial=1s":     "2:18: retry attempts=0: want a number of at least 2, the first attempt included; \"retry off\" is for none",
		"//resilgen:retry // twice":                  "2:18: a directive fills its line: put other comments above it",
		"// see resilgen:retry":                      "",
		"// resilgen:retry repeats":                  "",
		"//\tresilgen:retry":                         "",
		"//go:generate resilgen:retry":               "",
		"//other:retry":                              "",
		"/* see resilgen:retry */":                   "",
		"// resilgen:retry":                          "2:1: this is no directive: a space stands behind // (did you mean //resilgen:retry?)",
		"// resilgen:fallback cachedGet":             "2:1: this is no directive: a space stands behind // (did you mean //resilgen:fallback cachedGet?)",
		"//resilgen:Failure .Err reject=x.F":         "2:1: this is no directive: it does not start with //resilgen: and a name in lower case (did you mean //resilgen:failure .Err reject=x.F?)",
		"// resilgen: failure modes":                 "",
		"//resilgen:Retry attempts=3":                "2:1: this is no directive: it does not start with //resilgen: and a name in lower case (did you mean //resilgen:retry attempts=3?)",
		"//resilgen:":                                "2:1: this is no directive: it does not start with //resilgen: and a name in lower case",
	} {
		d, _, reported := read(text)
		var got []string
		for _, r := range reported {
			got = append(got, strings.TrimPrefix(r.String(), "p.go:"))
		}
		if d != nil && len(reported) == 0 {
			for _, s := range d.settings {
				got = append(got, s.String())
			}
		}
		if got := strings.Join(got, "; "); got != want {
			t.Errorf("%s\ngot  %s\nwant %s", text, got, want)
		}
	}
}

// No comment makes the parser panic; what it reports lies within the comment; and what it takes for
// a directive, or for a failed one, names us.
func FuzzReadDirective(f *testing.F) {
	for _, seed := range []string{
		"//resilgen:retry attempts=4 initial=100ms methods=Get*,List* on=io.EOF,*net.OpError",
		"//resilgen:breaker failures=50% window=20 never=,", "//resilgen:wrap name=X", "//resilgen:off off", "//resilgen:timeout call=1s // x",
		"// resilgen:retry", "//resilgen:", "//Resilgen:Retry off", "/* resilgen:off */", "/**/", "//", "//resilgen:retry `", "//resilgen:retry =x",
		"//resilgen:fallback x", "//resilgen:failure .Err reject=x.Y", "//resilgen:failure .", "// resilgen:fallback x",
		"//resilgen:policy", "//resilgen:use policies.Critical,example.com/a-b/policies.Batch methods=Get*", "//resilgen:use ,*x", "// resilgen:use x",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		isComment := strings.HasPrefix(text, "//") || strings.HasPrefix(text, "/*") && strings.HasSuffix(text, "*/") && len(text) >= 4
		if !isComment || strings.ContainsAny(text, "\r\n") {
			return // the parser hands us nothing else
		}
		d, ok, reported := read(text)
		if ok && d == nil && len(reported) == 0 {
			t.Error("a directive was dropped without a word")
		}
		if (ok || len(reported) > 0) && !strings.Contains(text, ":") {
			t.Error("this is no directive")
		}
		for _, r := range reported {
			if r.Pos.Offset < 1 || r.End.Offset > len(text)+1 {
				t.Errorf("%s lies outside of the comment", r)
			}
		}
	})
}
