// Package brief writes durations as directives have them.
package brief

import (
	"strings"
	"time"
)

// Duration returns what [time.Duration.String] does, without the units that are zero: 1m for 1m0s,
// 2h for 2h0m0s. No time at all is 0s.
func Duration(d time.Duration) string {
	s := d.String()
	if strings.HasSuffix(s, "m0s") {
		s = strings.TrimSuffix(s, "0s")
	}
	if strings.HasSuffix(s, "h0m") {
		s = strings.TrimSuffix(s, "0m")
	}
	return s
}
