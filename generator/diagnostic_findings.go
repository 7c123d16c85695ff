package generator

// This file collects what is wrong with annotations. Every stage goes on after a finding, so that a
// run reports everything at once.

import (
	"cmp"
	"fmt"
	"go/ast"
	"go/token"
	"slices"
)

// A findings collects diagnostics. Their positions are those of the text as it stands: line
// directives do not move them.
type findings struct {
	fset *token.FileSet
	list []Diagnostic
}

// report adds a finding at a node.
func (f *findings) report(at ast.Node, format string, args ...any) {
	f.add(at, problemf(format, args...))
}

// add adds a problem at a node.
func (f *findings) add(at ast.Node, p *problem) {
	d := Diagnostic{Message: p.message, Suggestion: p.suggestion, Related: p.related}
	d.Pos, d.End = f.extent(at)
	f.list = append(f.list, d)
}

// addAll adds what others have found.
func (f *findings) addAll(list []Diagnostic) { f.list = append(f.list, list...) }

// related returns a node as a place that a finding has to do with.
func (f *findings) related(at ast.Node, format string, args ...any) Related {
	r := Related{Message: fmt.Sprintf(format, args...)}
	r.Pos, r.End = f.extent(at)
	return r
}

// extent returns where a node begins and ends; one that is a mere point has no end.
func (f *findings) extent(at ast.Node) (pos, end token.Position) {
	if at.End() > at.Pos() {
		end = f.position(at.End())
	}
	return f.position(at.Pos()), end
}

func (f *findings) position(pos token.Pos) token.Position { return f.fset.PositionFor(pos, false) }

// sorted returns the findings by place, each once: what many methods share is found once for each.
// Findings that say the same of the same place and differ in what they relate it to are several.
func (f *findings) sorted() []Diagnostic {
	slices.SortFunc(f.list, compareDiagnostics)
	return slices.CompactFunc(f.list, func(a, b Diagnostic) bool { return compareDiagnostics(a, b) == 0 })
}

func compareDiagnostics(a, b Diagnostic) int {
	return cmp.Or(comparePositions(a.Pos, b.Pos), cmp.Compare(a.Message, b.Message), slices.CompareFunc(a.Related, b.Related, compareRelated))
}

func compareRelated(a, b Related) int {
	return cmp.Or(comparePositions(a.Pos, b.Pos), cmp.Compare(a.Message, b.Message))
}

func comparePositions(a, b token.Position) int {
	return cmp.Or(cmp.Compare(a.Filename, b.Filename), cmp.Compare(a.Offset, b.Offset))
}

// A problem is a finding that has no place yet: why something cannot be what it is meant to be.
type problem struct {
	message    string
	suggestion string // what was probably meant; "" for none
	related    []Related
}

func problemf(format string, args ...any) *problem {
	return &problem{message: fmt.Sprintf(format, args...)}
}

// suggesting returns the problem with what was probably meant, if that is known.
func (p *problem) suggesting(suggestion string) *problem {
	return &problem{p.message, suggestion, p.related}
}

// relating returns the problem with further places, each once.
func (p *problem) relating(places ...Related) *problem {
	related := slices.Clone(p.related)
	for _, r := range places {
		if !slices.Contains(related, r) {
			related = append(related, r)
		}
	}
	return &problem{p.message, p.suggestion, related}
}

// A span is a place that is no node of the syntax tree: an argument, or a name within one.
type span struct{ pos, end token.Pos }

func (s span) Pos() token.Pos { return s.pos }
func (s span) End() token.Pos { return s.end }
