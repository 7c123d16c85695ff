// Package name is called otherwise than its folder.
package name

// A Thing is mentioned.
type Thing struct{}
