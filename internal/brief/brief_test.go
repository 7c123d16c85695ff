package brief

import (
	"testing"
	"time"
)

// What is printed is as short as it can be, and is read as the same time.
func TestDuration(t *testing.T) {
	for d, want := range map[time.Duration]string{
		0:                             "0s",
		1500 * time.Millisecond:       "1.5s",
		10 * time.Second:              "10s",
		time.Minute:                   "1m",
		10 * time.Minute:              "10m",
		time.Minute + 10*time.Second:  "1m10s",
		time.Hour:                     "1h",
		time.Hour + time.Second:       "1h0m1s",
		20*time.Hour + 30*time.Minute: "20h30m",
		-time.Minute:                  "-1m",
	} {
		got := Duration(d)
		if got != want {
			t.Errorf("%s: got %s, want %s", d, got, want)
		}
		if back, err := time.ParseDuration(got); err != nil || back != d {
			t.Errorf("%s was read as %s, %v", got, back, err)
		}
	}
}
