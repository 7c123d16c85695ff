// Package nearest finds the word that somebody probably meant who wrote another one.
package nearest

import (
	"strings"

	"github.com/agnivade/levenshtein"
)

// To returns the candidate that takes the fewest edits to come to from a word, the first one of
// several; "" if none is near: about a third of the letters may be wrong, missing or too many.
// Upper and lower case are the same here.
func To(word string, candidates []string) string {
	best, least := "", (len(word)+1)/3+1
	for _, c := range candidates {
		if d := levenshtein.ComputeDistance(strings.ToLower(word), strings.ToLower(c)); d < least {
			best, least = c, d
		}
	}
	return best
}
