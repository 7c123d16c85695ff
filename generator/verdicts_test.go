package generator

import (
	"fmt"
	"path"
	"path/filepath"
	"strings"
	"testing"
)

// TestVerdicts holds what becomes of each method: which policies are in effect, where they come
// from, and in which order methods stand.
func TestVerdicts(t *testing.T) {
	runArchives(t, "testdata/verdicts", func(name string, diagnostics []string, interfaces []Interface) string {
		text := strings.Join(diagnostics, "")
		for _, i := range interfaces {
			text += fmt.Sprintf("%s %s -> %s\n", strings.TrimPrefix(i.Package, "example.com/"), i.Name, i.Wrapper)
			for _, m := range i.Methods {
				text += verdictText(m)
			}
		}
		return text
	})
}

func verdictText(m Method) string {
	text := fmt.Sprintf("\t%s:%d: %s: %s", filepath.Base(m.Pos.Filename), m.Pos.Line, m.Name, m.Verdict)
	if m.Reason != "" {
		text += ": " + m.Reason
	}
	text += "\n"
	for _, l := range m.LeftOut {
		text += fmt.Sprintf("\t\tno %s: %s\n", l.Policy, l.Reason)
	}
	for _, trait := range [][2]string{{"retry", m.Traits.NoRetry}, {"hedge", m.Traits.NoHedge}, {"timeout", m.Traits.NoTimeout}} {
		if trait[1] != "" {
			text += fmt.Sprintf("\t\tnever %s: %s\n", trait[0], trait[1])
		}
	}
	for _, s := range m.Shared {
		text += fmt.Sprintf("\t\t%s is %s\n", s.Policy, s.How)
	}
	for line := range strings.Lines(m.Policy.String()) {
		text += "\t\t" + strings.TrimSuffix(line, "\n") + "\n"
	}
	if names := m.Policy.Names; names != nil {
		text += fmt.Sprintf("\t\tnamed %s\n", strings.Join(names, ", "))
	}
	for _, o := range m.Origins {
		text += fmt.Sprintf("\t\t\t%d:%d: %s", o.Pos.Line, o.Pos.Column, o.Setting)
		if o.NamedPolicy != "" {
			text += fmt.Sprintf(" (%s in %s)", path.Base(o.NamedPolicy), filepath.Base(o.Pos.Filename))
		}
		text += "\n"
	}
	return text
}
