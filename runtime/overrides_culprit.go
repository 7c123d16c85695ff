package resil

// This file finds contradictions that a file of overrides brings about, within a method's policy or
// between those of several, and the setting that is to blame for each.

import (
	"cmp"
	"slices"

	"github.com/resilgen/resilgen/runtime/internal/tree"
)

// A contradiction is what a setting brings about for methods. Methods for which it is the same are
// told as one.
type contradiction struct {
	at      tree.Place
	what    string
	methods []string
}

// blameWithin notes what of a method's policy contradicts itself because of the file.
func (j *judgement) blameWithin(e effect) {
	if len(e.statements) == 0 || e.hasWrong() {
		return
	}
	all := e.troubles(nil)
	for _, trouble := range all {
		at, ok := culprit(e.statements, func(without selection) bool {
			return !slices.ContainsFunc(e.troubles(without), func(t *PolicyError) bool {
				// To leave settings out puts nothing right where it brings a new trouble.
				return t.isSameAs(trouble) || !slices.ContainsFunc(all, t.isSameAs)
			})
		})
		if ok {
			j.contradict(at, e.methodNature, trouble)
		}
	}
}

// troubles returns what is wrong with the method's policy: with its parts, or else between them.
func (e effect) troubles(without selection) (list []*PolicyError) {
	p := e.policy(without)
	errs := unjoined(p.Validate())
	if len(errs) == 0 {
		errs = unjoined(p.Contradictions())
	}
	for _, err := range errs {
		list = append(list, err.(*PolicyError))
	}
	return list
}

// isSameAs reports whether both errors are about the same keys.
func (e *PolicyError) isSameAs(o *PolicyError) bool {
	return e.Directive == o.Directive && slices.Equal(e.Keys, o.Keys)
}

// findBetween notes where the methods of the client contradict each other because of the file.
func (j *judgement) findBetween() {
	agreed := agreement[effect]{}
	for i, e := range j.effects {
		if e.hasWrong() {
			continue
		}
		other, err := agreed.join(&j.policies[i], e)
		if err == nil {
			continue
		}
		both := slices.Concat(other.statements, e.statements)
		slices.SortStableFunc(both, func(x, y leveledStatement) int { return cmp.Compare(x.level, y.level) })
		if at, ok := culprit(both, func(without selection) bool { return agree(e.policy(without), other.policy(without)) }); ok {
			j.contradict(at, e.methodNature, err)
		}
	}
}

// agree reports whether two policies can be those of methods of one client.
func agree(p, o Policy) bool {
	agreed := agreement[int]{}
	_, _ = agreed.join(&p, 0) // by itself it does
	_, err := agreed.join(&o, 1)
	return err == nil
}

// contradict notes what a setting brings about for a method.
func (j *judgement) contradict(at tree.Place, n *methodNature, trouble error) {
	what := trouble.Error()
	i := slices.IndexFunc(j.contradictions, func(c contradiction) bool { return c.at == at && c.what == what })
	if i < 0 {
		i = len(j.contradictions)
		j.contradictions = append(j.contradictions, contradiction{at: at, what: what})
	}
	j.contradictions[i].methods = append(j.contradictions[i].methods, n.method)
}

// contradicted says what a setting brings about, and for which methods.
func (j *judgement) contradicted(c contradiction) *OverridesError {
	e := j.file.problem(Wrong, c.at, "%s.%s: %s", j.client, eachOf(c.methods), c.what)
	e.Client, e.Methods = j.client, c.methods
	return e
}

// culprit returns the place of what brings trouble: the last setting without which all is right, or
// the last directive without which it is, or else the last directive of all. It reports false if
// without the whole file all would not be right either.
func culprit(list []leveledStatement, right func(without selection) bool) (tree.Place, bool) {
	if !right(func(tree.Place) bool { return true }) {
		return tree.Place{}, false
	}
	for _, s := range slices.Backward(list) {
		for _, set := range slices.Backward(s.settings) {
			if right(func(at tree.Place) bool { return at == set.at }) {
				return set.at, true
			}
		}
		if right(func(at tree.Place) bool {
			return slices.ContainsFunc(s.settings, func(set placedSetting) bool { return set.at == at })
		}) {
			return s.at, true
		}
	}
	return list[len(list)-1].at, true
}
