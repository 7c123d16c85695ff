package generator

import (
	"path/filepath"
	"testing"
)

func TestOutputPath(t *testing.T) {
	for source, want := range map[string]string{
		"payments.go":                  "payments_resil.go",
		"payments_test.go":             "payments_resil_test.go",
		"payments_linux.go":            "payments_resil_linux.go",
		"payments_linux_test.go":       "payments_resil_linux_test.go",
		"payments_arm64.go":            "payments_resil_arm64.go",
		"payments_linux_amd64.go":      "payments_resil_linux_amd64.go",
		"payments_linux_amd64_test.go": "payments_resil_linux_amd64_test.go",
		"payments_unix.go":             "payments_unix_resil.go", // no suffix to the go command
		"payments_resil.go":            "payments_resil_resil.go",
		"linux.go":                     "linux_resil.go", // without a name before it, linux is the name
		"linux_amd64.go":               "linux_resil_amd64.go",
		"a_linux_b.go":                 "a_linux_b_resil.go",
		"x_linux/payments.go":          "x_linux/payments_resil.go",
		"x_linux/amd64.go":             "x_linux/amd64_resil.go",
	} {
		if got := filepath.ToSlash(outputPath(filepath.FromSlash(source))); got != want {
			t.Errorf("%s: got %s, want %s", source, got, want)
		}
	}
}
