package resil

// This file judges what a file of overrides means for a client. A verdict depends on the file and
// on what the client is like, and on nothing else: not on what is in force, nor on other clients.

import (
	"fmt"
	"slices"

	"github.com/resilgen/resilgen/runtime/internal/tree"
)

// A verdict is what a file means for a client.
type verdict struct {
	policies []Policy          // of its methods, in their order
	wrong    []*OverridesError // if there is any, all of the file is refused for this client
	leftOut  []*OverridesError
}

// A judgement is a verdict in the making.
type judgement struct {
	file    *overridesFile
	client  string
	effects []effect // by method
	verdict
	omissions      []omission
	contradictions []contradiction
}

// An effect is what of a file acts on a method, later over earlier.
type effect struct {
	*methodNature
	statements []leveledStatement
}

// A leveledStatement is a statement, and on which level it stands.
type leveledStatement struct {
	statement
	level level
}

// A level is how specific a section is.
type level int

const (
	ofPolicy level = iota
	ofClient
	ofMethod
)

// An omission is a statement that is left out for methods, and why. Methods for which the reason is
// the same are told as one: an interface may have hundreds that must not be repeated.
type omission struct {
	*statement
	why     string
	methods []string
}

// judge returns what the file means for a client.
func (f *overridesFile) judge(client string, l clientNature) verdict {
	j := judgement{file: f, client: client}
	for i := range l {
		e := j.effectOn(&l[i])
		j.effects = append(j.effects, e)
		j.policies = append(j.policies, e.policy(nil))
		j.blameWithin(e)
	}
	j.findBetween()
	for _, c := range j.contradictions {
		j.wrong = append(j.wrong, j.contradicted(c))
	}
	for _, o := range j.omissions {
		j.leftOut = append(j.leftOut, j.omitted(o))
	}
	return j.verdict
}

// effectOn finds what acts on a method, and what may not.
func (j *judgement) effectOn(n *methodNature) effect {
	e := effect{methodNature: n}
	take := func(from section, l level) {
		for i := range from.statements {
			s := &from.statements[i]
			switch why := n.refuses(s, l); {
			case why == "":
				e.statements = append(e.statements, leveledStatement{*s, l})
			case l == ofMethod:
				j.refuse(s, n, why)
			default:
				j.omit(s, n, why)
			}
		}
	}
	for _, name := range n.inCode.Names {
		take(j.file.policies[name], ofPolicy)
	}
	own := j.file.clients[j.client]
	take(own.section, ofClient)
	take(own.methods[n.method], ofMethod)
	return e
}

// refuses returns why a statement cannot act on the method; empty if it can. What is switched off
// can always be. A policy brings nothing new: its section is for the numbers of what the methods
// have, and one that a method is without, it is without for a reason.
func (n *methodNature) refuses(s *statement, l level) string {
	if s.off {
		return ""
	}
	why := n.refusal(s.directive, byOverride)
	if why == "" && l == ofPolicy && !directiveNamed(s.directive).isOn(&n.inCode) {
		return fmt.Sprintf("its annotation has no %s, and of a policy only what a method has can be changed", s.directive)
	}
	return why
}

// refuse notes that a method's own section says what cannot act on it.
func (j *judgement) refuse(s *statement, n *methodNature, why string) {
	e := j.file.problem(Wrong, s.at, "%s cannot act on %s.%s: %s", s.directive, j.client, n.method, why)
	e.Client, e.Methods = j.client, []string{n.method}
	j.wrong = append(j.wrong, e)
}

// omit notes that a statement is left out for a method.
func (j *judgement) omit(s *statement, n *methodNature, why string) {
	i := slices.IndexFunc(j.omissions, func(o omission) bool { return o.at == s.at && o.why == why })
	if i < 0 {
		i = len(j.omissions)
		j.omissions = append(j.omissions, omission{statement: s, why: why})
	}
	j.omissions[i].methods = append(j.omissions[i].methods, n.method)
}

// omitted says what is left out, for which methods, and why.
func (j *judgement) omitted(o omission) *OverridesError {
	e := j.file.problem(LeftOut, o.at, "%s: %s is left out for %s: %s", j.client, o.directive, eachOf(o.methods), o.why)
	e.Client, e.Methods = j.client, o.methods
	return e
}

// eachOf names methods in a sentence that is true of each of them alone.
func eachOf(methods []string) string {
	if len(methods) == 1 {
		return methods[0]
	}
	return "each of " + listNames(methods)
}

// A selection is some of the settings of a file, by their places; nil is none of them.
type selection func(tree.Place) bool

// policy returns the policy of the method, without some of the file's settings.
func (e effect) policy(without selection) Policy {
	p := e.inCode.clone()
	for _, s := range e.statements {
		for _, set := range s.settings {
			if without == nil || !without(set.at) {
				_ = set.apply(&p) // has been checked
			}
		}
	}
	p.settle()
	return p
}

// hasWrong reports whether a statement is wrong by itself, so that the policy is not what it is
// meant to be.
func (e effect) hasWrong() bool {
	return slices.ContainsFunc(e.statements, func(s leveledStatement) bool { return s.wrong })
}
