package conformance

import (
	"strings"
	"testing"

	resil "github.com/resilgen/resilgen/runtime"
)

// TestMisuse: mistakes that generating cannot see panic when the wrapper is made, with a message that names the client and the method.
func TestMisuse(t *testing.T) {
	invalid := resil.Policy{Timeout: &resil.Timeout{}}
	for _, test := range []struct {
		name string
		make func()
		want string
	}{
		{"nothing to wrap", func() { NewResilientR1(nil) },
			"resil: conformance.R1: the value to wrap is nil"},
		{"a nil pointer to wrap", func() { NewResilientR1((*backend)(nil), resil.WithName("north")) },
			"resil: north: the value to wrap is nil"},
		{"an invalid policy", func() { NewResilientR1(newBackend(), resil.WithPolicy("Call", invalid)) },
			"resil: conformance.R1.Call: timeout: one of attempt= and call= must say how long"},
		{"an unknown method", func() { NewResilientB4(newBackend(), resil.WithPolicy("Cal", resil.Policy{})) },
			"resil: conformance.B4: WithPolicy names Cal, which is not a guarded method: one of Call, Other"},
		{"no observer", func() { NewResilientR1(newBackend(), resil.WithObserver(nil)) },
			"resil: WithObserver: the observer is nil"},
		{"no logger", func() { NewResilientR1(newBackend(), resil.WithLogger(nil)) },
			"resil: WithLogger: the logger is nil"},
	} {
		t.Run(test.name, func(t *testing.T) {
			defer func() {
				if got, _ := recover().(string); !strings.HasPrefix(got, test.want) {
					t.Errorf("panicked with %q, want %q", got, test.want)
				}
			}()
			test.make()
		})
	}
}
