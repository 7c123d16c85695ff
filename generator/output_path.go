package generator

// This file names the files that are generated.

import (
	"go/build"
	"io"
	"path/filepath"
	"strings"
)

// outputPath returns the file that is generated from a file. It is built when the source is: for
// tests, on one system, on one architecture.
func outputPath(source string) string {
	stem, suffix := splitPath(source)
	return stem + "_resil" + suffix
}

// splitPath splits off the suffix of a path that says when the file is built: payments,
// _linux_test.go.
func splitPath(path string) (stem, suffix string) {
	stem, suffix = strings.TrimSuffix(path, ".go"), ".go"
	if s, ok := strings.CutSuffix(stem, "_test"); ok {
		stem, suffix = s, "_test.go"
	}
	for range 2 { // name_GOOS_GOARCH
		i := strings.LastIndex(stem, "_")
		if i <= strings.LastIndexByte(stem, filepath.Separator)+1 || !isPlatform(stem[i:]) {
			break
		}
		stem, suffix = stem[:i], stem[i:]+suffix
	}
	return stem, suffix
}

// isPlatform reports whether files with such a suffix are built on some systems or architectures
// only. The list is that of go/build, asked as for a system that does not exist.
func isPlatform(suffix string) bool {
	nowhere := build.Default
	nowhere.GOOS, nowhere.GOARCH = "nowhere", "none"
	nowhere.OpenFile = func(string) (io.ReadCloser, error) { return io.NopCloser(strings.NewReader("package p")), nil }
	matches, err := nowhere.MatchFile("", "file"+suffix+".go")
	return err == nil && !matches
}

// isConstrained reports whether a file is built under some conditions only, tests apart.
func (f *sourceFile) isConstrained() bool {
	_, suffix := splitPath(f.path)
	return f.constraint != "" || suffix != ".go" && suffix != "_test.go"
}
