package corpus

// This file holds what generating says of each method against the interface itself and against the
// generated code, and counts it.

import (
	"cmp"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/resilgen/resilgen/generator"
	"github.com/resilgen/resilgen/templates"
)

// A tally is what became of the interfaces of a corpus, each counted once.
type tally struct {
	name                string
	interfaces, methods int
	verdicts            map[generator.Verdict]int // methods
	reasons             map[reason][]string       // methods, by name
	refused             int                       // methods
	refusals            []string                  // interfaces, each with the reason
}

// A reason is why policies do not act.
type reason struct {
	verdict generator.Verdict
	text    string
}

// tallyUp checks what became of each subject, and counts.
func tallyUp(t *testing.T, c corpus, subjects []*subject, interfaces []generator.Interface, files []generator.File) *tally {
	n := &tally{name: c.name, verdicts: map[generator.Verdict]int{}, reasons: map[reason][]string{}}
	outcomes := map[string]generator.Interface{}
	for _, i := range interfaces {
		outcomes[i.Name] = i
	}
	code := readCode(t, files)
	for same := range slices.Chunk(subjects, len(forms)) {
		for _, s := range same {
			if outcome, ok := outcomes[s.name]; ok != (s.refusal == "") {
				t.Errorf("%s is neither wrapped nor refused", s.name)
			} else if ok {
				checkMethods(t, s, outcome, code[outcome.Wrapper])
			}
		}
		embedding, alias := same[0], same[1]
		n.add(embedding, outcomes[embedding.name])
		if a, b := verdictsOf(outcomes[embedding.name]), verdictsOf(outcomes[alias.name]); !reflect.DeepEqual(a, b) {
			t.Errorf("%s: embedded it is another thing than under an alias:\n%v\n%v", alias.name, a, b)
		}
	}
	return n
}

// verdictsOf returns what becomes of each method, without what differs between two declarations of
// the same interface.
func verdictsOf(i generator.Interface) (all []string) {
	for _, m := range i.Methods {
		all = append(all, fmt.Sprint(m.Name, m.Verdict, m.Policy, m.Reason, m.LeftOut))
	}
	return all
}

func (n *tally) add(s *subject, outcome generator.Interface) {
	n.interfaces++
	n.methods += s.methods()
	if s.refusal != "" {
		n.refused += s.methods()
		why, _, _ := strings.Cut(s.refusal, "; ") // the way out is the same for all
		n.refusals = append(n.refusals, fmt.Sprintf("`%s.%s` (%d methods): %s", s.object.Pkg().Path(), s.object.Name(), s.methods(), why))
	}
	for _, m := range outcome.Methods {
		n.verdicts[m.Verdict]++
		if m.Verdict != generator.Guarded {
			r := reason{m.Verdict, whyNot(m.LeftOut)}
			n.reasons[r] = append(n.reasons[r], s.object.Name()+"."+m.Name)
		}
	}
}

// whyNot says why policies do not act: "it takes no context (timeout)".
func whyNot(left []templates.LeftOut) string {
	var reasons []string
	for len(left) > 0 {
		same := func(l templates.LeftOut) bool { return l.Reason == left[0].Reason }
		var policies []string
		for _, l := range left {
			if same(l) {
				policies = append(policies, l.Policy)
			}
		}
		reasons = append(reasons, fmt.Sprintf("%s (%s)", left[0].Reason, strings.Join(policies, ", ")))
		left = slices.DeleteFunc(slices.Clone(left), same)
	}
	return strings.Join(reasons, "; ")
}

// checkMethods holds that every method of an interface has a verdict, that all policies act or are
// left out for a reason, and that the generated methods do what the verdict says.
func checkMethods(t *testing.T, s *subject, outcome generator.Interface, code map[string]fields) {
	methods := map[string]*types.Func{}
	for m := range s.object.Type().Underlying().(*types.Interface).Methods() {
		methods[m.Name()] = m
	}
	if len(outcome.Methods) != len(methods) || len(code) != len(methods) {
		t.Errorf("%s: %d methods, %d verdicts, %d methods generated", s.name, len(methods), len(outcome.Methods), len(code))
	}
	for _, v := range outcome.Methods {
		if m := methods[v.Name]; m == nil || !s.checkVerdict(m.Signature(), v) || !code[v.Name].keep(v.Verdict) {
			t.Errorf("%s.%s: %v, policy %v, left out %v, reason %q, and the code uses %v", s.name, v.Name, v.Verdict, v.Policy, v.LeftOut, v.Reason, code[v.Name])
		}
	}
}

// checkVerdict reports whether a verdict accounts for all policies and is true of the signature.
func (s *subject) checkVerdict(sig *types.Signature, m generator.Method) bool {
	inEffect := map[string]bool{
		"retry": m.Policy.Retry != nil, "breaker": m.Policy.Breaker != nil, "timeout": m.Policy.Timeout != nil,
		"bulkhead": m.Policy.Bulkhead != nil, "ratelimit": m.Policy.RateLimit != nil, "hedge": m.Policy.Hedge != nil,
	}
	acting := 0
	for _, policy := range s.form.policies {
		name, _, _ := strings.Cut(policy, " ")
		left := slices.ContainsFunc(m.LeftOut, func(l templates.LeftOut) bool { return l.Policy == name && l.Reason != "" })
		if left == inEffect[name] {
			return false // neither acts nor is left out, or both
		}
		if inEffect[name] {
			acting++
		}
	}
	for _, l := range m.LeftOut {
		if l.Reason == "it has no error to judge by" && has(sig.Results(), isError) || l.Reason == "it takes no context" && has(sig.Params(), isContext) {
			return false
		}
	}
	switch m.Verdict {
	case generator.Guarded:
		return acting == len(s.form.policies) && has(sig.Results(), carriesError) && has(sig.Params(), isContext)
	case generator.InPart:
		return acting > 0 && len(m.LeftOut) > 0 && has(sig.Results(), carriesError)
	case generator.PassedThrough:
		return acting == 0 && m.Reason != ""
	}
	return false // nothing is off
}

func has(tuple *types.Tuple, is func(types.Type) bool) bool {
	return slices.ContainsFunc(slices.Collect(tuple.Variables()), func(v *types.Var) bool { return is(v.Type()) })
}

func isError(t types.Type) bool { return types.AssignableTo(t, types.Universe.Lookup("error").Type()) }

// carriesError reports whether a type is an error or tells one.
func carriesError(t types.Type) bool {
	tells := types.NewMethodSet(t).Lookup(nil, "Err")
	return isError(t) || tells != nil && tells.Type().String() == "func() error"
}

func isContext(t types.Type) bool { return types.Unalias(t).String() == "context.Context" }

// fields are those of the wrapper that a generated method uses.
type fields map[string]bool

// keep reports whether a method that uses these fields does what the verdict says: one that passes
// through uses the wrapped value alone, one that is guarded its guard as well.
func (f fields) keep(v generator.Verdict) bool {
	if v == generator.PassedThrough {
		return len(f) == 1
	}
	return len(f) == 2
}

// readCode returns the fields that the generated methods use, by wrapper and method.
func readCode(t *testing.T, files []generator.File) map[string]map[string]fields {
	code := map[string]map[string]fields{}
	for _, file := range files {
		syntax, err := parser.ParseFile(token.NewFileSet(), file.Path, file.Content, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		for _, decl := range syntax.Decls {
			if fn, ok := decl.(*ast.FuncDecl); ok && fn.Recv != nil {
				wrapper := receiverType(fn)
				if code[wrapper] == nil {
					code[wrapper] = map[string]fields{}
				}
				code[wrapper][fn.Name.Name] = fieldsOf(fn)
			}
		}
	}
	return code
}

// receiverType returns the name of the type that has the method: X for func (r *X[K, V]).
func receiverType(fn *ast.FuncDecl) string {
	name, _, _ := strings.Cut(types.ExprString(fn.Recv.List[0].Type), "[")
	return strings.TrimPrefix(name, "*")
}

func fieldsOf(fn *ast.FuncDecl) fields {
	used := fields{}
	ast.Inspect(fn.Body, func(n ast.Node) bool {
		if sel, ok := n.(*ast.SelectorExpr); ok {
			if x, ok := sel.X.(*ast.Ident); ok && x.Name == fn.Recv.List[0].Names[0].Name {
				used[sel.Sel.Name] = true
			}
		}
		return true
	})
	return used
}

// head stands above the table; ' is a backquote.
const head = `# Verdicts

What becomes of every exported interface of the corpus under '//resilgen:wrap', 'retry', 'breaker' and 'timeout', swept in over all
methods; for go-redis, whose results carry their errors, with 'failure .Err'. All that is generated compiles, embedded, as an alias, and with
all other policies besides. Written by 'go test -update' in this directory.

| module | interfaces | methods | guarded | in part | passed through | refused |
|---|--:|--:|--:|--:|--:|--:|
`

// report returns the table of verdicts and the reasons.
func report(tallies []*tally) string {
	total := &tally{name: "all", verdicts: map[generator.Verdict]int{}}
	var rows, reasons strings.Builder
	for _, n := range tallies {
		total.interfaces, total.methods, total.refused = total.interfaces+n.interfaces, total.methods+n.methods, total.refused+n.refused
		for v, count := range n.verdicts {
			total.verdicts[v] += count
		}
		rows.WriteString(n.row())
		reasons.WriteString(n.why())
	}
	return strings.ReplaceAll(head, "'", "`") + rows.String() + total.row() + reasons.String()
}

func (n *tally) row() string {
	return fmt.Sprintf("| %s | %d | %d | %d | %d | %d | %d |\n", n.name, n.interfaces, n.methods,
		n.verdicts[generator.Guarded], n.verdicts[generator.InPart], n.verdicts[generator.PassedThrough], n.refused)
}

func (n *tally) why() string {
	text := "\n## " + n.name + "\n\n"
	reasons := slices.SortedFunc(maps.Keys(n.reasons), func(a, b reason) int {
		return cmp.Or(cmp.Compare(a.verdict, b.verdict), cmp.Compare(a.text, b.text))
	})
	for _, r := range reasons {
		methods := fmt.Sprintf("%d methods", len(n.reasons[r]))
		if len(n.reasons[r]) < 4 {
			methods = strings.Join(slices.Sorted(slices.Values(n.reasons[r])), ", ")
		}
		text += fmt.Sprintf("- %s, %s: %s\n", r.verdict, methods, r.text)
	}
	slices.Sort(n.refusals)
	for _, r := range n.refusals {
		text += "- refused, " + r + "\n"
	}
	return text
}
