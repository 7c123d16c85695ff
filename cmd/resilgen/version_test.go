package main

import (
	"runtime/debug"
	"testing"
)

func TestVersionLine(t *testing.T) {
	for _, tt := range []struct{ version, want string }{
		{"v1.2.3", "resilgen v1.2.3 go1.26.0"},
		{"(devel)", "resilgen (devel) go1.26.0"},
		{"", "resilgen (devel) go1.26.0"}, // as in a test binary
	} {
		info := &debug.BuildInfo{GoVersion: "go1.26.0", Main: debug.Module{Version: tt.version}}
		if got := versionLine(info); got != tt.want {
			t.Errorf("%q: got %q, want %q", tt.version, got, tt.want)
		}
	}
}
