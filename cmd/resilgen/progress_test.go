package main

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"
)

// A run that takes less than two seconds says nothing; a longer one says what it does, and takes
// that back.
func TestProgress(t *testing.T) {
	const erase = "\r\x1b[K"
	for _, tt := range []struct {
		name       string
		takes      time.Duration
		isTerminal bool
		want       string
	}{
		{"short", 2*time.Second - 1, true, ""},
		{"long", 2150 * time.Millisecond, true, erase + "resilgen: listing packages" + erase + "resilgen: printing files: 3 of 7" + erase},
		{"not on a terminal", time.Hour, false, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var out bytes.Buffer
				p := startProgress(&out, tt.isTerminal)
				p.tell("listing packages", 0, 0)
				time.AfterFunc(2050*time.Millisecond, func() { p.tell("printing files", 3, 7) })
				time.Sleep(tt.takes)
				p.end()
				if out.String() != tt.want {
					t.Errorf("got %q, want %q", out.String(), tt.want)
				}
			})
		})
	}
}

// A file is no terminal, and neither is a buffer. What is a device may be one.
func TestIsTerminal(t *testing.T) {
	file, err := os.Create(filepath.Join(t.TempDir(), "log"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	device, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer device.Close()
	plain := func(string) string { return "" }
	dumb := func(string) string { return "dumb" }
	if isTerminal(file, plain) || isTerminal(&bytes.Buffer{}, plain) || isTerminal(device, dumb) {
		t.Error("something that nobody watches is taken for a terminal")
	}
	if !isTerminal(device, plain) {
		t.Error("a device is not taken for a terminal")
	}
}
