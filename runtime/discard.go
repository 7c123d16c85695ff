package resil

import "io"

// This file is for results that nobody gets.

// Close closes what a failed attempt returned, be it by a method that returns an error or by one that does not. A nil pointer in an
// interface, which functions that fail often return, is left alone.
func Close(result any) {
	if isNil(result) {
		return
	}
	switch c := result.(type) {
	case io.Closer:
		c.Close()
	case interface{ Close() }:
		c.Close()
	}
}
