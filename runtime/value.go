package resil

// This file reads and prints the values of keys. Each codec is one kind of value; print is the
// inverse of parse.

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/resilgen/resilgen/internal/brief"
)

// A codec reads and prints one kind of value.
type codec[T any] struct {
	parse      func(string) (T, error) // the error is a *valueError
	print      func(T) string
	zeroSpeaks bool   // the zero value is printed too
	names      Naming // what in Go the value names
}

// A valueError says what a value should have been.
type valueError struct {
	want       string
	suggestion string
	choices    []string
}

func (e *valueError) Error() string { return e.want }

var (
	attempts = codec[int]{parse: func(text string) (int, error) {
		n, err := strconv.Atoi(text)
		if err != nil || n < 2 {
			return 0, &valueError{want: `want a number of at least 2, the first attempt included; "retry off" is for none`}
		}
		return n, nil
	}, print: strconv.Itoa}

	count = codec[int]{parse: func(text string) (int, error) {
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 {
			return 0, &valueError{want: "want a number of at least 1"}
		}
		return n, nil
	}, print: strconv.Itoa}

	factor = codec[float64]{parse: func(text string) (float64, error) {
		f, err := strconv.ParseFloat(text, 64)
		if err != nil || !(f >= 1) || math.IsInf(f, 0) {
			return 0, &valueError{want: "want a number of at least 1, such as 2 or 1.5"}
		}
		return f, nil
	}, print: func(f float64) string { return strconv.FormatFloat(f, 'f', -1, 64) }}

	// ratio is a share above 0 and up to 100 %.
	ratio = codec[float64]{parse: func(text string) (float64, error) {
		r, err := parsePercent(text)
		if err != nil || !(r > 0 && r <= 1) {
			return 0, &valueError{want: "want a share above 0% and up to 100%, such as 50%"}
		}
		return r, nil
	}, print: printPercent}

	// ratioOrNone is a share; the word none is the zero.
	ratioOrNone = codec[float64]{parse: func(text string) (float64, error) {
		if text == "none" {
			return 0, nil
		}
		r, err := ratio.parse(text)
		if err != nil {
			err.(*valueError).want += ", or none"
		}
		return r, err
	}, print: func(r float64) string {
		if r == 0 {
			return "none"
		}
		return printPercent(r)
	}, zeroSpeaks: true}

	duration = codec[time.Duration]{parse: func(text string) (time.Duration, error) {
		d, err := parseDuration(text)
		if err == nil && d <= 0 {
			return 0, &valueError{want: "want a time above zero, such as 100ms, 2s or 1m30s"}
		}
		return d, err
	}, print: printDuration}

	durationOrZero = codec[time.Duration]{parse: func(text string) (time.Duration, error) {
		d, err := parseDuration(text)
		if err == nil && d < 0 {
			return 0, &valueError{want: "want a time that is not negative, such as 0, 100ms or 2s"}
		}
		return d, err
	}, print: printDuration, zeroSpeaks: true}

	// durationOrOff is a time above zero; the word off is the zero.
	durationOrOff = codec[time.Duration]{parse: func(text string) (time.Duration, error) {
		if text == "off" {
			return 0, nil
		}
		d, err := duration.parse(text)
		if err != nil {
			err.(*valueError).want += ", or off"
		}
		return d, err
	}, print: func(d time.Duration) string {
		if d == 0 {
			return "off"
		}
		return printDuration(d)
	}, zeroSpeaks: true}

	// perSecond is how often a second, above zero; perSecondOrZero may be zero.
	perSecond = codec[float64]{parse: func(text string) (float64, error) {
		r, err := parseRate(text)
		if err != nil || r == 0 {
			return 0, &valueError{want: "want how often a second, such as 100/s or 0.5/s"}
		}
		return r, nil
	}, print: printRate}

	perSecondOrZero = codec[float64]{parse: parseRate, print: printRate, zeroSpeaks: true}

	jitter = codec[Jitter]{parse: func(text string) (Jitter, error) {
		words := []string{string(FullJitter), string(EqualJitter), string(NoJitter)}
		if slices.Contains(words, text) {
			return Jitter(text), nil
		}
		r, err := ratio.parse(text)
		if err != nil {
			return "", &valueError{want: "want full, equal, none, or a ratio up to 100% such as 20%", choices: words}
		}
		return Jitter(ratio.print(r)), nil
	}, print: func(j Jitter) string { return string(j) }}

	perCall = codec[bool]{parse: func(text string) (bool, error) {
		if text != "attempt" && text != "call" {
			return false, &valueError{want: "want attempt or call", choices: []string{"attempt", "call"}}
		}
		return text == "call", nil
	}, print: func(call bool) string {
		if call {
			return "call"
		}
		return "attempt"
	}, zeroSpeaks: true}

	// parameter is the name of a parameter, or of a function; only the generator can tell what
	// there is.
	parameter = codec[string]{parse: func(text string) (string, error) {
		if text == "" || strings.ContainsFunc(text, func(r rune) bool { return unicode.IsSpace(r) || r == ',' }) {
			return "", &valueError{want: "want the name of a parameter of the method, or of a function of its arguments"}
		}
		return text, nil
	}, print: func(s string) string { return s }, names: NamesParameter}

	// scope is a word that identifies who shares a breaker, a bulkhead or a rate limit.
	scope = codec[string]{parse: func(text string) (string, error) {
		if !isName(text) {
			return "", &valueError{want: "want method, client, or a name of letters, digits, - and _ that methods share"}
		}
		for _, word := range []string{ScopeMethod, ScopeClient} {
			if text != word && strings.EqualFold(text, word) {
				return "", &valueError{want: "want method, client, or a name that is not one of these in other letters", suggestion: word}
			}
		}
		return text, nil
	}, print: func(s string) string { return s }}

	// scopeOrMethod is a scope of which the empty one is the method's own.
	scopeOrMethod = codec[string]{parse: scope.parse, print: func(s string) string {
		return cmp.Or(s, ScopeMethod)
	}, zeroSpeaks: true}
)

func isName(text string) bool {
	return text != "" && strings.IndexFunc(text, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '-' && r != '_'
	}) < 0
}

// parseDuration is time.ParseDuration with a helpful word for numbers without a unit.
func parseDuration(text string) (time.Duration, error) {
	d, err := time.ParseDuration(text)
	if err == nil {
		return d, nil
	}
	e := &valueError{want: "want a time with its unit, such as 100ms, 2s or 1m30s"}
	if _, err := strconv.ParseUint(text, 10, 32); err == nil {
		e.suggestion = text + "s"
		if len(text) > 2 {
			e.suggestion = text + "ms"
		}
	}
	return 0, e
}

// printDuration is brief, except that zero needs no unit.
func printDuration(d time.Duration) string {
	if d == 0 {
		return "0"
	}
	return brief.Duration(d)
}

// parseRate reads "100/s".
func parseRate(text string) (float64, error) {
	number, perSecond := strings.CutSuffix(text, "/s")
	if perSecond && number != "" && strings.Trim(number, "0123456789.") == "" {
		if r, err := strconv.ParseFloat(number, 64); err == nil {
			return r, nil
		}
	}
	return 0, &valueError{want: "want how often a second, such as 10/s or 0/s"}
}

func printRate(r float64) string { return strconv.FormatFloat(r, 'f', -1, 64) + "/s" }

// parsePercent reads "33.3%" as the float64 nearest to 0.333: dividing by 100 would round twice,
// and what is printed would not always be what was read.
func parsePercent(text string) (float64, error) {
	number, isPercent := strings.CutSuffix(text, "%")
	if !isPercent || number == "" || strings.Trim(number, "0123456789.") != "" {
		return 0, fmt.Errorf("no percentage: %q", text)
	}
	return strconv.ParseFloat(number+"e-2", 64)
}

// printPercent is the inverse of parsePercent: it shifts the decimal point of the shortest decimal.
func printPercent(r float64) string {
	digits, exponent, _ := strings.Cut(strconv.FormatFloat(r, 'e', -1, 64), "e")
	exp, _ := strconv.Atoi(exponent)
	shifted, _ := strconv.ParseFloat(digits+"e"+strconv.Itoa(exp+2), 64)
	return strconv.FormatFloat(shifted, 'f', -1, 64) + "%"
}

// parseMatches reads the names of on= and never=. What they are only the generator can tell.
func parseMatches(text string) ([]Match, error) {
	var list []Match
	for name := range strings.SplitSeq(text, ",") {
		if name == "" || strings.ContainsFunc(name, unicode.IsSpace) {
			return nil, &valueError{want: "want names of error values, error types or predicates, separated by commas: io.ErrUnexpectedEOF,*net.OpError,isBusy"}
		}
		list = append(list, Match{Name: name})
	}
	return list, nil
}

func printMatches(list []Match) string {
	names := make([]string, len(list))
	for i, m := range list {
		names[i] = m.Name
	}
	return strings.Join(names, ",")
}
