package generator

// This file says which directives and keys there are: those of the runtime's policies, and those
// that name functions around a method, which only generated code can call. It also says which of
// them name anything of Go, and what.

import (
	"errors"
	"fmt"
	"go/token"
	"reflect"
	"slices"
	"strings"

	resil "github.com/resilgen/resilgen/runtime"
)

// Directives documents all directives that an interface or one of its methods takes settings by, in
// the order of the language.
func Directives() []resil.DirectiveDoc {
	docs := resil.Directives()
	retry := slices.IndexFunc(docs, func(d resil.DirectiveDoc) bool { return d.Name == "retry" })
	docs[retry].Keys = append(docs[retry].Keys, resil.KeyDoc{Name: "rewind",
		Meaning: "puts back the arguments that an attempt consumes: seek, or a function that takes the method's arguments and returns an error"})
	return append(docs,
		resil.DirectiveDoc{Name: "fallback",
			Meaning: "names a function that answers when all else failed: it takes the method's arguments and the error, and returns its results"},
		resil.DirectiveDoc{Name: "failure",
			Meaning: "tells from the results whether a call failed: .Err, a method of the first one, or a function that takes the first or all and returns an error",
			Keys: []resil.KeyDoc{{Name: "reject",
				Meaning: "a function that takes an error and makes the results of a call that a policy ended"}}},
	)
}

var language = Directives()

// A naming is what the value of a setting names in Go.
type naming int

const (
	noName      naming = iota
	anErrorList        // errors: values, types and predicates, separated by commas
	aFunction          // a function that generated code calls, and of which the runtime does not know
	aKey               // a parameter of the method, or else a function
)

// A settingName is what a setting is about. What follows a directive without a key has an empty
// one.
type settingName struct{ directive, key string }

// namings are the settings that name anything. What a list of errors is, the runtime's own policies
// tell.
var namings = func() map[settingName]naming {
	all := map[settingName]naming{
		{"retry", "rewind"}: aFunction, {"fallback", ""}: aFunction, {"failure", ""}: aFunction, {"failure", "reject"}: aFunction,
		{"breaker", "key"}: aKey,
	}
	for _, doc := range resil.Directives() {
		for _, k := range doc.Keys {
			if listsErrors(doc.Name, k.Name) {
				all[settingName{doc.Name, k.Name}] = anErrorList
			}
		}
	}
	return all
}()

// listsErrors reports whether policies keep what a key says as errors to match.
func listsErrors(directive, key string) bool {
	policy := resil.NewPolicy(resil.Setting{Directive: directive, Key: key, Value: "name"})
	for _, part := range reflect.ValueOf(policy).Fields() {
		if part.Kind() != reflect.Pointer || part.IsNil() {
			continue
		}
		for _, field := range part.Elem().Fields() {
			if list, ok := field.Interface().([]resil.Match); ok && len(list) > 0 {
				return true
			}
		}
	}
	return false
}

// namingOf returns what the key of a setting names.
func namingOf(s resil.Setting) naming { return namings[settingName{s.Directive, s.Key}] }

// takesWord reports whether the directive is followed by a name, not by key=value alone.
func takesWord(directive string) bool { return namings[settingName{directive, ""}] != noName }

// knownDirectives returns the names of all directives.
func knownDirectives() []string {
	names := []string{"wrap"}
	for _, doc := range language {
		names = append(names, doc.Name)
	}
	return append(names, "policy", "use", "off")
}

// keysOf returns the keys of a directive, and whether the directive exists.
func keysOf(name string) (keys []string, ok bool) {
	switch name {
	case "wrap":
		return []string{"name"}, true
	case "policy":
		return nil, true
	case "use", "off":
		return []string{"methods"}, true
	}
	for _, doc := range language {
		if doc.Name == name {
			for _, k := range doc.Keys {
				keys = append(keys, k.Name)
			}
			return append(keys, "methods"), true
		}
	}
	return nil, false
}

// names returns what the value of the setting names; no name if it is a word that stands in place
// of one.
func (s setting) names() naming {
	isWord := s.Key == "" && s.Value == "off" || s.Key == "rewind" && s.Value == "seek" ||
		s.Directive == "failure" && s.Key == "" && strings.HasPrefix(s.Value, ".")
	if isWord {
		return noName
	}
	return namingOf(s.Setting)
}

// isOurs reports whether the runtime knows nothing of the setting.
func (s setting) isOurs() bool { return namingOf(s.Setting) == aFunction }

// check reports what is wrong with a setting by itself.
func (s setting) check() error {
	switch {
	case s.names() == aKey && s.Value != "" && !isName(s.Value):
		return fmt.Errorf("%s is neither the name of a parameter nor of a function: write name, pkg.Name or example.com/path/pkg.Name", s.Value)
	case !s.isOurs():
		return s.Check()
	case s.Value == "" && s.Directive == "fallback":
		return errors.New("fallback needs a function: //resilgen:fallback cachedGet")
	case s.Value == "" && s.Key == "":
		return errors.New("failure needs a method or a function: //resilgen:failure .Err")
	case s.Value == "":
		return fmt.Errorf("%s= needs a function", s.Key)
	case s.names() == aFunction && !isName(s.Value):
		return fmt.Errorf("%s is not the name of a function: write name, pkg.Name or example.com/path/pkg.Name", s.Value)
	case s.Directive == "failure" && strings.HasPrefix(s.Value, ".") && !token.IsIdentifier(s.Value[1:]):
		return fmt.Errorf("%s is not the name of a method: write .Err", s.Value)
	}
	return nil
}

// isName reports whether a text can name anything but a pointer type.
func isName(text string) bool {
	return referenceForm.MatchString(text) && !strings.HasPrefix(text, "*")
}
