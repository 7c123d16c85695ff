package resil_test

import (
	"errors"
	"testing"

	resil "github.com/resilgen/resilgen/runtime"
)

// A list is an error that panics when it is compared.
type list []error

func (list) Error() string { return "several errors" }

// TestActed: a policy acted where the guard returns another error than the results hold.
func TestActed(t *testing.T) {
	other := errors.New("other")
	for name, tt := range map[string]struct {
		returned, inResults error
		want                bool
	}{
		"success":                         {nil, nil, false},
		"success after a failure":         {nil, errBackend, false},
		"as it came":                      {errBackend, errBackend, false},
		"rejected without an attempt":     {resil.ErrOpen, nil, true},
		"given up":                        {&resil.Error{Err: errBackend}, errBackend, true},
		"another of the same type":        {other, errBackend, true},
		"a list as it came":               {list{other}, list{other}, false},
		"a list in an array as it came":   {joined{list{other}}, joined{list{other}}, false},
		"given up, and the last a list":   {&resil.Error{Err: list{other}}, list{other}, true},
		"rejected, and the last rejected": {&resil.OpenError{}, &resil.OpenError{}, true},
	} {
		t.Run(name, func(t *testing.T) {
			if got := resil.Acted(tt.returned, tt.inResults); got != tt.want {
				t.Errorf("got %t", got)
			}
		})
	}
}

// joined can be compared or not, depending on what it holds.
type joined [1]error

func (joined) Error() string { return "several errors" }
