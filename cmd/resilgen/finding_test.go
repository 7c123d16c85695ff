package main

import (
	"bytes"
	"testing"
)

// hostile is a finding that would break out of any format that does not quote it.
var hostile = finding{
	Severity: "error", Kind: "annotation",
	File: "a,b:c%0A.go", Line: 3, Column: 7, EndLine: 3, EndColumn: 12,
	Message: "100% wrong:\n::error::forged, \"<really>\"\r", Suggestion: "retry",
}

func TestFormats(t *testing.T) {
	plain := finding{Severity: "error", Kind: "stale", File: "pay/pay_resil.go", Message: "stale: run go generate", Diff: "--- a\n+++ b\n"}
	notice := finding{Severity: "notice", Kind: "unguarded", File: "pay/pay.go", Line: 9, Column: 6, Message: "Store: 2 methods"}
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
			if err := in.report([]finding{{Severity: "error", File: tt.file, Message: "m"}}); err != nil {
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
