// Package any is called like a predeclared type.
package any

// A Thing is mentioned.
type Thing struct{}
