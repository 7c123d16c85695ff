package generator

import (
	"strings"
	"testing"
)

func TestEnumerate(t *testing.T) {
	for _, tt := range []struct{ names, want string }{
		{"A", "A"},
		{"A B", "A and B"},
		{"A B C D E F", "A, B, C, D, E and F"},
		{"A B C D E F G H", "A, B, C, D, E and 3 more"},
	} {
		if got := enumerate(strings.Fields(tt.names)); got != tt.want {
			t.Errorf("got %q, want %q", got, tt.want)
		}
	}
}
