package generator

// This file is how messages name several things.

import (
	"fmt"
	"strings"
)

// enumerate returns "A", "A and B", or "A, B and C", and of more than six the first ones.
func enumerate(names []string) string {
	const most = 6
	switch n := len(names); {
	case n == 1:
		return names[0]
	case n > most:
		return fmt.Sprintf("%s and %d more", strings.Join(names[:most-1], ", "), n-most+1)
	default:
		return strings.Join(names[:n-1], ", ") + " and " + names[n-1]
	}
}
