package main

// This file tells which resilgen this is.

import (
	"cmp"
	"context"
	"fmt"
	"runtime/debug"
)

func versionCommand() command {
	return command{
		name:    "version",
		usage:   "resilgen version",
		summary: "print the version",
		help:    versionPage,
		run: func(_ context.Context, in *invocation) (int, error) {
			if len(in.args) > 0 {
				return failed, fmt.Errorf("version takes no arguments")
			}
			info, ok := debug.ReadBuildInfo()
			if !ok {
				return failed, fmt.Errorf("this binary was built without version information")
			}
			fmt.Fprintln(in.stdout, versionLine(info))
			return clean, nil
		},
	}
}

// versionLine returns "resilgen v1.2.3 go1.26.0".
func versionLine(info *debug.BuildInfo) string {
	return fmt.Sprintf("resilgen %s %s", cmp.Or(info.Main.Version, "(devel)"), info.GoVersion)
}
