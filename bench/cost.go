package main

// This file runs commands, and finds out what they took.

import (
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"syscall"
	"time"
)

// A cost is what running a command took.
type cost struct {
	time      time.Duration
	processor time.Duration // time of processors, of all its processes
	peak      float64       // bytes of memory, the most that any one of its processes had
}

// and returns what both took, one after the other.
func (c cost) and(d cost) cost {
	return cost{c.time + d.time, c.processor + d.processor, max(c.peak, d.peak)}
}

// spend runs a command, with more environment, and returns what it took by the operating system's
// accounting. That counts the memory of the process that starts the command too, up to the moment
// of starting it: ours, which is small, so that it hides nothing.
func spend(dir string, env []string, name string, args ...string) (cost, error) {
	cmd := exec.Command(name, args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), env...)
	start := time.Now()
	out, err := cmd.CombinedOutput()
	took := time.Since(start)
	if err != nil {
		return cost{}, fmt.Errorf("%s: %w\n%s", cmd, err, out)
	}
	usage := cmd.ProcessState.SysUsage().(*syscall.Rusage)
	peak := float64(usage.Maxrss)
	if runtime.GOOS != "darwin" { // which counts in bytes, others in KiB
		peak *= 1024
	}
	return cost{took, cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime(), peak}, nil
}
