package main

// This file is the manual page on checking without writing: resilgen help check.

const checkPage = `For continuous integration: the exit status is 1 if generating would write or remove a file, or if an annotation
is wrong. A unified diff shows what would change. Missing is a file that was never generated, stale one that its
source, its annotations or a newer resilgen would make different, orphaned one whose source asks for nothing any more.
`
