package main

// This file says what was measured on.

import (
	"fmt"
	"os"
	"runtime"
	"strings"
)

// machine names the processor, how many of its cores we have, the version of Go, and how busy it
// was with other things.
func machine() string {
	s := fmt.Sprintf("%s, %d cores, %s/%s, %s", processor(), runtime.NumCPU(), runtime.GOOS, runtime.GOARCH, runtime.Version())
	if load, err := os.ReadFile("/proc/loadavg"); err == nil {
		s += ", load " + strings.Fields(string(load))[0] + " at the start"
	}
	return s
}

// processor returns the name by which the processor calls itself, where the system tells.
func processor() string {
	info, _ := os.ReadFile("/proc/cpuinfo")
	for line := range strings.Lines(string(info)) {
		if key, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(key) == "model name" {
			return strings.TrimSpace(value)
		}
	}
	return "an unknown processor"
}
