package generator

// This file tells what comments stand on.

import (
	"cmp"
	"go/ast"
	"go/token"
	"slices"
)

// A places tells for each comment of a file what it stands on.
type places struct {
	groups map[*ast.CommentGroup]place
	bodies []*ast.BlockStmt // of functions
}

// A place is what a comment stands on: an interface or its method, a constant, or something else,
// where directives have no effect.
type place struct {
	spec     *ast.TypeSpec
	method   string
	constant *ast.ValueSpec
	wrongly  string // of something else, where that is: "on a struct"
	advice   string // what to do about it; empty where it is that the directive belongs elsewhere
}

func on(what string) place { return place{wrongly: "on " + what} }

var (
	nowhere    = place{wrongly: "on nothing", advice: "put it directly above what it is for, without an empty line between"}
	inFunction = place{wrongly: "within a function"}
	behindLine = place{wrongly: "behind its line", advice: "put it directly above what it is for"}
)

// ground returns what the place is in the language; 0 where directives have no effect.
func (p place) ground() ground {
	switch {
	case p.constant != nil:
		return aConstant
	case p.spec == nil:
		return 0
	case p.method != "":
		return aMethod
	}
	return anInterface
}

// refuse returns what is wrong with a directive here; nil for nothing.
func (p place) refuse(d *directive) *problem {
	r, _ := rowOf(d.Name)
	here := p.ground()
	switch said := r.elsewhere[here]; {
	case r.stands&here != 0:
		return nil
	case said != "":
		return problemf("%s", said)
	}
	return problemf("//resilgen:%s stands %s: %s", d.Name, p.wrongly, cmp.Or(p.advice, "it belongs on "+r.stands.String()))
}

// at returns what a comment stands on.
func (p *places) at(g *ast.CommentGroup) place {
	if slices.ContainsFunc(p.bodies, func(b *ast.BlockStmt) bool { return b.Pos() <= g.Pos() && g.End() <= b.End() }) {
		return inFunction
	}
	if at, ok := p.groups[g]; ok {
		return at
	}
	return nowhere
}

// placesOf walks a file and notes every comment that stands on something.
func placesOf(f *ast.File) *places {
	p := &places{groups: map[*ast.CommentGroup]place{f.Doc: on("a package")}}
	for _, decl := range f.Decls {
		switch decl := decl.(type) {
		case *ast.FuncDecl:
			p.groups[decl.Doc] = on("a function")
		case *ast.GenDecl:
			p.noteDeclaration(decl)
		}
	}
	ast.Inspect(f, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncDecl:
			if n.Body != nil {
				p.bodies = append(p.bodies, n.Body)
			}
		case *ast.FuncLit:
			p.bodies = append(p.bodies, n.Body)
		case *ast.StructType:
			p.noteFields(n.Fields, func(*ast.Field) place { return on("a field") })
		case *ast.InterfaceType:
			p.noteFields(n.Methods, func(*ast.Field) place { return on("a method of an interface that has no name") })
		}
		return true
	})
	return p
}

var declarations = map[token.Token]string{
	token.IMPORT: "an import", token.CONST: "a group of constants", token.VAR: "a variable", token.TYPE: "a group of types",
}

// noteDeclaration notes the comments on a declaration and its parts.
func (p *places) noteDeclaration(decl *ast.GenDecl) {
	what := declarations[decl.Tok]
	p.groups[decl.Doc] = on(what)
	for _, spec := range decl.Specs {
		switch spec := spec.(type) {
		case *ast.ImportSpec:
			p.groups[spec.Doc], p.groups[spec.Comment] = on(what), behindLine
		case *ast.ValueSpec:
			p.noteValue(decl, spec, what)
		case *ast.TypeSpec:
			p.groups[spec.Doc], p.groups[spec.Comment] = typePlace(spec), behindLine
			if !decl.Lparen.IsValid() {
				p.groups[decl.Doc] = typePlace(spec)
			}
			if it, ok := ast.Unparen(spec.Type).(*ast.InterfaceType); ok {
				p.noteFields(it.Methods, func(field *ast.Field) place { return methodPlace(spec, field) })
			}
		}
	}
}

// noteValue notes the comments on a constant or variable.
func (p *places) noteValue(decl *ast.GenDecl, spec *ast.ValueSpec, what string) {
	at := on(what)
	if decl.Tok == token.CONST {
		at = place{constant: spec, wrongly: "on a constant"}
	}
	p.groups[spec.Doc], p.groups[spec.Comment] = at, behindLine
	if !decl.Lparen.IsValid() {
		p.groups[decl.Doc] = at
	}
}

// noteFields notes the comments on the fields of a struct or an interface, unless a closer look has
// noted them before.
func (p *places) noteFields(list *ast.FieldList, at func(*ast.Field) place) {
	for _, field := range list.List {
		if _, known := p.groups[field.Doc]; !known {
			p.groups[field.Doc] = at(field)
		}
		p.groups[field.Comment] = behindLine
	}
}

// typePlace is the place of a type's comment. Whether a name is that of an interface, its type will
// tell.
func typePlace(spec *ast.TypeSpec) place {
	switch ast.Unparen(spec.Type).(type) {
	case *ast.InterfaceType, *ast.Ident, *ast.SelectorExpr, *ast.IndexExpr, *ast.IndexListExpr:
		return place{spec: spec}
	case *ast.StructType:
		return on("a struct")
	}
	return on("another type")
}

// methodPlace is the place of a comment within an interface.
func methodPlace(spec *ast.TypeSpec, field *ast.Field) place {
	if len(field.Names) == 0 {
		return place{wrongly: "on what " + spec.Name.Name + " embeds", advice: "name its methods with methods= on " + spec.Name.Name}
	}
	return place{spec: spec, method: field.Names[0].Name}
}
