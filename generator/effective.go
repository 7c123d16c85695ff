package generator

// This file is the settings that are in effect on a method: what several directives and named
// policies say, merged key by key.

import (
	"go/ast"
	"go/constant"
	"go/types"
	"slices"

	resil "github.com/resilgen/resilgen/runtime"
	"github.com/resilgen/resilgen/templates"
)

// A level is how specific a directive is. A higher one wins.
type level int

const (
	usedOnInterface level = iota // by a named policy
	usedByMethods
	usedOnMethod
	onInterface
	byMethods
	onMethod
)

// A layer is what one named policy brings to those who use it; what it uses itself is further
// layers, before it.
type layer struct {
	policy   *namedPolicy
	constant *types.Const // as the package that uses it sees it
	use      item         // what brought it: a name in a use directive
	settings []setting
}

// name returns the policy's name at run time.
func (l *layer) name() string { return constant.StringVal(l.constant.Val()) }

// An appliedSetting is a setting that applies to a method.
type appliedSetting struct {
	setting
	level   level
	askedBy ast.Node // what asks for the method by its name; nil if it was swept in
	from    *layer   // the named policy that says it; nil for what stands on the interface or method itself
}

// place returns where to report what is wrong with the setting here: where it stands, or, for one
// from a named policy, which may be right elsewhere, at the use.
func (s appliedSetting) place() ast.Node {
	if s.from != nil {
		return s.from.use
	}
	return s.argument
}

// written returns the setting as its directive has it: what it names has no import path yet.
func (s appliedSetting) written() resil.Setting {
	return resil.Setting{Directive: s.Directive, Key: s.Key, Value: s.argument.text}
}

// namedPolicy returns the named policy that says it, such as github.com/acme/policies.Critical;
// empty for what stands on the interface or method itself.
func (s appliedSetting) namedPolicy() string {
	if s.from == nil {
		return ""
	}
	return s.from.policy.path()
}

// reportSetting reports what is wrong with a setting here.
func (f *findings) reportSetting(s appliedSetting, p *problem) { f.reportAt(s.place(), s, p) }

// reportAt reports what is wrong with a setting at something else. If a named policy says it, that
// is not seen there, and the place in the policy is told.
func (f *findings) reportAt(at ast.Node, s appliedSetting, p *problem) {
	if s.from != nil {
		p = p.relating(f.related(s.argument, "%s says %s", s.from.use.text, s.written()))
	}
	f.add(at, p)
}

// An effectiveSettings is what is in effect on one method.
type effectiveSettings struct {
	settings []appliedSetting  // in order; of what an off removes, nothing is left
	layers   []*layer          // the named policies that brought any of it, in order
	refused  map[string]string // by directive, the off that has the last word on it: retry off, or off
}

// apply adds settings, later ones over earlier ones.
func (e *effectiveSettings) apply(settings []setting, l level, asked ast.Node, from *layer) {
	for _, s := range settings {
		if isOff(s.Setting) {
			e.refuse(s)
			continue
		}
		delete(e.refused, s.Directive)
		e.settings = append(e.settings, appliedSetting{s, l, asked, from})
	}
}

// applyLayer adds what a named policy brings.
func (e *effectiveSettings) applyLayer(from *layer, l level, asked ast.Node) {
	e.layers = append(e.layers, from)
	e.apply(from.settings, l, asked, from)
}

// refuse removes what an off is about, and keeps in mind that it was said.
func (e *effectiveSettings) refuse(off setting) {
	e.remove(off.Directive)
	if e.refused == nil {
		e.refused = map[string]string{}
	}
	e.refused[off.Directive] = off.String()
}

// remove removes all settings of a directive.
func (e *effectiveSettings) remove(directive string) {
	e.settings = slices.DeleteFunc(e.settings, func(s appliedSetting) bool { return s.Directive == directive })
}

// drop removes one key of a directive that the method has no use for; "" is what stands without a
// key. A retry stays without its rewind.
func (e *effectiveSettings) drop(directive, key string) {
	var kept []appliedSetting
	for _, s := range e.settings {
		if s.Directive == directive && s.Key == key {
			if directive != "retry" {
				continue
			}
			s.Key, s.Value = "", ""
		}
		kept = append(kept, s)
	}
	e.settings = kept
}

// replace gives the setting of a key that is in effect another value.
func (e *effectiveSettings) replace(directive, key, value string) {
	for i := range slices.Backward(e.settings) {
		if s := &e.settings[i]; s.Directive == directive && s.Key == key {
			s.Value = value
			return
		}
	}
}

// last returns the setting of a key that is in effect.
func (e *effectiveSettings) last(directive, key string) (appliedSetting, bool) {
	for i := range slices.Backward(e.settings) {
		if s := &e.settings[i]; s.Directive == directive && s.Key == key {
			return *s, true
		}
	}
	return appliedSetting{}, false
}

// has reports whether any setting of a directive is in effect, and returns one that asks for the
// method by name, if there is one.
func (e *effectiveSettings) has(directive string) (asked *appliedSetting, ok bool) {
	for i := range e.settings {
		s := &e.settings[i]
		if s.Directive != directive {
			continue
		}
		if ok = true; s.askedBy != nil {
			return s, true
		}
	}
	return nil, ok
}

// acts reports whether any policy is left.
func (e *effectiveSettings) acts() bool {
	return slices.ContainsFunc(e.settings, func(s appliedSetting) bool { return isPolicy(s.Directive) })
}

// policy returns what the runtime makes of the settings.
func (e *effectiveSettings) policy() resil.Policy {
	return resil.NewPolicy(runtimeSettings(e.settings)...)
}

// eachCulprit tells which setting each of the runtime's errors, which are joined, is about.
func (e *effectiveSettings) eachCulprit(err error, tell func(s appliedSetting, err error)) {
	plain := make([]resil.Setting, len(e.settings))
	for i, s := range e.settings {
		plain[i] = s.Setting
	}
	rank := func(i int) int { return int(e.settings[i].level) }
	eachCulprit(plain, err, rank, func(i int, err error) { tell(e.settings[i], err) })
}

// constants returns the named policies that brought any setting, as generated code names them, and
// their names at run time. One that was brought twice counts where it came last.
func (e *effectiveSettings) constants() (constants []types.Object, names []string) {
	for i, l := range e.layers {
		isLast := !slices.ContainsFunc(e.layers[i+1:], func(later *layer) bool { return later.policy == l.policy })
		if isLast {
			constants, names = append(constants, l.constant), append(names, l.name())
		}
	}
	return constants, names
}

// runtimeSettings returns the settings that the runtime makes policies of. In place of a setting of
// ours stands the runtime's directive that it belongs to, if there is one: a rewind says that there
// is a retry.
func runtimeSettings(settings []appliedSetting) []resil.Setting {
	list := make([]resil.Setting, 0, len(settings))
	for _, s := range settings {
		alone := resil.Setting{Directive: s.Directive}
		switch {
		case !operandOf(s.Setting).isOurs:
			list = append(list, s.Setting)
		case !operandOf(alone).isOurs:
			list = append(list, alone)
		}
	}
	return list
}

// verdict says in a word what became of the method, and why no policy acts on it, if none does.
func (e *effectiveSettings) verdict(leftOut []templates.LeftOut) (Verdict, string) {
	switch {
	case e.acts() && len(leftOut) > 0:
		return InPart, ""
	case e.acts():
		return Guarded, ""
	case len(leftOut) > 0:
		return PassedThrough, leftOut[0].Reason
	case len(e.refused) > 0:
		return Off, "its annotation says off"
	}
	return PassedThrough, "no policy is meant for it"
}

// origins returns where the settings in effect were written, in the order of the language.
func (e *effectiveSettings) origins(found *findings) (list []Origin) {
	list = make([]Origin, 0, len(e.settings))
	add := func(directive, key string) {
		if s, ok := e.last(directive, key); ok {
			list = append(list, Origin{s.Setting, found.position(s.Pos()), s.namedPolicy()})
		}
	}
	for _, doc := range settingDocs {
		add(doc.Name, "") // what stands alone
		for _, key := range doc.Keys {
			add(doc.Name, key.Name)
		}
	}
	return list
}
