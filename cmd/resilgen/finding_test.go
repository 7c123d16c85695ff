package main

import (
	"bytes"
	"go/token"
	"testing"

	"github.com/resilgen/resilgen/generator"
)

// hostile is a finding that would break out of any format that does not quote it.
var hostile = finding{
	Severity: "error", Kind: "annotation",
	location: location{File: "a,b:c%0A.go", Line: 3, Column: 7, EndLine: 3, EndColumn: 12},
	Message:  "100% wrong:\n::error::forged, \"<really>\"\r", Suggestion: "retry",
}

func TestFormats(t *testing.T) {
	plain := finding{Severity: "error", Kind: "stale", location: location{File: "pay/pay_resil.go"}, Message: "stale: run go generate", Diff: "--- a\n+++ b\n"}
	notice := finding{Severity: "notice", Kind: "unguarded", location: location{File: "pay/pay.go", Line: 9, Column: 6}, Message: "Store: 2 methods"}
	tests := []struct {
		name     string
		format   format
		findings []finding
		want     string
	}{
		{"nothing", "text", nil, ""},
		{"nothing", "json", []finding{}, "{\n\t\"findings\": []\n}\n"},
		{"nothing", "github", nil, ""},
		{"diffs come after all findings", "text", []finding{plain, notice, plain}, "" +
			"pay/pay_resil.go: stale: run go generate\nStore: 2 methods\npay/pay_resil.go: stale: run go generate\n" +
			"--- a\n+++ b\n--- a\n+++ b\n"},
		{"hostile", "text", []finding{hostile},
			"a,b:c%0A.go:3:7: 100% wrong:\n::error::forged, \"<really>\"\r (did you mean retry?)\n"},
		{"hostile", "github", []finding{hostile, notice}, "" +
			"::error file=a%2Cb%3Ac%250A.go,line=3,col=7,endLine=3,endColumn=12::" +
			"100%25 wrong:%0A::error::forged, \"<really>\"%0D (did you mean retry?)\n" +
			"::notice file=pay/pay.go,line=9,col=6::Store: 2 methods\n"},
		{"hostile", "json", []finding{hostile}, `{
	"findings": [
		{
			"severity": "error",
			"kind": "annotation",
			"file": "a,b:c%0A.go",
			"line": 3,
			"column": 7,
			"endLine": 3,
			"endColumn": 12,
			"message": "100% wrong:\n::error::forged, \"<really>\"\r",
			"suggestion": "retry"
		}
	]
}
`},
	}
	for _, tt := range tests {
		t.Run(string(tt.format)+"/"+tt.name, func(t *testing.T) {
			var out bytes.Buffer
			if err := formats[tt.format](&out, tt.findings); err != nil {
				t.Fatal(err)
			}
			if got := out.String(); got != tt.want {
				t.Errorf("got:\n%q\nwant:\n%q", got, tt.want)
			}
		})
	}
}

// A finding tells its related places, and all its paths are relative to one directory: the one that
// the reader of the format counts from.
func TestRelatedPlaces(t *testing.T) {
	at := func(file string, line, column int) token.Position {
		return token.Position{Filename: file, Line: line, Column: column}
	}
	diagnostic := generator.Diagnostic{
		Pos: at("/repo/sub/s.go", 8, 16), End: at("/repo/sub/s.go", 8, 24),
		Message: "policies.Critical is wrong", Suggestion: "Cheap",
		Related: []generator.Related{
			{Pos: at("/repo/policies/p.go", 6, 20), End: at("/repo/policies/p.go", 6, 30), Message: "it says retry attempts=1"},
			{Pos: at("/repo/sub/own.go", 3, 2), Message: "50%, or more"},
		},
	}
	for format, want := range map[format]string{
		"text": "s.go:8:16: policies.Critical is wrong (did you mean Cheap?)\n" +
			"\t../policies/p.go:6:20: it says retry attempts=1\n\town.go:3:2: 50%, or more\n",
		"github": "::error file=sub/s.go,line=8,col=16,endLine=8,endColumn=24::policies.Critical is wrong (did you mean Cheap?)" +
			"%0A\tpolicies/p.go:6:20: it says retry attempts=1%0A\tsub/own.go:3:2: 50%25, or more\n",
		"json": `{
	"findings": [
		{
			"severity": "error",
			"kind": "annotation",
			"file": "s.go",
			"line": 8,
			"column": 16,
			"endLine": 8,
			"endColumn": 24,
			"message": "policies.Critical is wrong",
			"suggestion": "Cheap",
			"related": [
				{
					"file": "../policies/p.go",
					"line": 6,
					"column": 20,
					"endLine": 6,
					"endColumn": 30,
					"message": "it says retry attempts=1"
				},
				{
					"file": "own.go",
					"line": 3,
					"column": 2,
					"message": "50%, or more"
				}
			]
		}
	]
}
`,
	} {
		var out bytes.Buffer
		in := &invocation{stdout: &out, wd: "/repo/sub", format: format, getenv: func(string) string { return "/repo" }}
		findings := annotationFindings([]generator.Diagnostic{diagnostic})
		if err := in.report(findings); err != nil {
			t.Fatal(err)
		}
		if got := out.String(); got != want {
			t.Errorf("%s: got\n%s\nwant\n%s", format, got, want)
		}
		if file := findings[0].Related[0].File; file != "/repo/policies/p.go" {
			t.Errorf("%s: printing changed the path of the finding to %s", format, file)
		}
	}
}

func TestPathsOfFindings(t *testing.T) {
	tests := []struct {
		name, format, wd, workspace, file, want string
	}{
		{"below the working directory", "text", "/repo/svc", "", "/repo/svc/pay/pay.go", "pay/pay.go"},
		{"beside the working directory", "text", "/repo/svc", "", "/repo/lib/pay.go", "../lib/pay.go"},
		{"far away", "text", "/repo/svc/deep/down", "", "/tmp/pay.go", "/tmp/pay.go"},
		{"GitHub counts from the checkout", "github", "/repo/svc", "/repo", "/repo/svc/pay/pay.go", "svc/pay/pay.go"},
		{"only GitHub does", "text", "/repo/svc", "/repo", "/repo/svc/pay/pay.go", "pay/pay.go"},
		{"GitHub's format elsewhere", "github", "/repo/svc", "", "/repo/svc/pay/pay.go", "pay/pay.go"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var out bytes.Buffer
			in := &invocation{stdout: &out, wd: tt.wd, format: format(tt.format), getenv: func(string) string { return tt.workspace }}
			if err := in.report([]finding{{Severity: "error", location: location{File: tt.file}, Message: "m"}}); err != nil {
				t.Fatal(err)
			}
			want := tt.want + ": m\n"
			if tt.format == "github" {
				want = "::error file=" + tt.want + "::m\n"
			}
			if out.String() != want {
				t.Errorf("got %q, want %q", out.String(), want)
			}
		})
	}
}
