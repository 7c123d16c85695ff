package generator

// This file finds out whether a retry can act: how the arguments are put back that an attempt
// consumes, by rewind=.

import (
	"fmt"
	"go/types"
	"slices"

	"github.com/resilgen/resilgen/templates"
)

// checkRetry plans how arguments are put back that an attempt consumes.
func (d *decision) checkRetry(consumed []part) lack {
	s, ok := d.effective.last("retry", "rewind")
	switch {
	case ok && s.Value == "seek":
		return d.checkSeek(s, consumed)
	case ok:
		return d.checkRewind(s, consumed)
	}
	return lack{why: usedUp(consumed)}
}

// usedUp says what a further attempt would not find any more, and what could be done about it;
// empty for nothing.
func usedUp(consumed []part) string {
	if len(consumed) == 0 {
		return ""
	}
	way := "rewind=FUNC could put it back"
	if !slices.ContainsFunc(consumed, func(p part) bool { return !p.seeks }) {
		way = "rewind=seek puts it back"
	}
	return fmt.Sprintf("an attempt %s %s: %s", consumed[0].use, consumed[0].what, way)
}

// checkSeek plans a rewind by seeking.
func (d *decision) checkSeek(s appliedSetting, consumed []part) lack {
	if len(consumed) == 0 {
		d.ignore("retry", "rewind", "it takes nothing that an attempt consumes")
		return lack{}
	}
	rewind := &templates.Rewind{}
	for _, p := range consumed {
		if !p.seeks {
			return lack{why: fmt.Sprintf("an attempt %s %s, which is no io.Seeker: rewind=FUNC could put it back", p.use, p.what), at: &s}
		}
		rewind.Seek = append(rewind.Seek, p.index)
	}
	d.sweep.fits(s)
	d.plan.Rewind = rewind
	return lack{}
}

// checkRewind plans a rewind by a function.
func (d *decision) checkRewind(s appliedSetting, consumed []part) lack {
	fn := d.resolved.functions[s.Value]
	if fn == nil {
		return lack{}
	}
	failed := newVar("", errorType)
	taker, fits := d.method.takerSignature(fn, 0, failed)
	if f := fit(fn, taker); f != nil && fits {
		d.sweep.fits(s)
		d.plan.Rewind = &templates.Rewind{Func: f}
		return lack{}
	}
	why := d.iface.misfit(s, fn, d.iface.spell(signature(variables(d.method.Signature().Params()), []*types.Var{failed})))
	if len(consumed) == 0 && s.askedBy == nil {
		d.sweep.fails(s, d.sentence(s, "cannot act on", why))
		d.effective.drop("retry", "rewind")
		return lack{}
	}
	return lack{why: why, at: &s}
}
