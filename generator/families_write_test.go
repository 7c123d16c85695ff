package generator

// This file finds what the functions of a package write to. The data of an earlier stage may be
// reached through any variable, alias or function that a reference passes through, so references
// are followed back through the compiler's view of the code to the fields that hold them.

import (
	"fmt"
	"go/token"
	"go/types"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/go/packages"
	"golang.org/x/tools/go/ssa"
	"golang.org/x/tools/go/ssa/ssautil"
)

// A write is a reference by which a function changes something.
type write struct {
	by        *ssa.Function
	reference ssa.Value
	isCall    bool // by a function that it is given to
}

// A writeFinder goes through the functions of a house. What one does to its parameters, its callers
// do to their arguments.
type writeFinder struct {
	*house
	functions []*ssa.Function
	calls     map[*ssa.Function][]ssa.CallInstruction
	writes    []write // grows while it is gone through
	breaches  []string
}

// writeBreaches returns the writes of families to what others declare: "plan writes to refused of
// effective".
func (h *house) writeBreaches() []string {
	program, _ := ssautil.Packages([]*packages.Package{h.Package}, ssa.InstantiateGenerics)
	program.Build()
	w := &writeFinder{house: h, calls: map[*ssa.Function][]ssa.CallInstruction{}}
	all := ssautil.AllFunctions(program)
	for _, obj := range h.TypesInfo.Defs { // methods that nobody calls are not among them
		if fn, ok := obj.(*types.Func); ok && program.FuncValue(fn) != nil {
			all[program.FuncValue(fn)] = true
		}
	}
	for fn := range all {
		if fn.Pos().IsValid() && w.isOurs(fn) {
			w.functions = append(w.functions, fn)
		}
	}
	for _, fn := range w.functions {
		w.read(fn)
	}
	for i := 0; i < len(w.writes); i++ {
		w.judge(w.writes[i])
	}
	return w.breaches
}

// isOurs reports whether a function, or the generic one that it is made of, is of the package.
func (w *writeFinder) isOurs(fn *ssa.Function) bool {
	for fn.Parent() != nil {
		fn = fn.Parent()
	}
	if fn.Origin() != nil {
		fn = fn.Origin()
	}
	return fn.Object() != nil && fn.Object().Pkg() == w.Types || fn.Object() == nil && fn.Pkg != nil && fn.Pkg.Pkg == w.Types
}

// read notes what a function writes to, and whom it calls.
func (w *writeFinder) read(fn *ssa.Function) {
	for _, b := range fn.Blocks {
		for _, instruction := range b.Instrs {
			switch i := instruction.(type) {
			case *ssa.Store:
				w.add(write{fn, i.Addr, false})
			case *ssa.MapUpdate:
				w.add(write{fn, i.Map, false})
			case *ssa.MakeInterface:
				if isAddress(i.X) {
					w.add(write{fn, i.X, false})
				}
			case ssa.CallInstruction:
				if callee := i.Common().StaticCallee(); callee != nil {
					w.calls[callee] = append(w.calls[callee], i)
				}
				for _, reference := range w.changedBy(i.Common()) {
					w.add(write{fn, reference, false})
				}
			}
		}
	}
}

func (w *writeFinder) add(new write) {
	if !slices.Contains(w.writes, new) {
		w.writes = append(w.writes, new)
	}
}

// changers are the functions of the standard library that change what their first argument refers
// to.
var changers = strings.Fields(`
	maps.Copy maps.DeleteFunc maps.Insert
	slices.Compact slices.CompactFunc slices.Delete slices.DeleteFunc slices.Insert slices.Replace slices.Reverse
	slices.Sort slices.SortFunc slices.SortStableFunc
	sort.Float64s sort.Ints sort.Slice sort.SliceStable sort.Sort sort.Stable sort.Strings`)

// changedBy returns the arguments of a call to a function of another package, or to one of the
// language, that the call changes.
func (w *writeFinder) changedBy(call *ssa.CallCommon) (arguments []ssa.Value) {
	switch callee := call.Value.(type) {
	case *ssa.Builtin:
		if slices.Contains([]string{"append", "clear", "copy", "delete"}, callee.Name()) {
			return call.Args[:1]
		}
	case *ssa.Function:
		if w.isOurs(callee) {
			return nil
		}
		if slices.Contains(changers, nameOf(callee)) {
			return call.Args[:1]
		}
		for _, a := range call.Args {
			if isAddress(a) {
				arguments = append(arguments, a)
			}
		}
	}
	return arguments
}

// isAddress reports whether a value is the address of a field, which is taken to change the field.
// But a lock or a counter is there to be changed, and of an embedded struct only methods are
// called.
func isAddress(v ssa.Value) bool {
	a, ok := v.(*ssa.FieldAddr)
	return ok && !fieldOf(a.X.Type(), a.Field).Embedded() && !strings.HasPrefix(a.Type().String(), "*sync")
}

// nameOf returns the name of a function with its package: "slices.Sort".
func nameOf(fn *ssa.Function) string {
	if obj := fn.Object(); obj != nil && obj.Pkg() != nil && fn.Signature.Recv() == nil {
		return obj.Pkg().Path() + "." + obj.Name()
	}
	return ""
}

// judge notes what is wrong with a write, and what it means for callers.
func (w *writeFinder) judge(to write) {
	if to.isCall && w.isOpen(to.reference) {
		return
	}
	from := w.familyAt(to.by.Pos())
	t := &trace{finder: w, writer: to.by, made: map[ssa.Value]bool{}, read: map[ssa.Value][]int{}}
	isOwn := t.isOwn(to.reference, nil)
	if whole := w.structAt(to.reference); whole != nil && !isOwn {
		t.through = append(t.through, whole)
	}
	for _, obj := range t.through {
		if of := w.familyAt(obj.Pos()); of != from {
			w.breaches = append(w.breaches, fmt.Sprintf("%s writes to %s of %s", from, obj.Name(), of))
		}
	}
	for _, p := range t.parameters {
		for _, call := range w.calls[p.Parent()] {
			w.add(write{call.Parent(), call.Common().Args[slices.Index(p.Parent().Params, p)], true})
		}
	}
}

// structAt returns the name of the struct of the package that a pointer leads to; nil for none, and
// for the elements of slices, which belong to whoever has the slice.
func (w *writeFinder) structAt(reference ssa.Value) types.Object {
	if _, isElement := reference.(*ssa.IndexAddr); isElement {
		return nil
	}
	name := pointedAt(reference.Type())
	if name == nil || name.Pkg() != w.Types {
		return nil
	}
	if _, ok := name.Type().Underlying().(*types.Struct); !ok {
		return nil
	}
	return name
}

// pointedAt returns the name of the type that a pointer points at; nil for none.
func pointedAt(t types.Type) types.Object {
	if pointer, ok := t.Underlying().(*types.Pointer); ok {
		if named, ok := types.Unalias(pointer.Elem()).(*types.Named); ok {
			return named.Obj()
		}
	}
	return nil
}

// isOpen reports whether something is a pointer to a type whose methods later families may call to
// change it.
func (w *writeFinder) isOpen(v ssa.Value) bool {
	name := pointedAt(v.Type())
	return name != nil && name.Pkg() == w.Types && slices.Contains(w.open, name.Name())
}

// A trace follows one reference back to where it comes from.
type trace struct {
	finder     *writeFinder
	writer     *ssa.Function
	made       map[ssa.Value]bool  // what isOwn has found out
	read       map[ssa.Value][]int // the fields that held has gone through
	through    []types.Object      // the fields and variables of the package that it was read from
	parameters []*ssa.Parameter    // of the writer, or of functions around it
}

// A frame is a call whose results are followed into the function that returns them.
type frame struct {
	call  *ssa.Call
	outer *frame
}

// isOwn reports whether all that a value may refer to has been made by the writer, and notes the
// fields that it was reached through if not.
func (t *trace) isOwn(v ssa.Value, at *frame) bool {
	made, isKnown := t.made[v]
	if !isKnown {
		t.made[v] = true // as long as the way there leads back to it
		made = t.comesFromWriter(v, at)
		t.made[v] = made
	}
	return made
}

func (t *trace) comesFromWriter(v ssa.Value, at *frame) bool {
	switch v := v.(type) {
	case *ssa.Alloc:
		return t.isOfWriter(v.Parent())
	case *ssa.MakeSlice, *ssa.MakeMap, *ssa.MakeClosure, *ssa.Const:
		return true
	case *ssa.FieldAddr:
		return t.field(v.X, v.Field, at)
	case *ssa.Field:
		return t.part(v.X, v.Field, at)
	case *ssa.UnOp:
		return t.loaded(v, at)
	case *ssa.Phi:
		return t.areOwn(v.Edges, at)
	case *ssa.Parameter:
		return t.parameter(v, at)
	case *ssa.FreeVar:
		return t.captured(v, at)
	case *ssa.Global:
		if v.Pkg.Pkg == t.finder.Types && v.Object() != nil {
			t.through = append(t.through, v.Object())
		}
		return false
	case *ssa.Extract:
		if call, ok := v.Tuple.(*ssa.Call); ok {
			return t.result(call, v.Index, at)
		}
		return t.isOwn(v.Tuple, at)
	case *ssa.Call:
		return t.result(v, 0, at)
	}
	return t.operand(v, at)
}

func (t *trace) areOwn(values []ssa.Value, at *frame) bool {
	all := true
	for _, v := range values {
		all = t.isOwn(v, at) && all
	}
	return all
}

// isOfWriter reports whether a function is the writer, or around it.
func (t *trace) isOfWriter(fn *ssa.Function) bool {
	for f := t.writer; f != nil; f = f.Parent() {
		if f == fn {
			return true
		}
	}
	return false
}

// operand goes on with what a value is a part or another form of.
func (t *trace) operand(v ssa.Value, at *frame) bool {
	switch v := v.(type) {
	case *ssa.Lookup:
		return t.isOwn(v.X, at) && t.elements(v.X, at)
	case *ssa.Range:
		return t.isOwn(v.X, at) && t.elements(v.X, at)
	case *ssa.IndexAddr, *ssa.Index, *ssa.Slice, *ssa.Next, *ssa.ChangeType, *ssa.Convert, *ssa.ChangeInterface,
		*ssa.MakeInterface, *ssa.TypeAssert, *ssa.SliceToArrayPointer:
		first := v.(ssa.Instruction).Operands(nil)[0]
		return t.isOwn(*first, at)
	}
	return false
}

// field notes a field, unless the writer has made the struct. A struct within another is the
// other's.
func (t *trace) field(x ssa.Value, index int, at *frame) bool {
	if t.isOwn(x, at) {
		return true
	}
	if _, isWithin := x.(*ssa.FieldAddr); isWithin {
		return false
	}
	if f := fieldOf(x.Type(), index); f.Pkg() == t.finder.Types {
		t.through = append(t.through, f)
	}
	return false
}

func fieldOf(t types.Type, index int) *types.Var {
	if pointer, ok := t.Underlying().(*types.Pointer); ok {
		t = pointer.Elem()
	}
	return t.Underlying().(*types.Struct).Field(index).Origin()
}

// loaded goes on with what was stored where a value is read. A copy that the writer has made of a
// struct holds the references of the original.
func (t *trace) loaded(v *ssa.UnOp, at *frame) bool {
	if v.Op != token.MUL {
		return false
	}
	if !t.isOwn(v.X, at) {
		return false
	}
	if element, ok := v.X.(*ssa.IndexAddr); ok {
		return t.elements(element.X, at)
	}
	if field, ok := v.X.(*ssa.FieldAddr); ok {
		return t.held(field.X, field.Field, at)
	}
	return t.areOwn(storedAt(v.X), at)
}

// part goes on with a field of a struct that is no variable.
func (t *trace) part(whole ssa.Value, index int, at *frame) bool {
	if copied, ok := whole.(*ssa.UnOp); ok && copied.Op == token.MUL && t.isOwn(copied.X, at) {
		return t.held(copied.X, index, at)
	}
	return t.field(whole, index, at)
}

// held goes on with what was stored in a field of a struct that the writer has made, by itself or
// with the whole struct.
func (t *trace) held(of ssa.Value, index int, at *frame) bool {
	if slices.Contains(t.read[of], index) {
		return true
	}
	t.read[of] = append(t.read[of], index)
	all := true
	for _, whole := range storedAt(of) {
		all = t.part(whole, index, at) && all
	}
	if referrers := of.Referrers(); referrers != nil {
		for _, r := range *referrers {
			if same, ok := r.(*ssa.FieldAddr); ok && same.Field == index {
				all = t.areOwn(storedAt(same), at) && all
			}
		}
	}
	return all
}

// elements goes on with what the writer has put into a slice or map. What he has not may be
// anybody's.
func (t *trace) elements(of ssa.Value, at *frame) bool {
	isKnown, all := false, true
	if referrers := of.Referrers(); referrers != nil {
		for _, r := range *referrers {
			var put []ssa.Value
			switch r := r.(type) {
			case *ssa.IndexAddr:
				put = storedAt(r)
			case *ssa.MapUpdate:
				put = []ssa.Value{r.Value}
			}
			isKnown, all = isKnown || len(put) > 0, t.areOwn(put, at) && all
		}
	}
	return isKnown && all
}

// storedAt returns the values that are stored at an address as a whole.
func storedAt(address ssa.Value) (values []ssa.Value) {
	if variable, ok := address.(*ssa.FreeVar); ok {
		if address = bound(variable); address == nil {
			return nil
		}
	}
	if referrers := address.Referrers(); referrers != nil {
		for _, r := range *referrers {
			if s, ok := r.(*ssa.Store); ok && s.Addr == address {
				values = append(values, s.Val)
			}
		}
	}
	return values
}

// parameter goes on with the argument, if the call is known.
func (t *trace) parameter(p *ssa.Parameter, at *frame) bool {
	if at != nil && at.call.Common().StaticCallee() == p.Parent() {
		return t.isOwn(at.call.Common().Args[slices.Index(p.Parent().Params, p)], at.outer)
	}
	if t.isOfWriter(p.Parent()) {
		t.parameters = append(t.parameters, p)
	}
	return false
}

// captured goes on with the variable that a closure has from the function around it.
func (t *trace) captured(v *ssa.FreeVar, at *frame) bool {
	b := bound(v)
	return b != nil && t.isOwn(b, at)
}

// bound returns what a closure's variable is in the function around it; nil if there is none.
func bound(v *ssa.FreeVar) ssa.Value {
	if v.Parent().Parent() == nil {
		return nil // a method that stands as a value
	}
	for _, b := range v.Parent().Parent().Blocks {
		for _, i := range b.Instrs {
			if c, ok := i.(*ssa.MakeClosure); ok && c.Fn == v.Parent() {
				return c.Bindings[slices.Index(v.Parent().FreeVars, v)]
			}
		}
	}
	return nil
}

// result goes on with what a call returns. What other packages return is new, but for the slices
// that they change and return.
func (t *trace) result(call *ssa.Call, index int, at *frame) bool {
	if _, ok := call.Call.Value.(*ssa.Builtin); ok { // append: what it appends, it copies
		return t.isOwn(call.Call.Args[0], at)
	}
	callee := call.Call.StaticCallee()
	if callee == nil {
		return false
	}
	if !t.finder.isOurs(callee) {
		name := nameOf(callee)
		isSame := slices.Contains(changers, name) || name == "slices.Clip" || name == "slices.Grow"
		return !isSame || t.isOwn(call.Call.Args[0], at)
	}
	all := true
	for _, b := range callee.Blocks {
		if r, ok := b.Instrs[len(b.Instrs)-1].(*ssa.Return); ok && index < len(r.Results) {
			all = t.isOwn(r.Results[index], &frame{call, at}) && all
		}
	}
	return all
}

// Each row is what a family does with a field x of a lower family's type, and whether it writes to
// that type's data by it.
var writeTests = []struct {
	name, x, do string
	isWrite     bool
}{
	{"assigned", "int", "a.x = 1", true},
	{"counted", "int", "a.x++", true},
	{"all replaced", "int", "*a = A{x: 1}", true},
	{"by a pointer", "int", "p := &a.x; *p = 1", true},
	{"of an element", "[]B", "b := &a.x[0]; b.n = 1", true},
	{"an element", "[]B", "b := &a.x[0]; *b = B{}", true},
	{"in a range", "[]*B", "for _, b := range a.x { b.n = 1 }", true},
	{"in a range over a copy", "[]*B", "for _, b := range slices.Clone(a.x) { b.n = 1 }", true},
	{"by a range", "int", "for a.x = range 3 {}", true},
	{"in a closure", "[]int", "list := a.x; f := func() { list[0] = 1 }; f()", true},
	{"in a map", "map[int]int", "m := a.x; m[1] = 1", true},
	{"out of a map", "map[int]int", "m := a.x; delete(m, 1)", true},
	{"by a function", "map[int]int", "fill(a.x)", true},
	{"by a function of a function", "map[int]int", "func(m map[int]int) { fill(m) }(a.x)", true},
	{"by what a function returns", "map[int]int", "a.held()[1] = 1", true},
	{"of a copy of the struct", "map[int]int", "b := *a; b.x[1] = 1", true},
	{"by one of two", "map[int]int", "m := map[int]int{}; if len(a.x) > 1 { m = a.x }; m[1] = 1", true},
	{"through an embedded struct", "int", "e := struct{ *A }{a}; e.x = 1", true},
	{"sorted", "[]int", "slices.Sort(a.x)", true},
	{"sorted of old", "[]int", "sort.Ints(a.x)", true},
	{"shifted", "[]int", "copy(a.x, a.x[1:])", true},
	{"appended to", "[]int", "_ = append(a.x[:0], 1)", true},
	{"by another package", "int", "fmt.Sscan(\"1\", &a.x)", true},
	{"of another package", "url.URL", "a.x.Host = \"h\"", true},
	{"by a method that stands elsewhere", "int", "}; func (a *A) late() { a.x = 1", true},
	{"by a method of the type", "int", "a.grow()", true},
	{"of one that is there for it, not by a method", "*C", "a.x.n = 1", true},
	{"of one that is there for it, in a closure", "*C", "c := a.x; f := func() { c.n = 1 }; f()", true},
	{"one that is there for it, all replaced", "*C", "*a.x = C{}", true},
	{"of a copy of one that is there for it", "*C", "c := *a.x; c.m[1] = 1", true},

	{"of one that is there for it", "*C", "a.x.grow()", false},
	{"read", "map[int]int", "_ = a.x[1]", false},
	{"of a copy", "int", "b := *a; b.x = 1", false},
	{"of one's own", "map[int]int", "b := &A{x: map[int]int{}}; b.x[1] = 1; b.grow()", false},
	{"of an own copy", "[]int", "x := slices.Clone(a.x); slices.Sort(x)", false},
	{"appended to an own one", "[]int", "var x []int; x = append(x, a.x...)", false},
	{"in an own one", "map[int]int", "m := map[int]*[]int{}; m[1] = &[]int{1}; (*m[1])[0] = len(a.x)", false},
	{"locked", "sync.Mutex", "a.x.Lock(); a.x.Unlock()", false},
}

func TestWriteBreaches(t *testing.T) {
	for _, tt := range writeTests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			imports := ""
			for _, path := range []string{"fmt", "net/url", "slices", "sort", "sync"} {
				if name := path[strings.LastIndex(path, "/")+1:]; strings.Contains(tt.x+tt.do, name+".") {
					imports += "import \"" + path + "\"\n"
				}
			}
			cellarImports, roofImports := "", imports
			if strings.Contains(tt.x, ".") {
				cellarImports, roofImports = imports, ""
			}
			m := newModule(t, map[string]string{
				"doc.go": "// Package house has rooms. Methods that later families call change [C].\n//\n//\tcellar.go  one\n//\troof.go  two\npackage house\n",
				"cellar.go": "package house\n\n" + cellarImports + "type A struct { x " + tt.x + "; y int }\n\ntype B struct{ n int }\n\ntype C struct{ n int; m map[int]int }\n\n" +
					"func (a *A) grow() { a.y++ }\n\nfunc (c *C) grow() { c.n++ }\n\nfunc (a *A) held() " + tt.x + " { return a.x }\n\nfunc fill(m map[int]int) { m[1] = 2 }\n",
				"roof.go": "package house\n\n" + roofImports + "func up(a *A) { " + tt.do + " }\n",
			})
			if got := loadHouse(t, m.dir).breaches(); (len(got) > 0) != tt.isWrite {
				t.Errorf("a.x is %s, and %s: %q", tt.x, tt.do, got)
			}
		})
	}
}
