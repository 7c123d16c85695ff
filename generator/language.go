package generator

// This file is the language: every directive with its keys, in one table. The directives that make
// policies are the runtime's; those that mark something, and those that name functions around a
// method, which only generated code can call, have their rows here. What the rest of the package
// asks of a directive or a key, it asks the table.

import (
	"slices"
	"strings"

	resil "github.com/resilgen/resilgen/runtime"
)

// A row is one directive of the language.
type row struct {
	name, meaning string
	stands        ground            // on any of these
	elsewhere     map[ground]string // what is said of it on others; where nothing is, that it does not belong there
	selects       bool              // on an interface, it takes methods=, as all that take settings do
	follows       operand           // what follows it without a key; by name, what documentation calls that
	keys          []operand
	isAside       bool // by itself it is no policy: it says something of what others act on
}

// A ground is what directives stand on; a row may allow several.
type ground uint8

const (
	anInterface ground = 1 << iota
	aMethod
	aConstant
	anyGround = anInterface | aMethod | aConstant
)

// String returns the ground as the end of "it belongs on".
func (g ground) String() string {
	switch g {
	case anInterface:
		return "an interface"
	case aConstant:
		return "a string constant"
	}
	return "an interface or one of its methods" // or on a policy, which is for fewer
}

// An operand is what one setting gives to a directive: the value of a key, or what follows without
// a key.
type operand struct {
	name, byDefault, meaning string
	naming                   naming
	word                     string // stands in place of what it names; empty for none
	byMethod                 bool   // .Err, a method of a result, stands in place of a function
	example                  string
	isOurs                   bool // the runtime knows nothing of it
}

// A naming is what in Go the value of a setting names.
type naming = resil.Naming

const (
	noName      = resil.NamesNothing
	anErrorList = resil.NamesErrors
	aKey        = resil.NamesParameter // or else a function
	aFunction   = resil.NamesFunction  // that generated code calls
)

// aPolicy is an example of one, wherever one is shown.
const aPolicy = "policies.Critical"

// off is the directive for methods that pass through, and the word behind a directive that takes
// settings.
const off = "off"

// marks are the directives that take no settings, but say something of what they stand on.
var marks = []row{
	{
		name: "wrap", stands: anInterface,
		elsewhere: map[ground]string{aMethod: "//resilgen:wrap marks an interface, not one of its methods"},
		meaning:   "marks an interface: a wrapper is generated for it; every other directive needs this one",
		keys:      []operand{{name: "name", byDefault: "ResilientX", meaning: "the name of the wrapper"}},
	},
	{
		name: off, stands: anInterface | aMethod, selects: true,
		elsewhere: map[ground]string{
			aConstant: "a policy cannot be off as a whole: switch off what it means, such as by //resilgen:retry off"},
		meaning: "the method passes through untouched, or all that methods= selects",
	},
	{
		name: "policy", stands: aConstant,
		elsewhere: map[ground]string{
			anInterface: "//resilgen:policy marks a string constant", aMethod: "//resilgen:policy marks a string constant"},
		meaning: "on a string constant: makes it a policy, which other directives there describe; see resilgen help policies",
	},
	{
		name: "use", stands: anyGround, selects: true,
		meaning: "applies a policy: //resilgen:use " + aPolicy,
		follows: operand{name: "POLICY", example: aPolicy},
	},
}

// aroundMethods are the settings that name functions around a method. A row with the name of one of
// the runtime's directives holds the keys that the generator adds to it.
var aroundMethods = []row{
	{
		name: "retry",
		keys: []operand{{name: "rewind", naming: aFunction, word: "seek",
			meaning: "puts back the arguments that an attempt consumes: seek, or a function that takes the method's arguments and returns an error"}},
	},
	{
		name:    "fallback",
		meaning: "names a function that answers when all else failed: it takes the method's arguments and the error, and returns its results",
		follows: operand{name: "FUNCTION", naming: aFunction, word: off, example: "cachedGet"},
	},
	{
		name: "failure", isAside: true,
		meaning: "tells from the results whether a call failed: .Err, a method of the first one, or a function that takes the first or all and returns an error",
		follows: operand{name: "FUNCTION", naming: aFunction, word: off, byMethod: true, example: ".Err"},
		keys: []operand{{name: "reject", naming: aFunction,
			meaning: "a function that takes an error and makes the results of a call that a policy ended"}},
	},
}

// takingSettings are the directives that take settings: the runtime's, and those around a method.
var takingSettings = func() (rows []row) {
	for _, doc := range resil.Directives() {
		r := row{name: doc.Name, meaning: doc.Meaning, stands: anyGround, selects: true, follows: operand{word: off}}
		for _, k := range doc.Keys {
			r.keys = append(r.keys, operand{name: k.Name, byDefault: k.Default, meaning: k.Meaning, naming: k.Names})
		}
		rows = append(rows, r)
	}
	for _, r := range aroundMethods {
		r.stands, r.selects, r.follows.isOurs = anyGround, true, true
		for i := range r.keys {
			r.keys[i].isOurs = true
		}
		if i := slices.IndexFunc(rows, func(of row) bool { return of.name == r.name }); i >= 0 {
			rows[i].keys = append(rows[i].keys, r.keys...)
		} else {
			rows = append(rows, r)
		}
	}
	return rows
}()

// table is the whole language, in its order.
var table = slices.Concat(marks, takingSettings)

// settingDocs documents the directives that take settings.
var settingDocs = func() (docs []resil.DirectiveDoc) {
	for _, r := range takingSettings {
		docs = append(docs, r.doc().DirectiveDoc)
	}
	return docs
}()

// A DirectiveDoc documents one directive. It is for tools that explain, complete or check
// annotations.
type DirectiveDoc struct {
	resil.DirectiveDoc
	Forms   []string // how it is written beside its keys: "retry", or "failure .Err" and "failure FUNCTION"
	Selects bool     // on an interface, it takes methods=
}

// Directives documents the whole language, in its order: every directive that an interface, one of
// its methods or a policy can have.
func Directives() (docs []DirectiveDoc) {
	for _, r := range table {
		docs = append(docs, r.doc())
	}
	return docs
}

func (r row) doc() DirectiveDoc {
	doc := DirectiveDoc{DirectiveDoc: resil.DirectiveDoc{Name: r.name, Meaning: r.meaning}, Selects: r.selects}
	if r.follows.byMethod {
		doc.Forms = append(doc.Forms, r.name+" "+r.follows.example)
	}
	doc.Forms = append(doc.Forms, strings.TrimSpace(r.name+" "+r.follows.name))
	for _, k := range r.keys {
		doc.Keys = append(doc.Keys, resil.KeyDoc{Name: k.name, Default: k.byDefault, Meaning: k.meaning, Names: k.naming})
	}
	return doc
}

// knownDirectives returns the names of all directives.
func knownDirectives() (names []string) {
	for _, r := range table {
		names = append(names, r.name)
	}
	return names
}

// followedByName returns the names of the directives that a name can follow: use, fallback,
// failure.
func followedByName() (directives []string) {
	for _, r := range table {
		if r.follows.name != "" {
			directives = append(directives, r.name)
		}
	}
	return directives
}

// rowOf returns the row of a directive, and whether there is one.
func rowOf(name string) (r row, ok bool) {
	i := slices.IndexFunc(table, func(r row) bool { return r.name == name })
	if i < 0 {
		return row{}, false
	}
	return table[i], true
}

// keyNames returns the names of a directive's keys.
func (r row) keyNames() (keys []string) {
	for _, k := range r.keys {
		keys = append(keys, k.name)
	}
	if r.selects {
		keys = append(keys, "methods")
	}
	return keys
}

// takesSettings reports whether what a directive says is settings; it is a mark otherwise.
func takesSettings(directive string) bool {
	_, ok := operands[settingName{directive, ""}]
	return ok
}

// A settingName is what a setting is about. The key is empty for what follows a directive without
// one.
type settingName struct{ directive, key string }

// operands are what settings can give, each by its name.
var operands = func() map[settingName]operand {
	all := map[settingName]operand{}
	for _, r := range takingSettings {
		all[settingName{r.name, ""}] = r.follows
		for _, k := range r.keys {
			all[settingName{r.name, k.name}] = k
		}
	}
	return all
}()

// operandOf returns what the table says of what a setting gives; the zero operand if it says
// nothing.
func operandOf(s resil.Setting) operand { return operands[settingName{s.Directive, s.Key}] }

// isWord reports whether a value is one that stands in place of a name.
func (o operand) isWord(value string) bool {
	return o.word != "" && value == o.word || o.byMethod && strings.HasPrefix(value, ".")
}

// isOff reports whether a setting switches its directive off.
func isOff(s resil.Setting) bool {
	o := operandOf(s)
	return s.Key == "" && o.word != "" && s.Value == o.word
}

// isPolicy reports whether what a directive says acts on calls by itself.
func isPolicy(directive string) bool {
	r, ok := rowOf(directive)
	return ok && !r.isAside
}

// namingOf returns what the key of a setting names.
func namingOf(s resil.Setting) naming { return operandOf(s).naming }

// takesName reports whether a directive that takes settings can be followed by a name of Go, beside
// key=value: fallback and failure can.
func takesName(directive string) bool { return namingOf(resil.Setting{Directive: directive}) != noName }
