package generator

// This file takes a directive apart into its arguments. Which keys there are, the table of the
// language says; what their values mean, directive_setting.go and the runtime. Only methods= and
// name=, which speak of interfaces, are settled here.

import (
	"errors"
	"go/ast"
	"go/token"
	"go/types"
	"path"
	"slices"
	"strings"

	"github.com/resilgen/resilgen/internal/nearest"
	resil "github.com/resilgen/resilgen/runtime"
)

// A directive is one comment such as //resilgen:retry attempts=4 methods=Get*.
type directive struct {
	ast.Directive
	settings []setting
	policies []item    // that a use directive names
	methods  *argument // methods=; nil for all methods
	name     *argument // name= of wrap; nil for the default
}

// An argument is key=value, or a single word, which is all value.
type argument struct {
	span
	text string // the value, as written
}

// items returns the items of the list that is the value.
func (a *argument) items() []item {
	var list []item
	at := a.end - token.Pos(len(a.text))
	for text := range strings.SplitSeq(a.text, ",") {
		end := at + token.Pos(len(text))
		list = append(list, item{span{at, end}, text})
		at = end + 1
	}
	return list
}

// An item is one of a list.
type item struct {
	span
	text string
}

// parseDirective reads a directive, and returns nil if there is none of this name.
func parseDirective(raw ast.Directive, found *findings) *directive {
	d := &directive{Directive: raw}
	r, ok := rowOf(d.Name)
	if !ok {
		found.add(d, problemf("there is no directive //resilgen:%s", d.Name).suggesting(nearest.To(d.Name, knownDirectives())))
		return nil
	}
	args, err := d.ParseArgs()
	if err != nil {
		at := span{d.ArgsPos, d.End()}
		found.report(at, "a quotation mark is open in the arguments of //resilgen:%s, which need none", d.Name)
		return d
	}
	for _, raw := range args {
		if strings.HasPrefix(raw.Arg, "//") {
			found.report(span{raw.Pos, d.End()}, "a directive fills its line: put other comments above it")
			break
		}
		d.readArgument(raw, r, found)
	}
	if len(args) == 0 || d.methods != nil && len(args) == 1 {
		d.addSetting(argument{span: span{d.Pos(), d.End()}}, "", found)
	}
	return d
}

// readArgument reads one argument, and adds what it says to the directive.
func (d *directive) readArgument(raw ast.DirectiveArg, r row, found *findings) {
	keys := r.keyNames()
	arg := argument{span{raw.Pos, raw.Pos + token.Pos(len(raw.Arg))}, raw.Arg}
	key, value, isPair := strings.Cut(raw.Arg, "=")
	switch {
	case !isPair || key == "":
		d.addWord(arg, r, found)
		return
	case len(keys) == 0:
		d.reportNothing(arg, found)
		return
	case !slices.Contains(keys, key):
		unknown := problemf("//resilgen:%s has no key %s: it takes %s", d.Name, key, strings.Join(keys, ", "))
		found.add(arg, unknown.suggesting(nearest.To(key, keys)))
		return
	}
	arg.text = value
	switch key {
	case "methods":
		d.methods = d.once(d.methods, arg, key, found)
		checkPatterns(&arg, found)
	case "name":
		if isTypeName(&arg, found) {
			d.name = d.once(d.name, arg, key, found)
		}
	default:
		d.addSetting(arg, key, found)
	}
}

// once returns an argument that may be given once, and reports it if it was given before.
func (d *directive) once(before *argument, arg argument, key string, found *findings) *argument {
	if before != nil {
		found.report(arg, "%s is given twice", key)
	}
	return &arg
}

// addWord adds an argument that is no key=value: off, a name, or a mistake.
func (d *directive) addWord(arg argument, r row, found *findings) {
	switch keys, isMark := r.keyNames(), !takesSettings(d.Name); {
	case len(keys) == 0:
		d.reportNothing(arg, found)
	case isMark && r.follows.name != "":
		d.addPolicies(arg, found)
	case isMark:
		found.report(arg, "//resilgen:%s takes nothing but %s=", d.Name, keys[0])
	case arg.text == r.follows.word || takesName(d.Name):
		d.addSetting(arg, "", found)
	default:
		neither := problemf("%s is neither key=value, without spaces, nor %s", arg.text, r.follows.word)
		found.add(arg, neither.suggesting(nearest.To(arg.text, []string{r.follows.word})))
	}
}

// reportNothing reports an argument of a directive that takes none.
func (d *directive) reportNothing(arg argument, found *findings) {
	found.report(arg, "//resilgen:%s takes nothing: the value of the constant is the policy's name", d.Name)
}

// addPolicies adds the policies that a use directive names.
func (d *directive) addPolicies(list argument, found *findings) {
	for _, i := range list.items() {
		switch {
		case i.text == "":
			found.report(i, "use wants names of policies, separated by commas: //resilgen:use "+aPolicy+",policies.Batch")
		case i.text == off:
			found.report(i, "//resilgen:use has no off: switch policies off where they shall not act, such as by //resilgen:retry off, or all by //resilgen:off")
		case !isName(i.text):
			found.report(i, "%s is not the name of a policy: write Name, pkg.Name or example.com/path/pkg.Name", i.text)
		default:
			d.policies = append(d.policies, i)
		}
	}
}

// addSetting adds what an argument says as a setting, if it is right by itself. Marks have no
// settings.
func (d *directive) addSetting(arg argument, key string, found *findings) {
	if r, _ := rowOf(d.Name); !takesSettings(d.Name) {
		if r.follows.name != "" {
			found.report(arg, "%s needs a policy: //resilgen:%[1]s %s", d.Name, r.follows.example)
		}
		return
	}
	s := setting{Setting: resil.Setting{Directive: d.Name, Key: key, Value: arg.text}, argument: arg}
	if err := s.check(); err != nil {
		suggestion := ""
		if e, ok := errors.AsType[*resil.SettingError](err); ok {
			suggestion = e.Suggestion
			if suggestion == "" {
				suggestion = nearest.To(arg.text, e.Choices)
			}
		}
		found.add(arg, problemf("%s", err).suggesting(suggestion))
		return
	}
	d.settings = append(d.settings, s)
}

// checkPatterns reports patterns of methods= that are none.
func checkPatterns(methods *argument, found *findings) {
	for _, pattern := range methods.items() {
		if _, err := path.Match(pattern.text, ""); err != nil || pattern.text == "" {
			found.report(pattern, "methods= wants names of methods, or patterns such as Get*, separated by commas")
		}
	}
}

// isTypeName reports whether name= can be the name of a type, and what is wrong with it if not.
func isTypeName(name *argument, found *findings) bool {
	switch {
	case !token.IsIdentifier(name.text) || name.text == "_":
		found.report(name, "name=%s: want the name of a Go type, such as ResilientStore", name.text)
	case types.Universe.Lookup(name.text) != nil || name.text == "init" || name.text == "main":
		found.report(name, "name=%s: that name has a meaning in Go already", name.text)
	default:
		return true
	}
	return false
}
