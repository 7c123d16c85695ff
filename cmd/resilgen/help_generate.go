package main

// This file is the manual page on writing wrappers: resilgen help generate.

const generatePage = `For every file with annotated interfaces, such as payments.go, one file is written beside it: payments_resil.go.
It is written only when it changes, and removed when its source asks for nothing any more. If any annotation is
wrong, all that are wrong are named and nothing is written. Success is silent, except for a line on each interface
that has methods which are guarded in part or not at all.
`
