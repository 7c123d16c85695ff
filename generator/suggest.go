package generator

// This file writes a first annotation for an interface that has none. What can act on which method
// is asked of the generator itself, and what is suggested has been through it without a finding.

import (
	"cmp"
	"context"
	"errors"
	"go/ast"
	"go/token"
	"go/types"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// A Suggestion is annotations for interfaces that had none. Nothing has been written.
type Suggestion struct {
	Interfaces []Suggested // in the order in which they were named
	Changes    []Change    // what to write: files that are new, or get comments; empty if an interface is refused
}

// A Suggested is what was suggested for one interface.
type Suggested struct {
	Asked   string // as it was named
	Path    string // the file that declares the interface to be wrapped
	Name    string // that interface
	New     bool   // the file is new, and the interface in it embeds the one that was named
	Already bool   // it is annotated, and there is nothing to do
	Refused string // why nothing can be suggested, as the end of a sentence; "" for what can
}

// Suggest chooses policies for interfaces by the names and signatures of their methods. Each is
// named by package and name: "Store" of the current package, "./pay.Store",
// "example.com/pay.Store". To interfaces of the module, comments are added. For those of other
// modules, and for those in generated files, there is a new file in the current package with an
// interface that embeds them.
//
// Patterns of the request mean nothing here. An error is a failure of the run itself, such as a
// package or interface that does not exist.
func Suggest(ctx context.Context, req Request, interfaces ...string) (*Suggestion, error) {
	drafts := maps.Clone(req.Overlay)
	if drafts == nil {
		drafts = map[string][]byte{}
	}
	req.Overlay, req.Memory, req.Patterns = drafts, "", nil
	r, err := begin(ctx, req)
	if err != nil {
		return nil, err
	}
	defer r.end()
	s := &suggester{run: r, fset: token.NewFileSet(), listings: map[string]*listing{}, drafts: drafts}
	for _, name := range interfaces {
		if err := s.add(ctx, name); err != nil {
			return nil, err
		}
	}
	return s.suggest(ctx)
}

// A suggester collects drafts of files.
type suggester struct {
	run      *run
	fset     *token.FileSet
	listings map[string]*listing // by pattern
	drafts   map[string][]byte   // what files hold, by path; the overlay of the request
	targets  []*target
}

// add adds an interface, once.
func (s *suggester) add(ctx context.Context, name string) error {
	t, err := s.findTarget(ctx, name)
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(s.targets, func(o *target) bool { return o.path == t.path && o.name == t.name }) {
		s.targets = append(s.targets, t)
	}
	return nil
}

// suggest tries all policies, chooses, writes the drafts, and tries these.
func (s *suggester) suggest(ctx context.Context) (*Suggestion, error) {
	result := &Suggestion{}
	var open []*target
	for _, t := range s.targets {
		result.Interfaces = append(result.Interfaces, Suggested{Asked: t.asked, Path: t.path, Name: t.name, New: t.isNew})
		last := &result.Interfaces[len(result.Interfaces)-1]
		var err error
		if last.Already, err = s.isAnnotated(t); err != nil {
			last.Refused = err.Error()
		} else if !last.Already {
			open = append(open, t)
		}
	}
	refuse := func(t *target, why string) {
		i := slices.IndexFunc(result.Interfaces, func(o Suggested) bool { return o.Path == t.path && o.Name == t.name })
		result.Interfaces[i].Refused = cmp.Or(result.Interfaces[i].Refused, why)
	}
	if err := s.draftAll(ctx, open, refuse); err != nil {
		return nil, err
	}
	if slices.ContainsFunc(result.Interfaces, func(o Suggested) bool { return o.Refused != "" }) {
		return result, nil
	}
	var err error
	result.Changes, err = s.changes(open)
	return result, err
}

// isAnnotated reports whether an interface is wrapped already. An error says why its annotations
// are in the way.
func (s *suggester) isAnnotated(t *target) (bool, error) {
	found := &findings{fset: s.fset}
	f := s.fileOf(t)
	decl, spec := typeDeclaration(f, t.name)
	if typePlace(spec).spec == nil {
		return false, errors.New("it is not an interface")
	}
	doc := spec.Doc
	if !decl.Lparen.IsValid() {
		doc = decl.Doc
	}
	for _, group := range f.Comments {
		if group != doc && (group.Pos() < spec.Pos() || group.Pos() > spec.End()) {
			continue
		}
		for _, c := range group.List {
			switch d, ok := readDirective(c, found); {
			case !ok:
			case d == nil:
				return false, errors.New("it has a directive that is wrong: resilgen says how")
			case d.Name == "wrap":
				return true, nil
			default:
				return false, errors.New("it has directives, but no //resilgen:wrap: add that, or remove them first")
			}
		}
	}
	return false, nil
}

// fileOf returns the syntax of the file that declares a target, as it was found.
func (s *suggester) fileOf(t *target) *ast.File {
	for _, h := range s.listings {
		if f := h.files[t.path]; f != nil {
			return f
		}
	}
	panic("resilgen: a target without a file: " + t.path)
}

// draftAll writes the drafts of all targets, or refuses some.
func (s *suggester) draftAll(ctx context.Context, open []*target, refuse func(*target, string)) error {
	if len(open) == 0 {
		return nil
	}
	tried, err := s.tryAll(ctx, open)
	if err != nil {
		return err
	}
	for _, t := range open {
		a, outcome, why := tried.outcome(t)
		if why == "" {
			p := newProposal(a, outcome, &findings{fset: tried.fset})
			p.wrap = t.wrap
			why = s.write(t, p)
		}
		if why != "" {
			refuse(t, why)
		}
	}
	final, err := s.try(ctx, open)
	if err != nil {
		return err
	}
	for _, t := range open {
		if _, _, why := final.outcome(t); why != "" {
			refuse(t, why)
		} else if why := final.wrong(t); why != "" {
			refuse(t, why)
		}
	}
	return nil
}

// tryAll tries trialDirectives on all targets, and leaves the drafts as they were.
func (s *suggester) tryAll(ctx context.Context, open []*target) (trial, error) {
	before := maps.Clone(s.drafts)
	restore := func() {
		clear(s.drafts)
		maps.Copy(s.drafts, before)
	}
	defer restore()
	for _, t := range open {
		_ = s.annotate(t, notes{own: note{directives: trialDirectives}}) // what is wrong shows when it matters
	}
	tried, err := s.try(ctx, open)
	if err != nil {
		return tried, err
	}
	restore()
	again := false
	for _, t := range open {
		directives := trialDirectives
		if carrying := tried.carrying(t); len(carrying) > 0 {
			directives = slices.Concat(trialDirectives, []string{"failure .Err methods=" + strings.Join(carrying, ",")})
			again = true
		}
		_ = s.annotate(t, notes{own: note{directives: directives}})
	}
	if !again {
		return tried, nil
	}
	return s.try(ctx, open)
}

// A trial is what becomes of drafts.
type trial struct{ *analysis }

// try analyzes the drafts.
func (s *suggester) try(ctx context.Context, open []*target) (trial, error) {
	var dirs []string
	for _, t := range open {
		if dir := filepath.Dir(t.path); !slices.Contains(dirs, dir) {
			dirs = append(dirs, dir)
		}
	}
	req := s.run.Request
	req.Patterns = dirs
	a, err := explain(ctx, req)
	return trial{a}, err
}

// annotation returns the annotation of a target with its types; nil if there is none.
func (t trial) annotation(target *target) *typedInterface {
	for _, p := range t.packages {
		for _, a := range p.annotations {
			if a.file.path == target.path && a.name() == target.name {
				return &typedInterface{a, t.typed[p.parsedPackage]}
			}
		}
	}
	return nil
}

// outcome returns the annotation of a target and what became of it, or why there is none.
func (t trial) outcome(target *target) (*typedInterface, Interface, string) {
	a := t.annotation(target)
	i := slices.IndexFunc(t.interfaces, func(o Interface) bool { return o.Pos.Filename == target.path && o.Name == target.name })
	if a == nil || i < 0 {
		return nil, Interface{}, cmp.Or(t.wrong(target), "its file is not built here")
	}
	return a, t.interfaces[i], ""
}

// carrying returns the methods of a target whose errors are in their results.
func (t trial) carrying(target *target) (names []string) {
	a, outcome, why := t.outcome(target)
	if why != "" {
		return nil
	}
	signatures := a.signatures()
	for _, m := range outcome.Methods {
		if carriesError(signatures[m.Name]) {
			names = append(names, m.Name)
		}
	}
	return names
}

// wrong returns what is wrong with a target; empty for nothing. What is wrong elsewhere in its file
// is not the target's.
func (t trial) wrong(target *target) string {
	a := t.annotation(target)
	for _, d := range t.diagnostics {
		if d.Pos.Filename != target.path {
			continue
		}
		if a == nil {
			return d.Message
		}
		if at := a.file.syntax.FileStart + token.Pos(d.Pos.Offset); a.wrap.Pos() <= at && at < a.spec.End() {
			return d.Message
		}
	}
	return ""
}

// write writes what is proposed into the draft of a target. It returns why it cannot; empty if it
// can.
func (s *suggester) write(t *target, p *proposal) string {
	if !p.has(reads) && !p.has(writes) && !p.has(unclear) && !p.has(consumes) {
		return "there is nothing to guard: " + p.reason()
	}
	generate := !s.hasGenerateLine(filepath.Dir(t.path))
	old, _ := s.run.read(t.path)
	if p.declaresAll {
		err := s.annotate(t, p.byMethod(generate))
		if err == nil && (isFormatted(s.drafts[t.path]) || !isFormatted(old)) {
			return ""
		}
		s.drafts[t.path] = old
	}
	if err := s.annotate(t, p.byPattern(generate)); err != nil {
		return err.Error()
	}
	return ""
}

// annotate adds notes to the draft of a target.
func (s *suggester) annotate(t *target, n notes) error {
	src, err := s.run.read(t.path)
	if err != nil {
		return err
	}
	src, err = n.insert(src, t.name)
	if err == nil {
		s.drafts[t.path] = src
	}
	return err
}

// hasGenerateLine reports whether go generate calls us for the package in a directory, now or by
// the drafts.
func (s *suggester) hasGenerateLine(dir string) bool {
	entries, _ := filepath.Glob(filepath.Join(dir, "*.go"))
	for _, path := range append(entries, slices.Collect(maps.Keys(s.drafts))...) {
		if filepath.Dir(path) != dir {
			continue
		}
		src, _ := s.run.read(path)
		for line := range strings.Lines(string(src)) {
			if strings.HasPrefix(line, "//go:generate ") && strings.Contains(line, "resilgen") {
				return true
			}
		}
	}
	return false
}

// changes compares the drafts with the disk.
func (s *suggester) changes(open []*target) (changes []Change, err error) {
	for _, t := range open {
		if slices.ContainsFunc(changes, func(c Change) bool { return c.Path == t.path }) {
			continue
		}
		c := Change{Path: t.path, Kind: Missing, New: s.drafts[t.path]}
		if !t.isNew {
			c.Kind = Stale
			if c.Old, err = os.ReadFile(t.path); err != nil {
				return nil, err
			}
		}
		changes = append(changes, c)
	}
	return changes, nil
}

// signatures returns those of an interface's methods, by name.
func (a *typedInterface) signatures() map[string]*types.Signature {
	all := map[string]*types.Signature{}
	for m := range a.object().Type().Underlying().(*types.Interface).Methods() {
		all[m.Name()] = m.Signature()
	}
	return all
}
