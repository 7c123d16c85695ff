package generator

// This file is what a caller asks for.

// A Request says what to generate for.
type Request struct {
	Dir      string   // where patterns are resolved; "" is the current directory
	Patterns []string // as the go command takes them; none is "."
	Tags     []string // build tags

	// Overlay holds, by absolute path, what files are to be taken for that differ from the disk or
	// do not exist there.
	Overlay map[string][]byte

	// Memory is a directory in which runs keep what they found out, so that later ones need not
	// find out again what nothing has changed of; "" for none. A run without it finds out the same.
	// It may be shared by all runs of a machine.
	Memory string

	// Progress is told what the run does, and how much of it is done, if that can be told; all is 0
	// otherwise. It may be called by several goroutines at once, and should return soon. It may be
	// nil.
	Progress func(doing string, done, all int)
}
