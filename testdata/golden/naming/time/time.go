// Package time is not the standard library's.
package time

// A Time is not either.
type Time struct{}
