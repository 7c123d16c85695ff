package generator

// This file finds directives and what they stand on. A directive that stands where it has no
// effect, and a comment that was meant to be one, are errors: nothing is worse than a policy that
// everybody believes in and nobody runs.

import (
	"go/ast"
	"go/scanner"
	"go/token"
	"regexp"
	"slices"
	"strings"

	"github.com/agnivade/levenshtein"
)

// An annotation is an interface that carries directives, or whose methods do.
type annotation struct {
	home
	spec    *ast.TypeSpec
	wrap    *directive
	own     []*directive            // on the interface, wrap excepted
	methods map[string][]*directive // on the methods that it declares, by name
	layers  map[token.Pos][]layer   // what each use of a named policy brings; known when resolved
}

// A home is a file with directives, which says what names in them mean.
type home struct {
	unit *unit
	file *file
}

// name returns the name of the interface.
func (a *annotation) name() string { return a.spec.Name.Name }

// directives returns all directives of the annotation but wrap, in the order of the file.
func (a *annotation) directives() []*directive {
	all := slices.Clone(a.own)
	for _, directives := range a.methods {
		all = append(all, directives...)
	}
	slices.SortFunc(all, func(x, y *directive) int { return int(x.Pos() - y.Pos()) })
	return all
}

// findAll returns the annotations of all units, in their order.
func findAll(units []*unit, found *findings) (all []*annotation) {
	annotations, each := make([][]*annotation, len(units)), make([]findings, len(units))
	_ = parallel(len(units), func(i int) error {
		each[i].fset = found.fset
		annotations[i] = find(units[i], &each[i])
		return nil
	})
	for i := range units {
		all = append(all, annotations[i]...)
		found.list = append(found.list, each[i].list...)
	}
	return all
}

// find returns the annotations of a unit, in the order of its files. The unit gets its named
// policies.
func find(u *unit, found *findings) []*annotation {
	var all []*annotation
	for _, f := range u.files {
		if !f.marked {
			continue
		}
		if errs, ok := f.broken.(scanner.ErrorList); ok {
			at := f.syntax.FileStart + token.Pos(errs[0].Pos.Offset)
			found.report(span{at, at}, "", "%s", errs[0].Msg)
			continue
		}
		all = append(all, findInFile(u, f, found)...)
	}
	return all
}

func findInFile(u *unit, f *file, found *findings) []*annotation {
	places := placesOf(f.syntax)
	bySpec, constants := map[*ast.TypeSpec]*annotation{}, map[*ast.ValueSpec]*policy{}
	flawed := map[ast.Node]bool{} // what is wrong may have been meant as wrap or policy
	var all []*annotation
	for _, group := range f.syntax.Comments {
		for _, comment := range group.List {
			d, ok := readDirective(comment, found)
			if !ok {
				continue
			}
			p := places.at(group)
			switch {
			case d == nil:
				flawed[p.spec], flawed[p.constant] = true, true
				continue
			case p.constant != nil && d.Name != "wrap":
				if constants[p.constant] == nil {
					constants[p.constant] = newPolicy(home{u, f}, p.constant, group)
					u.policies = append(u.policies, constants[p.constant])
				}
				constants[p.constant].attach(d, found)
				continue
			case p.spec == nil:
				found.report(d, "", "//resilgen:%s stands %s: %s", d.Name, p.instead, p.remedy(d.Name))
				continue
			case d.Name == "policy":
				found.report(d, "", "//resilgen:policy marks a string constant")
				flawed[p.spec] = true
				continue
			case bySpec[p.spec] == nil:
				bySpec[p.spec] = &annotation{home: home{u, f}, spec: p.spec, methods: map[string][]*directive{}}
				all = append(all, bySpec[p.spec])
			}
			bySpec[p.spec].attach(d, p.method, found)
		}
	}
	u.policies = slices.DeleteFunc(u.policies, func(p *policy) bool {
		return p.file == f && !p.isMarked(flawed[p.spec], found)
	})
	for _, a := range all {
		checkTogether(a.own, found)
		for _, directives := range a.methods {
			checkTogether(directives, found)
		}
	}
	return slices.DeleteFunc(all, func(a *annotation) bool {
		if all := a.directives(); a.wrap == nil && len(all) > 0 && !flawed[a.spec] {
			found.report(all[0], "", "//resilgen:%s has no effect: %s is not marked //resilgen:wrap", all[0].Name, a.name())
		}
		return a.wrap == nil
	})
}

// attach adds a directive that stands on the interface, or on the method if it is not empty.
func (a *annotation) attach(d *directive, method string, found *findings) {
	switch {
	case d.Name == "wrap" && method != "":
		found.report(d, "", "//resilgen:wrap marks an interface, not one of its methods")
	case d.Name == "wrap" && a.wrap != nil:
		found.report(d, "", "%s is marked //resilgen:wrap twice", a.name())
	case d.Name == "wrap":
		a.wrap = d
	case method == "":
		a.own = append(a.own, d)
	default:
		if d.methods != nil {
			found.report(d.methods, "", "methods= chooses among the methods of an interface, and this directive stands on one of them")
			d.methods = nil
		}
		a.methods[method] = append(a.methods[method], d)
	}
}

// readDirective reads a comment. It reports whether the comment is a directive or was meant to be
// one; then the directive is nil if what is wrong is reported and nothing of it can be used.
func readDirective(c *ast.Comment, found *findings) (*directive, bool) {
	raw, ok := ast.ParseDirective(c.Slash, c.Text)
	if !ok || raw.Tool != "resilgen" {
		fixed, problem := nearMiss(c.Text)
		if problem == "" {
			return nil, false
		}
		found.report(c, fixed, "%s", problem)
		return nil, true
	}
	return parseDirective(raw, found), true
}

var (
	loose  = regexp.MustCompile(`^(\w+)[ \t]?:[ \t]?(\w+)((?:[ \t]+(?:off|\w+=\S*))*)$`)
	named  = regexp.MustCompile(`^(\w+):(?i:(` + strings.Join(namedBehind(), "|") + `))([ \t]+[\w./,-]+(?:[ \t]+\w+=\S*)*)$`)
	jammed = regexp.MustCompile(`^(?i:resilgen):`)
)

// nearMiss tells what keeps a comment from being a directive, if it was meant to be one, and how it
// should read. A comment that starts without a space like a directive was; one with a space, only
// if nothing but a directive reads like that: prose may speak of resilgen: as it likes, and what is
// indented further is an example.
func nearMiss(text string) (fixed, problem string) {
	block := strings.HasPrefix(text, "/*")
	body := strings.TrimSuffix(text[len("//"):], "*/")
	words := strings.TrimSpace(body)
	m := loose.FindStringSubmatch(words)
	if m == nil {
		m = named.FindStringSubmatch(words)
	}
	if m != nil {
		tool, name, args := m[1], nearest(m[2], knownDirectives()), m[3]
		fixed = "//resilgen:" + name + args
		switch {
		case levenshtein.ComputeDistance(strings.ToLower(tool), "resilgen") > 2 || name == "":
			fixed = ""
		case block:
			return fixed, "a directive is a line of its own, in a comment that starts with //"
		case strings.HasPrefix(body, " ") && !strings.HasPrefix(body, "  ") && strings.EqualFold(tool, "resilgen"):
			return fixed, "this is no directive: a space stands behind //"
		case body == words:
			return fixed, "this is no directive: it does not start with //resilgen: and a name in lower case"
		}
	}
	if jammed.MatchString(body) {
		return fixed, "this is no directive: it does not start with //resilgen: and a name in lower case"
	}
	return "", ""
}
