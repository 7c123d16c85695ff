// Package synth writes modules of many alike interfaces, for generators to work on: ten methods an
// interface, ten interfaces a package, signatures of the common kinds, a shared package that all
// others import.
package synth

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"text/template"
)

// Path is the path of the module.
const Path = "example.com/synth"

// perPackage is how many interfaces a package has.
const perPackage = 10

// A Flavour is what the interfaces are for.
type Flavour string

// The flavours.
const (
	Services   Flavour = "services"   // calls of something remote, annotated for resilgen
	Converters Flavour = "converters" // conversions of structs, annotated for goverter, which takes nothing else
)

// A Module is one on disk.
type Module struct {
	Dir        string
	Interfaces int // beside that of package single
	edits      int // of the shared package
	ownEdits   int // of package single
}

// Write writes a module with so many interfaces, and beside them one in a package named single.
func Write(dir string, flavour Flavour, interfaces int) (*Module, error) {
	m := &Module{Dir: dir, Interfaces: interfaces}
	files := map[string]string{
		"go.mod": "module " + Path + "\n\ngo 1.26.0\n",
		"doc.go": "// Package synth is the root of a module to generate for.\npackage synth\n",
	}
	for i, name := range m.Packages() {
		files[name+"/"+name+".go"] = print(flavour, name, min(perPackage, interfaces-i*perPackage))
	}
	files["single/single.go"] = print(flavour, "single", 1)
	for name, content := range files {
		if err := m.write(name, content); err != nil {
			return nil, err
		}
	}
	return m, m.Edit()
}

// Packages returns the names of the packages with interfaces, single aside; each is its path in the
// module, too.
func (m *Module) Packages() []string {
	names := make([]string, (m.Interfaces+perPackage-1)/perPackage)
	for i := range names {
		names[i] = fmt.Sprintf("p%03d", i)
	}
	return names
}

// InterfacesOf returns the names of a package's interfaces.
func (m *Module) InterfacesOf(pkg string) []string {
	n := perPackage
	if packages := m.Packages(); pkg == packages[len(packages)-1] {
		n = m.Interfaces - (len(packages)-1)*perPackage
	}
	return interfaceNames(n)
}

func interfaceNames(n int) []string {
	names := make([]string, n)
	for i := range names {
		names[i] = fmt.Sprintf("Store%d", i)
	}
	return names
}

// Edit changes the shared package: a struct that all signatures mention gets another field, and an
// interface that all embed another method.
func (m *Module) Edit() error {
	m.edits++
	return m.write("model/model.go", fmt.Sprintf(model, m.edits))
}

// Newest returns the name of the method that the last edit brought.
func (m *Module) Newest() string { return fmt.Sprintf("Audit%d", m.edits) }

// EditSingle gives the interface of package single another method.
func (m *Module) EditSingle() error {
	m.ownEdits++
	source := strings.TrimSuffix(strings.TrimSpace(print(Services, "single", 1)), "}")
	return m.write("single/single.go", source+"\t"+m.NewestOfSingle()+"() error\n}\n")
}

// NewestOfSingle returns the name of the method that the last edit of package single brought.
func (m *Module) NewestOfSingle() string { return fmt.Sprintf("Extra%d", m.ownEdits) }

// write writes a file by its path in the module.
func (m *Module) write(name, content string) error {
	path := filepath.Join(m.Dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		return err
	}
	return os.WriteFile(path, []byte(content), 0o666)
}

// Remove removes all files whose base name matches a pattern: what a generator has written.
func (m *Module) Remove(pattern string) error {
	var matches []string
	for _, depth := range []string{"*", "*/*", "*/*/*"} {
		found, err := filepath.Glob(filepath.Join(m.Dir, filepath.FromSlash(depth)))
		if err != nil {
			return err
		}
		matches = append(matches, found...)
	}
	for _, path := range matches {
		if ok, err := filepath.Match(pattern, filepath.Base(path)); err != nil || !ok {
			continue
		}
		if err := os.RemoveAll(path); err != nil {
			return err
		}
	}
	return nil
}

// print prints the source of a package.
func print(flavour Flavour, name string, interfaces int) string {
	var out bytes.Buffer
	err := sources[flavour].Execute(&out, struct {
		Package    string
		Interfaces []string
		Methods    []int
	}{name, interfaceNames(interfaces), []int{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}})
	if err != nil {
		panic(err) // the templates are below
	}
	return out.String()
}

const model = `// Package model is what all packages share.
package model

import "context"

// ID names an item.
type ID string

// Item is what is stored.
type Item struct {
	ID     ID
	Name   string
	Labels map[string]string
	Edit%[1]d int
}

// Filter selects items.
type Filter struct {
	Prefix string
	Limit  int
}

// Auditor is embedded.
type Auditor interface {
	Audit%[1]d(ctx context.Context, id ID) error
}
`

var sources = map[Flavour]*template.Template{
	Services: source(`package {{.Package}}

import (
	"context"
	"io"
	"time"

	"` + Path + `/model"
)
{{range .Interfaces}}
// {{.}} keeps items.
//
//resilgen:wrap
//resilgen:retry attempts=3 initial=50ms
//resilgen:breaker failures=30% min=20
//resilgen:timeout attempt=1s
type {{.}} interface {
	model.Auditor

	Get(ctx context.Context, id model.ID) (model.Item, error)
	List(ctx context.Context, filter model.Filter, limit int) ([]model.Item, error)
	Count(ctx context.Context, filters map[string]model.Filter) (int64, error)
	Since(ctx context.Context, t time.Time, wait time.Duration) (items []model.Item, next string, err error)

	// Put is not repeated.
	//
	//resilgen:retry off
	Put(ctx context.Context, item *model.Item) error
	Delete(ctx context.Context, ids ...model.ID) error
	Rename(ctx context.Context, id model.ID, name string) (*model.Item, error)
	Export(ctx context.Context, to io.Writer) (int64, error)
	Name() string
}
{{end}}`),

	Converters: source(`package {{.Package}}
{{range .Interfaces}}
// {{.}} converts structs.
//
// goverter:converter
type {{.}} interface {
{{- range $.Methods}}
	Convert{{.}}(source In{{.}}) Out{{.}}
{{- end}}
}
{{end}}
{{- range .Methods}}
// In{{.}} is converted.
type In{{.}} struct {
	ID     string
	Name   string
	Count  int
	Labels []string
}

// Out{{.}} is what it becomes.
type Out{{.}} struct {
	ID     string
	Name   string
	Count  int
	Labels []string
}
{{end}}`),
}

func source(text string) *template.Template {
	return template.Must(template.New("").Parse(strings.TrimSpace(text) + "\n"))
}
