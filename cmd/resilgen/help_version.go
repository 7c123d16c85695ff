package main

// This file is the manual page on the version: resilgen help version.

const versionPage = `The version of the module that the command was built from, and of the Go release that built it. A build from a
checkout has the version that Go derives from its commit.
`
