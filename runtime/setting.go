package resil

// This file is about settings: how they are checked, applied to a policy, read and printed.

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// A Setting is one argument of one directive, as written: attempts=4 of retry. It is for tools that
// read or explain annotations; a program writes a [Policy], or the text of one for [ParsePolicy].
//
// A directive that stands alone is a Setting without key and value; "retry off" has the value "off"
// and no key.
type Setting struct {
	Directive string // retry, breaker, timeout, …
	Key       string
	Value     string
}

// String returns the setting as an annotation says it: "retry attempts=4", "retry off", "retry".
func (s Setting) String() string {
	switch {
	case s.Key != "":
		return s.Directive + " " + s.Key + "=" + s.Value
	case s.Value != "":
		return s.Directive + " " + s.Value
	}
	return s.Directive
}

// A SettingError is what is wrong with one setting by itself.
type SettingError struct {
	Setting    Setting
	Message    string
	Suggestion string   // what was probably meant, where it can be told; or empty
	Choices    []string // what exists, where a directive, a key or a word was none of it; or nil
}

// Error returns the message alone; the place is the caller's to add.
func (e *SettingError) Error() string { return e.Message }

// A PolicyError is what is wrong with a policy, or with the arguments of a directive together: a
// field that is out of range, a contradiction, or a part that is in vain.
type PolicyError struct {
	Directive string   // the directive to blame
	Keys      []string // its keys to blame, the likeliest first; empty for the directive as a whole
	Message   string
	Also      []Setting // of other directives, what else takes part, without values; nil for nothing
}

// Error returns the message alone; the place is the caller's to add.
func (e *PolicyError) Error() string { return e.Message }

// Check reports what is wrong with the setting by itself: a directive or key that does not exist, a
// value that its key does not take, such as attempts=1. Bounds that Check does not know, such as
// the largest max= of a hedge, [Policy.Validate] holds. The error is a [*SettingError].
func (s Setting) Check() error {
	var p Policy
	if err := s.apply(&p); err != nil {
		return err
	}
	return nil
}

// naming returns what in Go the value of the setting names.
func (s Setting) naming() Naming {
	if d := directiveNamed(s.Directive); d != nil {
		if k := d.key(s.Key); k != nil {
			return k.Names
		}
	}
	return NamesNothing
}

// apply changes one field of the policy, or switches a part on or off.
func (s Setting) apply(p *Policy) *SettingError {
	d := directiveNamed(s.Directive)
	if d == nil {
		return &SettingError{Setting: s, Choices: directiveNames(),
			Message: fmt.Sprintf("unknown directive %s: one of %s", s.Directive, strings.Join(directiveNames(), ", "))}
	}
	if s.Key == "" {
		return s.applyWord(p, d)
	}
	k := d.key(s.Key)
	if k == nil {
		return &SettingError{Setting: s, Choices: d.keyNames(),
			Message: fmt.Sprintf("%s has no key %s: one of %s", d.name, s.Key, strings.Join(d.keyNames(), ", "))}
	}
	d.switchOn(p)
	if err := k.parse(p, s.Value); err != nil {
		err := err.(*valueError)
		return &SettingError{Setting: s, Suggestion: err.suggestion, Choices: err.choices,
			Message: fmt.Sprintf("%s %s=%s: %s", d.name, s.Key, s.Value, err.want)}
	}
	return nil
}

// applyWord applies what stands without a key: nothing, or the word off.
func (s Setting) applyWord(p *Policy, d *directive) *SettingError {
	switch s.Value {
	case "":
		d.switchOn(p)
	case "off":
		d.switchOff(p)
	default:
		return &SettingError{Setting: s, Choices: []string{"off"},
			Message: fmt.Sprintf("%s: %s is neither key=value nor off", d.name, s.Value)}
	}
	return nil
}

// CheckTogether reports what contradicts itself among the arguments of a single directive, joined:
// a repeated key, off beside other arguments, keys that rule each other out. Each is a
// [*PolicyError] or a [*SettingError].
func CheckTogether(settings ...Setting) error {
	var errs []error
	for i, s := range settings {
		if s.Key != "" && slices.ContainsFunc(settings[:i], func(t Setting) bool { return t.Key == s.Key }) {
			errs = append(errs, &SettingError{Setting: s, Message: fmt.Sprintf("%s is given twice", s.Key)})
		}
		if s.Value == "off" && s.Key == "" && len(settings) > 1 {
			errs = append(errs, &SettingError{Setting: s,
				Message: fmt.Sprintf("%s off stands alone: the other arguments would have no effect", s.Directive)})
		}
	}
	return errors.Join(append(errs, breakerTogether(settings)...)...)
}

// breakerTogether catches the window of a breaker that counts failures in a row, and so looks at no
// window. Only within one directive: across levels, "failures=5" rightly replaces a ratio and its
// window.
func breakerTogether(settings []Setting) (errs []error) {
	has := func(key string) (Setting, bool) {
		i := slices.IndexFunc(settings, func(s Setting) bool { return s.Directive == "breaker" && s.Key == key })
		if i < 0 {
			return Setting{}, false
		}
		return settings[i], true
	}
	failures, ok := has("failures")
	_, slow := has("slow")
	if !ok || slow || strings.HasSuffix(failures.Value, "%") || failures.Check() != nil {
		return nil
	}
	for _, key := range []string{"min", "window"} {
		if s, ok := has(key); ok {
			errs = append(errs, &PolicyError{Directive: "breaker", Keys: []string{key},
				Message: fmt.Sprintf("failures=%s counts failures in a row and looks at no window: %s=%s has no effect (write failures as a ratio such as 50%%, or leave %s out)",
					failures.Value, key, s.Value, key)})
		}
	}
	return errs
}

// NewPolicy applies settings in order, later over earlier: a directive's first setting brings its
// defaults, each key replaces one field, "off" removes the policy. Settings that do not pass
// [Setting.Check] are left out. Defaults that depend on other keys are settled last: max= is not
// below initial=, and min= not above a window= of calls.
func NewPolicy(settings ...Setting) Policy {
	var p Policy
	for _, s := range settings {
		_ = s.apply(&p) // the caller has checked, and reports better than we could here
	}
	p.settle()
	return p
}

// ParsePolicy reads directives without the "//resilgen:", one a line, applies the defaults and
// validates; errors are joined. What on=, never= and ignore= name is Go that only the generator can
// resolve: they are errors here.
func ParsePolicy(text string) (Policy, error) {
	var all []Setting
	var errs []error
	for line := range strings.Lines(text) {
		settings := parseLine(line)
		for _, s := range settings {
			if s.naming() == NamesErrors {
				errs = append(errs, fmt.Errorf("%s names Go, which only an annotation can: set the field of the Policy instead", s))
			} else if err := s.Check(); err != nil {
				errs = append(errs, err)
			}
		}
		if err := CheckTogether(settings...); err != nil {
			errs = append(errs, err)
		}
		all = append(all, settings...)
	}
	p := NewPolicy(all...)
	if len(errs) == 0 {
		errs = append(errs, p.Validate())
	}
	return p, errors.Join(errs...)
}

// parseLine splits "retry attempts=4 jitter=none" into its settings.
func parseLine(line string) []Setting {
	words := strings.Fields(line)
	if len(words) == 0 {
		return nil
	}
	if len(words) == 1 {
		return []Setting{{Directive: words[0]}}
	}
	settings := make([]Setting, 0, len(words)-1)
	for _, word := range words[1:] {
		key, value, found := strings.Cut(word, "=")
		if !found {
			key, value = "", word
		}
		settings = append(settings, Setting{words[0], key, value})
	}
	return settings
}

// Settings returns all that is in effect, in the order of the language: of every directive the keys
// that have a say, or the directive alone if none has. [NewPolicy] makes of them the policy that it
// made, or one of the same effect as a policy that is written by hand: what says nothing there,
// such as an empty Scope, has its default. Names are not among the settings, and Matches have
// nothing but their names. Settings is for tools that compare or explain policies.
func (p Policy) Settings() []Setting { return p.addSettings(make([]Setting, 0, 16)) }

func (p *Policy) addSettings(list []Setting) []Setting {
	for i := range directives {
		if d := &directives[i]; d.isOn(p) {
			list = d.addSettings(list, p)
		}
	}
	return list
}

// String returns the settings in effect as directives without the "//resilgen:", one a line.
// [ParsePolicy] reads that as the same settings, if they select no errors.
func (p Policy) String() string {
	var room [48]Setting // on the stack
	return printSettings(p.addSettings(room[:0]))
}

// printSettings returns settings as directives, one a line. Those of one directive follow each
// other.
func printSettings(list []Setting) string {
	var text strings.Builder
	text.Grow(16 * len(list))
	for i, s := range list {
		if i == 0 || s.Directive != list[i-1].Directive {
			if i > 0 {
				text.WriteByte('\n')
			}
			text.WriteString(s.Directive)
		}
		if s.Key != "" {
			text.WriteByte(' ')
			text.WriteString(s.Key)
			text.WriteByte('=')
			text.WriteString(s.Value)
		}
	}
	return text.String()
}
