package generator

// This file collects what is wrong with annotations. Every stage goes on after a finding, so that a
// run reports everything at once.

import (
	"cmp"
	"fmt"
	"go/ast"
	"go/token"
	"os"
	"path/filepath"
	"slices"
)

// findings collects diagnostics. Their positions are those of the text as it stands: line
// directives do not move them.
type findings struct {
	fset *token.FileSet
	list []Diagnostic
}

// report adds a finding at the node. A suggestion is what was probably meant, or empty.
func (f *findings) report(at ast.Node, suggestion, format string, args ...any) {
	d := Diagnostic{Pos: f.position(at.Pos()), Message: fmt.Sprintf(format, args...), Suggestion: suggestion}
	if at.End() > at.Pos() {
		d.End = f.position(at.End())
	}
	f.list = append(f.list, d)
}

// reportSetting reports what is wrong with a setting here: where it stands, or, for one from a
// named policy, which may be right elsewhere, at its use.
func (f *findings) reportSetting(s setting, suggestion, format string, args ...any) {
	if s.used != nil {
		f.reportAt(s.used, s, suggestion, format, args...)
	} else {
		f.report(s.argument, suggestion, format, args...)
	}
}

// reportAt reports what is wrong with a setting at something else. What a named policy says is not
// seen there, so its place is told.
func (f *findings) reportAt(at ast.Node, s setting, suggestion, format string, args ...any) {
	if s.used != nil {
		format, args = format+" (%s, %s)", append(args, s.used.text, f.place(s.argument))
	}
	f.report(at, suggestion, format, args...)
}

// place returns a position to be read within a message: relative to the working directory if it
// lies there.
func (f *findings) place(at ast.Node) string { return readable(f.position(at.Pos())) }

func readable(pos token.Position) string {
	if wd, err := os.Getwd(); err == nil {
		if rel, err := filepath.Rel(wd, pos.Filename); err == nil && filepath.IsLocal(rel) {
			pos.Filename = filepath.ToSlash(rel)
		}
	}
	return pos.String()
}

func (f *findings) position(pos token.Pos) token.Position { return f.fset.PositionFor(pos, false) }

// sorted returns the findings by place, each once: what many methods share is found once for each.
func (f *findings) sorted() []Diagnostic {
	slices.SortFunc(f.list, func(a, b Diagnostic) int {
		return cmp.Or(comparePositions(a.Pos, b.Pos), cmp.Compare(a.Message, b.Message))
	})
	return slices.CompactFunc(f.list, func(a, b Diagnostic) bool { return a.Pos == b.Pos && a.Message == b.Message })
}

func comparePositions(a, b token.Position) int {
	return cmp.Or(cmp.Compare(a.Filename, b.Filename), cmp.Compare(a.Offset, b.Offset))
}

// A span is a place that is no node of the syntax tree: an argument, or a name within one.
type span struct{ pos, end token.Pos }

func (s span) Pos() token.Pos { return s.pos }
func (s span) End() token.Pos { return s.end }
