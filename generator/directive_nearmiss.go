package generator

// This file recognises comments that were meant to be directives and are none. Nothing is worse
// than a policy that everybody believes in and nobody runs.

import (
	"regexp"
	"strings"

	"github.com/agnivade/levenshtein"

	"github.com/resilgen/resilgen/internal/nearest"
)

var (
	loose  = regexp.MustCompile(`^(\w+)[ \t]?:[ \t]?(\w+)((?:[ \t]+(?:off|\w+=\S*))*)$`)
	named  = regexp.MustCompile(`^(\w+):(?i:(` + strings.Join(namedBehind(), "|") + `))([ \t]+[\w./,-]+(?:[ \t]+\w+=\S*)*)$`)
	jammed = regexp.MustCompile(`^(?i:resilgen):`)
)

// nearMiss tells what keeps a comment from being a directive, if it was meant to be one, and how it
// should read. A comment that starts without a space like a directive was; one with a space, only
// if nothing but a directive reads like that: prose may speak of resilgen: as it likes, and what is
// indented further is an example.
func nearMiss(text string) (fixed, problem string) {
	block := strings.HasPrefix(text, "/*")
	body := strings.TrimSuffix(text[len("//"):], "*/")
	words := strings.TrimSpace(body)
	m := loose.FindStringSubmatch(words)
	if m == nil {
		m = named.FindStringSubmatch(words)
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
	if jammed.MatchString(body) {
		return fixed, "this is no directive: it does not start with //resilgen: and a name in lower case"
	}
	return "", ""
}
