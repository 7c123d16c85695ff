package generator

// This file is named policies as written: string constants that carry directives.

import "go/ast"

// A namedPolicy is a constant that is marked //resilgen:policy.
type namedPolicy struct {
	site
	spec  *ast.ValueSpec
	whole span       // its comment and the constant
	mark  *directive // the policy directive
	own   []*directive
}

// name returns the name of the constant.
func (p *namedPolicy) name() string { return p.spec.Names[0].Name }

// path returns the name of the constant with its import path, as it can be written anywhere.
func (p *namedPolicy) path() string { return p.pkg.path + "." + p.name() }

// attach adds a directive that stands on the constant.
func (p *namedPolicy) attach(d *directive, found *findings) {
	switch {
	case d.Name == "policy" && p.mark != nil:
		found.report(d, "%s is marked //resilgen:policy twice", p.name())
	case d.Name == "policy":
		p.mark = d
	default:
		if d.methods != nil {
			found.report(d.methods, "methods= chooses among the methods of an interface, and this directive stands on a policy")
			d.methods = nil
		}
		p.own = append(p.own, d)
	}
}

// usedPolicies returns the policies that this one uses.
func (p *namedPolicy) usedPolicies() []reference { return p.site.usedPolicies(p.own) }
