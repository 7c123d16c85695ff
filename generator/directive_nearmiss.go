package generator

// This file recognises comments that were meant to be directives and are none. Nothing is worse
// than a policy that everybody believes in and nobody runs.

import (
	"regexp"
	"strings"

	"github.com/agnivade/levenshtein"

	"github.com/resilgen/resilgen/internal/nearest"
)

// What comments look like that may have been meant as directives. The first two take tool, name and
// arguments apart.
var (
	// withKeys is "resilgen: retry attempts=4", with nothing but off or key=value behind the name.
	withKeys = regexp.MustCompile(`^(\w+)[ \t]?:[ \t]?(\w+)((?:[ \t]+(?:off|\w+=\S*))*)$`)

	// withName is "resilgen:use policies.Critical", with a name of Go behind that of the directive.
	withName = regexp.MustCompile(`^(\w+):(?i:(` + strings.Join(followedByName(), "|") + `))([ \t]+[\w./,-]+(?:[ \t]+\w+=\S*)*)$`)

	// atOnce is "resilgen:" with anything behind it, without a space before it.
	atOnce = regexp.MustCompile(`^(?i:resilgen):`)
)

// nearMiss returns what keeps a comment from being a directive, if it was meant to be one, and how
// it should read, where that can be told. A comment that starts without a space like a directive
// was meant to be one; one with a space only if nothing but a directive reads like that. Prose may
// speak of resilgen: as it likes, and what is indented further is an example.
func nearMiss(text string) (fixed, why string) {
	block := strings.HasPrefix(text, "/*")
	body := strings.TrimSuffix(text[len("//"):], "*/")
	words := strings.TrimSpace(body)
	m := withKeys.FindStringSubmatch(words)
	if m == nil {
		m = withName.FindStringSubmatch(words)
	}
	if m != nil {
		tool, name, args := m[1], nearest.To(m[2], knownDirectives()), m[3]
		fixed = "//resilgen:" + name + args
		switch {
		case levenshtein.ComputeDistance(strings.ToLower(tool), "resilgen") > 2 || name == "":
			fixed = ""
		case block:
			return fixed, "a directive is a line of its own, in a comment that starts with //"
		case strings.HasPrefix(body, " ") && !strings.HasPrefix(body, "  ") && strings.EqualFold(tool, "resilgen"):
			return fixed, "this is no directive: a space stands behind //"
		case body == words:
			return fixed, "this is no directive: it does not start with //resilgen: and a name in lower case"
		}
	}
	if atOnce.MatchString(body) {
		return fixed, "this is no directive: it does not start with //resilgen: and a name in lower case"
	}
	return "", ""
}
