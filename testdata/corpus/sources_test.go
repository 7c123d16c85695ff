package corpus

// This file finds the exported interfaces of a corpus and writes the annotated ones.

import (
	"fmt"
	"go/types"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode"

	"golang.org/x/tools/go/packages"

	"github.com/resilgen/resilgen/generator"
)

// A form is how an interface is annotated.
type form struct {
	suffix   string   // of its name
	declare  string   // what stands behind the name
	policies []string // directives
}

var (
	usual = []string{"retry", "breaker", "timeout attempt=1s call=6s"}
	every = append([]string{"bulkhead max=10", "ratelimit rate=100/s", "hedge after=100ms"}, usual...)
)

// forms are those of each interface. The verdicts of the first are counted; the second has the
// same.
var forms = []form{
	{"", "interface{ %s }", usual},
	{"_alias", "= %s", usual},
	{"_every", "interface{ %s }", every},
}

// A subject is one annotated interface.
type subject struct {
	object   *types.TypeName // the interface that it stands for
	form     form
	name     string // what it is called
	file     string // where it is declared, and from which line to which
	from, to int
	refusal  string // why it was not wrapped; empty if it was
}

// methods is how many methods the interface has.
func (s *subject) methods() int { return s.object.Type().Underlying().(*types.Interface).NumMethods() }

// list returns a subject of each form for every exported interface of the corpus.
func (m module) list(t *testing.T, c corpus) (subjects []*subject) {
	const mode = packages.NeedName | packages.NeedTypes | packages.NeedImports | packages.NeedExportFile
	listed, err := packages.Load(&packages.Config{Dir: m.dir, Mode: mode}, c.patterns...)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range listed {
		if !c.mayImport(p) {
			continue
		}
		for _, e := range p.Errors {
			t.Errorf("%s: %s", p.PkgPath, e)
		}
		for _, name := range p.Types.Scope().Names() {
			object, ok := p.Types.Scope().Lookup(name).(*types.TypeName)
			if ok && object.Exported() && types.IsInterface(object.Type()) {
				for _, f := range forms {
					id := identifier(p.PkgPath)
					subjects = append(subjects, &subject{object: object, form: f, name: id + "_" + name + f.suffix, file: id + ".go"})
				}
			}
		}
	}
	if len(subjects) == 0 {
		t.Fatal("no interfaces")
	}
	return subjects
}

// mayImport reports whether the wrappers of the corpus may import a package.
func (c corpus) mayImport(p *packages.Package) bool {
	if p.Name == "main" || p.Name == "" || strings.HasPrefix(p.PkgPath, "vendor/") {
		return false
	}
	path := "/" + p.PkgPath + "/"
	i := strings.LastIndex(path, "/internal/")
	return i < 0 || i > 0 && strings.HasPrefix("/"+c.neighbor+"/", path[:i+1])
}

// identifier makes an exported name of an import path. No two paths of a corpus have the same.
func identifier(path string) string {
	name := strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return r
		}
		return 'ˑ'
	}, path)
	return "X" + name
}

// write writes the subjects that are not refused, with the policies that sweep over all methods.
func (m module) write(t *testing.T, c corpus, subjects []*subject) {
	files := map[string]*source{}
	for _, s := range subjects {
		if files[s.file] == nil {
			files[s.file] = &source{}
		}
		if s.refusal == "" {
			files[s.file].add(s, c.further)
		}
	}
	for name, src := range files {
		m.writeFile(t, name, src.text())
	}
}

// A source is an annotated file in the making.
type source struct {
	imports []string
	lines   []string
}

// add declares a subject:
//
//	type X[K comparable] interface{ i1.Store[K] }
//	type X[K comparable] = i1.Store[K]
func (src *source) add(s *subject, further string) {
	var params, args []string
	if g, ok := s.object.Type().(interface {
		TypeParams() *types.TypeParamList
	}); ok {
		for p := range g.TypeParams().TypeParams() {
			params = append(params, p.Obj().Name()+" "+types.TypeString(p.Constraint(), src.qualify))
			args = append(args, p.Obj().Name())
		}
	}
	list := func(of []string) string {
		if of == nil {
			return ""
		}
		return "[" + strings.Join(of, ", ") + "]"
	}
	original := src.qualify(s.object.Pkg()) + "." + s.object.Name() + list(args)
	s.from = len(src.lines)
	src.lines = append(src.lines, "", "//resilgen:wrap")
	if further != "" {
		src.lines = append(src.lines, further)
	}
	for _, policy := range s.form.policies {
		src.lines = append(src.lines, "//resilgen:"+policy)
	}
	src.lines = append(src.lines, "type "+s.name+list(params)+" "+fmt.Sprintf(s.form.declare, original))
	s.to = len(src.lines)
}

// qualify names a package as the file imports it.
func (src *source) qualify(pkg *types.Package) string {
	i := slices.Index(src.imports, pkg.Path())
	if i < 0 {
		i = len(src.imports)
		src.imports = append(src.imports, pkg.Path())
	}
	return fmt.Sprintf("i%d", i+1)
}

// text returns the file: what stands above the declarations is two lines.
func (src *source) text() string {
	var imports []string
	for i, path := range src.imports {
		imports = append(imports, fmt.Sprintf("i%d %q", i+1, path))
	}
	return "package corpus\nimport (" + strings.Join(imports, "; ") + ")\n" + strings.Join(src.lines, "\n") + "\n"
}

const headLines = 2

// subjectAt returns the subject that a diagnostic is about.
func (m module) subjectAt(subjects []*subject, d generator.Diagnostic) *subject {
	i := slices.IndexFunc(subjects, func(s *subject) bool {
		line := d.Pos.Line - headLines
		return d.Pos.Filename == filepath.Join(m.dir, s.file) && s.from < line && line <= s.to
	})
	if i < 0 {
		return nil
	}
	return subjects[i]
}
