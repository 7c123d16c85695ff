package resil

// This file lists names for people: no more than a person reads, and where one was misspelt, those
// first that were likely to be meant.

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// maxListed is how many names are listed: as many as a person reads.
const maxListed = 8

// listNames lists names: all of them, or the first and how many more there are.
func listNames(names []string) string {
	if more := len(names) - maxListed; more > 0 {
		return fmt.Sprintf("%s and %d more", strings.Join(names[:maxListed], ", "), more)
	}
	return strings.Join(names, ", ")
}

// listLikeliest lists the names that there are in place of one that is not: where they are many,
// the likeliest to be meant first.
func listLikeliest(name string, names []string) string {
	if len(names) > maxListed {
		far := make(map[string]int, len(names))
		for _, n := range names {
			far[n] = distance(name, n)
		}
		names = slices.SortedStableFunc(slices.Values(names), func(a, b string) int { return cmp.Compare(far[a], far[b]) })
	}
	return listNames(names)
}

// distance is how many letters must be changed, added or taken away to make one word the other
// (Levenshtein). Words that are too long to be names are as far from each other as can be.
func distance(a, b string) int {
	if max(len(a), len(b)) > 200 {
		return max(len(a), len(b))
	}
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			change := diagonal
			if a[i] != b[j] {
				change++
			}
			diagonal = row[j+1]
			row[j+1] = min(change, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
