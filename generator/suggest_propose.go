package generator

// This file makes the choices for the methods of an interface into comments: directives, and the
// sentences that explain them.

import (
	"go/ast"
	"go/types"
	"slices"
	"strings"
)

// A proposal is everything that is chosen for an interface.
type proposal struct {
	name        string
	wrap        string // arguments of wrap
	documented  bool   // the interface has a comment
	declaresAll bool   // every method has a line of its own in the interface
	choices     []choice
	never       []string // errors that are answers, as the file names them
	failure     bool     // errors are in results
	timed       bool     // a timeout can act on some method
}

// newProposal chooses for all methods.
func newProposal(a *typedInterface, outcome Interface, found *findings) *proposal {
	p := &proposal{name: a.name()}
	signatures := a.signatures()
	lines := map[int]bool{}
	p.declaresAll = len(a.embedded()) == 0
	for _, m := range outcome.Methods {
		sig := signatures[m.Name]
		c := choose(m, sig)
		p.choices = append(p.choices, c)
		acts := c.class != opaque && c.class != closes
		p.failure = p.failure || acts && carriesError(sig)
		p.timed = p.timed || acts && c.cannot["timeout"] == ""
		if lines[m.Pos.Line] {
			p.declaresAll = false
		}
		lines[m.Pos.Line] = true
	}
	decl, spec := typeDeclaration(a.file.syntax, a.name())
	p.documented = strings.TrimSpace(decl.Doc.Text()+spec.Doc.Text()) != ""
	p.findAnswers(a, found)
	return p
}

// findAnswers finds errors that are answers in the package that knows: that of the interface, or of
// the one that it embeds.
func (p *proposal) findAnswers(a *typedInterface, found *findings) {
	pkg, qualifier := a.typed.types, ""
	if sel, ok := withoutArgs(soleEmbedded(a.spec)).(*ast.SelectorExpr); ok {
		name, _ := sel.X.(*ast.Ident)
		imported, ok := a.typed.info.Uses[name].(*types.PkgName)
		if !ok {
			return
		}
		pkg, qualifier = imported.Imported(), name.Name+"."
	}
	for _, v := range answers(pkg) {
		if a.typed.whyUnusable(v, a.file, found) == nil {
			p.never = append(p.never, qualifier+v.Name())
		}
	}
	if len(p.never) > 4 { // a catalogue: most of it is not about this interface
		p.never = nil
	}
}

// has reports whether some method is of a class.
func (p *proposal) has(c class) bool { return len(p.of(c)) > 0 }

// of returns the choices of a class.
func (p *proposal) of(c class) (list []choice) {
	for _, choice := range p.choices {
		if choice.class == c {
			list = append(list, choice)
		}
	}
	return list
}

// reason says why no policy can act on some method, as the end of a sentence.
func (p *proposal) reason() string {
	for _, c := range p.choices {
		if c.class == opaque {
			return c.method + " passes through, because " + c.why
		}
	}
	return p.choices[0].method + " only ends its use"
}

// byMethod explains and switches off at each method. What has a directive is explained there,
// everything else at the interface.
func (p *proposal) byMethod(generate bool) notes {
	n := notes{generate: generate, methods: map[string]note{}}
	n.own.directives = p.policies(nil)
	for _, c := range p.choices {
		var m note
		var prose []string
		switch {
		case c.class == closes:
			m.directives = []string{"off"}
			prose = []string{c.class.sentence([]string{c.method}, c.why)}
		case c.class != reads && c.class != opaque && p.has(reads):
			m.directives = []string{"retry off"}
			prose = []string{c.class.sentence([]string{c.method}, c.why)}
		}
		if p.timed && c.outlives {
			m.directives = append(m.directives, "timeout off")
			prose = append(prose, sayWithout([]string{c.method}, "timeout", c.cannot["timeout"]))
		}
		if len(prose) > 0 {
			m.prose = fold(strings.Join(prose, " "), "", commentWidth-4)
			n.methods[c.method] = m
		}
	}
	n.own.prose = p.explain(func(c choice) bool { _, said := n.methods[c.method]; return said })
	return n
}

// byPattern says everything at the interface, by methods=. Retries are for those that are named:
// what a later version of the interface adds has to be chosen again.
func (p *proposal) byPattern(generate bool) notes {
	n := notes{generate: generate}
	n.own.directives = p.policies(p.patterns())
	var closers, untimed []string
	for _, c := range p.choices {
		if c.class == closes {
			closers = append(closers, c.method)
		} else if p.timed && c.outlives {
			untimed = append(untimed, c.method)
		}
	}
	n.own.directives = append(n.own.directives, selected("timeout off", untimed)...)
	n.own.directives = append(n.own.directives, selected("off", closers)...)
	n.own.prose = p.explain(func(choice) bool { return false })
	return n
}

// policies returns the directives for the interface; retries only for some methods, if they are
// given.
func (p *proposal) policies(patterns []string) (lines []string) {
	never := ""
	if len(p.never) > 0 {
		never = " never=" + strings.Join(p.never, ",")
	}
	lines = append(lines, strings.TrimSpace("wrap "+p.wrap))
	if p.failure {
		lines = append(lines, "failure .Err")
	}
	switch {
	case patterns != nil:
		lines = append(lines, selected("retry"+never, patterns)...)
	case p.has(reads):
		lines = append(lines, "retry"+never)
	}
	lines = append(lines, "breaker"+never)
	if p.timed {
		lines = append(lines, "timeout attempt=2s call=10s")
	}
	return lines
}

// patterns selects the methods to be repeated: by verb, where all methods with this verb are, or by
// name.
func (p *proposal) patterns() (list []string) {
	for _, c := range p.of(reads) {
		verb := firstVerb(splitWords(c.method))
		prefix := c.method[:strings.Index(c.method, verb)+len(verb)]
		pattern := prefix + "*"
		same, all := 0, true
		for _, other := range p.choices {
			if strings.HasPrefix(other.method, prefix) {
				same++
				all = all && other.class == reads
			}
		}
		if same < 2 || !all {
			pattern = c.method
		}
		if !slices.Contains(list, pattern) {
			list = append(list, pattern)
		}
	}
	return list
}

// commentWidth is how wide comments may be, tabs apart.
const commentWidth = 100

// selected returns a directive for some methods, on as many lines as it takes.
func selected(directive string, methods []string) (lines []string) {
	line := ""
	for _, m := range methods {
		switch {
		case line == "":
			line = directive + " methods=" + m
		case len("//resilgen:")+len(line)+len(",")+len(m) > commentWidth:
			lines = append(lines, line)
			line = directive + " methods=" + m
		default:
			line += "," + m
		}
	}
	if line != "" {
		lines = append(lines, line)
	}
	return lines
}

// explain explains the choices at the interface; those of some methods are explained there.
func (p *proposal) explain(said func(choice) bool) []string {
	var items []string
	for c := reads; c <= opaque; c++ {
		items = append(items, p.grouped(func(o choice) (string, bool) {
			return o.why, o.class == c && (c == reads || !said(o))
		}, c.sentence)...)
	}
	for _, policy := range []string{"breaker", "timeout"} {
		items = append(items, p.grouped(func(o choice) (string, bool) {
			why := o.cannot[policy]
			return why, why != "" && o.class != opaque && o.class != closes && !(policy == "timeout" && (!p.timed || o.outlives && said(o)))
		}, func(methods []string, why string) string { return sayWithout(methods, policy, why) })...)
	}
	if !p.timed {
		items = append(items, "There are no timeouts: there is no call that they could end.")
	}
	if len(p.never) > 0 {
		is := " is an answer and no failure: it is"
		if len(p.never) > 1 {
			is = " are answers and no failures: they are"
		}
		items = append(items, enumerate(p.never)+is+" not repeated, and opens no breaker.")
	}
	intro := p.name + " has policies that resilgen init chose by the names and signatures of its methods; review them:"
	if p.documented {
		intro = "The policies were chosen by resilgen init, by the names and signatures of the methods; review them:"
	}
	lines := fold(intro, "", commentWidth-len("// "))
	for _, item := range items {
		lines = append(lines, fold(item, "  - ", commentWidth-len("// "))...)
	}
	return lines
}

// grouped says the same of all methods with the same reason.
func (p *proposal) grouped(reason func(choice) (why string, ok bool), sentence func(methods []string, why string) string) (items []string) {
	var reasons []string
	methods := map[string][]string{}
	for _, c := range p.choices {
		if why, ok := reason(c); ok {
			if methods[why] == nil {
				reasons = append(reasons, why)
			}
			methods[why] = append(methods[why], c.method)
		}
	}
	for _, why := range reasons {
		items = append(items, sentence(methods[why], why))
	}
	return items
}
