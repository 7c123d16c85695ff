package generator

// This file puts comments into a source file. Nothing else of it changes, not by a byte: not its
// line ends, and not what gofmt would like to have otherwise.

import (
	"bytes"
	"cmp"
	"fmt"
	"go/ast"
	"go/format"
	"go/parser"
	"go/scanner"
	"go/token"
	"regexp"
	"slices"
	"strings"
)

// A note is a comment to add to what a declaration says already: prose in paragraphs and lists, and
// the directives that belong to its end.
type note struct {
	prose      []string // lines without the "// "
	directives []string // without the "//resilgen:"
}

// notes are what is to be added around an interface.
type notes struct {
	own      note
	methods  map[string]note // of methods that it declares
	generate bool            // the package lacks the line by which go generate calls us
}

// generateLine is how go generate calls us, for the whole package.
const generateLine = "//go:generate go tool resilgen"

// insert returns the source with notes on the interface of this name.
func (n notes) insert(src []byte, name string) ([]byte, error) {
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, "", src, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	decl, spec := typeDeclaration(f, name)
	if spec == nil {
		return nil, fmt.Errorf("there is no type %s", name)
	}
	e := &editor{src: src, offset: func(pos token.Pos) int { return fset.PositionFor(pos, false).Offset }}
	if n.generate {
		at := e.lineStart(decl.Pos())
		if decl.Doc != nil {
			at = e.lineStart(decl.Doc.Pos())
		}
		e.add(at, e.gap(at)+generateLine+"\n\n")
	}
	if doc := decl.Doc; decl.Lparen.IsValid() {
		e.annotate(spec.Doc, spec.Pos(), n.own, false)
	} else {
		e.annotate(doc, decl.Pos(), n.own, false)
	}
	for _, field := range explicitMethods(spec) {
		if note, ok := n.methods[field.Names[0].Name]; ok {
			e.annotate(field.Doc, field.Pos(), note, true)
		}
	}
	edited := e.apply()
	if e.crowded || !sameTokens(src, edited) {
		return nil, fmt.Errorf("%s shares a line with something else: give it lines of its own", name)
	}
	return edited, nil
}

// typeDeclaration returns the declaration of a type; nil if there is none.
func typeDeclaration(f *ast.File, name string) (*ast.GenDecl, *ast.TypeSpec) {
	for _, decl := range f.Decls {
		decl, ok := decl.(*ast.GenDecl)
		if !ok {
			continue
		}
		for _, spec := range decl.Specs {
			if spec, ok := spec.(*ast.TypeSpec); ok && spec.Name.Name == name {
				return decl, spec
			}
		}
	}
	return nil, nil
}

// explicitMethods returns the methods that a type declares if it is an interface.
func explicitMethods(spec *ast.TypeSpec) (methods []*ast.Field) {
	if it, ok := ast.Unparen(spec.Type).(*ast.InterfaceType); ok {
		for _, field := range it.Methods.List {
			if len(field.Names) == 1 {
				methods = append(methods, field)
			}
		}
	}
	return methods
}

// An editor collects insertions.
type editor struct {
	src        []byte
	offset     func(token.Pos) int
	insertions []insertion
	crowded    bool // something stands on a line with something else
}

type insertion struct {
	at   int
	text string
}

func (e *editor) add(at int, text string) { e.insertions = append(e.insertions, insertion{at, text}) }

// lineStart returns where the line of a position starts.
func (e *editor) lineStart(pos token.Pos) int {
	return bytes.LastIndexByte(e.src[:e.offset(pos)], '\n') + 1
}

// indent returns what stands before a position on its line: nothing but blanks, or there is no
// place for a comment.
func (e *editor) indent(pos token.Pos) string {
	before := e.src[e.lineStart(pos):e.offset(pos)]
	if len(bytes.TrimLeft(before, " \t")) > 0 {
		e.crowded = true
	}
	return string(before)
}

// gap returns the empty line that is missing before what starts at an offset; empty if it is there,
// or at the start of a block.
func (e *editor) gap(at int) string {
	before := bytes.TrimSuffix(bytes.TrimSuffix(e.src[:at], []byte("\n")), []byte("\r"))
	line := bytes.TrimSpace(before[bytes.LastIndexByte(before, '\n')+1:])
	if len(line) == 0 || bytes.HasSuffix(line, []byte("{")) || bytes.HasSuffix(line, []byte("(")) {
		return ""
	}
	return "\n"
}

// aDirective is a line that gofmt moves to the end of a comment.
var aDirective = regexp.MustCompile(`^//(line |extern |export |[a-z0-9]+:[a-z0-9])`)

// annotate adds a note to the comment on what starts at pos, in the order that gofmt wants: prose,
// an empty line, directives.
func (e *editor) annotate(doc *ast.CommentGroup, pos token.Pos, n note, apart bool) {
	indent, end := e.indent(pos), e.lineStart(pos)
	prose := commentLines(indent, "// ", n.prose)
	directives := commentLines(indent, "//resilgen:", n.directives)
	rule := indent + "//\n"
	if doc == nil {
		text := strings.Join(slices.DeleteFunc([]string{prose, directives}, func(s string) bool { return s == "" }), rule)
		if apart {
			text = e.gap(end) + text
		}
		e.add(end, text)
		return
	}
	first := len(doc.List) // of the directives at the end
	for first > 0 && aDirective.MatchString(doc.List[first-1].Text) {
		first--
	}
	if first == len(doc.List) {
		if prose != "" {
			prose = rule + prose
		}
		e.add(end, prose+rule+directives)
		return
	}
	if prose != "" {
		e.indent(doc.List[first].Pos())
		e.add(e.lineStart(doc.List[first].Pos()), prose+rule)
	}
	e.add(end, directives)
}

// commentLines returns lines as comments.
func commentLines(indent, start string, lines []string) string {
	var b strings.Builder
	for _, line := range lines {
		b.WriteString(strings.TrimRight(indent+start+line, " ") + "\n")
	}
	return b.String()
}

// apply returns the source with the insertions, whose lines end as its own do.
func (e *editor) apply() []byte {
	slices.SortStableFunc(e.insertions, func(a, b insertion) int { return cmp.Compare(a.at, b.at) })
	crlf := bytes.Contains(e.src, []byte("\r\n"))
	var b bytes.Buffer
	done := 0
	for _, i := range e.insertions {
		b.Write(e.src[done:i.at])
		done = i.at
		if crlf {
			i.text = strings.ReplaceAll(i.text, "\n", "\r\n")
		}
		b.WriteString(i.text)
	}
	b.Write(e.src[done:])
	return b.Bytes()
}

// sameTokens reports whether two sources differ in comments alone.
func sameTokens(a, b []byte) bool { return slices.Equal(tokens(a), tokens(b)) }

func tokens(src []byte) (list []string) {
	var s scanner.Scanner
	fset := token.NewFileSet()
	s.Init(fset.AddFile("", -1, len(src)), src, nil, 0)
	for {
		_, tok, literal := s.Scan()
		if tok == token.EOF {
			return list
		}
		list = append(list, tok.String()+" "+literal)
	}
}

// isFormatted reports whether a source is as gofmt wants it, line ends apart.
func isFormatted(src []byte) bool {
	src = bytes.ReplaceAll(src, []byte("\r\n"), []byte("\n"))
	formatted, err := format.Source(src)
	return err == nil && bytes.Equal(src, formatted)
}

// fold breaks a text into lines, the first one starting with a mark, the others as far to the
// right.
func fold(text, mark string, width int) (lines []string) {
	line := mark
	for i, word := range strings.Fields(text) {
		switch {
		case i == 0:
			line += word
		case len(line)+1+len(word) <= width:
			line += " " + word
		default:
			lines = append(lines, line)
			line = strings.Repeat(" ", len(mark)) + word
		}
	}
	return append(lines, line)
}
