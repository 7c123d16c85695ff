package generator

// This file is what one argument of a directive says, and what may be wrong with it by itself.

import (
	"fmt"
	"go/token"
	"strings"

	resil "github.com/resilgen/resilgen/runtime"
)

// A setting is what one argument of a directive says, as written: one that the runtime knows, or
// one of ours in its form.
type setting struct {
	resil.Setting
	argument
}

// naming returns what the value of the setting names: nothing, if it is a word that stands in place
// of a name.
func (s setting) naming() naming {
	o := operandOf(s.Setting)
	if o.isWord(s.Value) {
		return noName
	}
	return o.naming
}

// check reports what is wrong with a setting by itself.
func (s setting) check() error {
	o, names := operandOf(s.Setting), s.naming()
	switch {
	case names == aKey && s.Value != "" && !isName(s.Value):
		return fmt.Errorf("%s is neither the name of a parameter nor of a function: write name, pkg.Name or example.com/path/pkg.Name", s.Value)
	case !o.isOurs:
		return s.Check()
	case s.Value == "" && s.Key != "":
		return fmt.Errorf("%s= needs a function", s.Key)
	case s.Value == "" && o.byMethod:
		return fmt.Errorf("%s needs a method or a function: //resilgen:%[1]s %s", s.Directive, o.example)
	case s.Value == "":
		return fmt.Errorf("%s needs a function: //resilgen:%[1]s %s", s.Directive, o.example)
	case names == aFunction && !isName(s.Value):
		return fmt.Errorf("%s is not the name of a function: write name, pkg.Name or example.com/path/pkg.Name", s.Value)
	case o.byMethod && strings.HasPrefix(s.Value, ".") && !token.IsIdentifier(s.Value[1:]):
		return fmt.Errorf("%s is not the name of a method: write %s", s.Value, o.example)
	}
	return nil
}
