package generator

// This file says which directives and keys there are: those of the runtime's policies, and those that name functions around a
// method, which only generated code can call.

import (
	"errors"
	"fmt"
	"go/token"
	"slices"
	"strings"

	resil "github.com/resilgen/resilgen/runtime"
)

// Directives documents all directives that an interface or one of its methods takes settings by, in the order of the language.
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

// takesWord reports whether the directive is followed by a name, not by key=value alone.
func takesWord(directive string) bool { return directive == "fallback" || directive == "failure" }

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

// namesFunction reports whether the value of the setting is the name of a function.
func (s setting) namesFunction() bool {
	switch {
	case s.Directive == "retry" && s.Key == "rewind":
		return s.Value != "seek"
	case s.Directive == "failure" && s.Key == "":
		return s.Value != "off" && !strings.HasPrefix(s.Value, ".")
	case s.Directive == "fallback" && s.Key == "":
		return s.Value != "off"
	}
	return s.Directive == "failure" && s.Key == "reject"
}

// isOurs reports whether the runtime knows nothing of the setting.
func (s setting) isOurs() bool {
	return takesWord(s.Directive) || s.Directive == "retry" && s.Key == "rewind"
}

// check reports what is wrong with a setting by itself.
func (s setting) check() error {
	switch {
	case !s.isOurs():
		return s.Check()
	case s.Value == "" && s.Directive == "fallback":
		return errors.New("fallback needs a function: //resilgen:fallback cachedGet")
	case s.Value == "" && s.Key == "":
		return errors.New("failure needs a method or a function: //resilgen:failure .Err")
	case s.Value == "":
		return fmt.Errorf("%s= needs a function", s.Key)
	case s.namesFunction() && (!referenceForm.MatchString(s.Value) || strings.HasPrefix(s.Value, "*")):
		return fmt.Errorf("%s is not the name of a function: write name, pkg.Name or example.com/path/pkg.Name", s.Value)
	case s.Directive == "failure" && strings.HasPrefix(s.Value, ".") && !token.IsIdentifier(s.Value[1:]):
		return fmt.Errorf("%s is not the name of a method: write .Err", s.Value)
	}
	return nil
}

// policySettings returns what the runtime makes policies of. A rewind says that there is a retry.
func policySettings(settings []setting) []resil.Setting {
	list := make([]resil.Setting, 0, len(settings))
	for _, s := range settings {
		switch {
		case !s.isOurs():
			list = append(list, s.Setting)
		case s.Directive == "retry":
			list = append(list, resil.Setting{Directive: "retry"})
		}
	}
	return list
}
