package templates

// Not every type can be named everywhere. An exported interface may well mention a type of an
// internal package, or one that is not exported; then the methods that mention it can be called
// from elsewhere, but not declared. Unless there is an alias: libraries publish internal types by
// aliases, and then mention either.

import (
	"cmp"
	"go/types"
	"slices"
	"strings"
)

// Unnameable returns what in a type keeps files of a package from naming it: a type that they
// cannot mention, or the unexported field or method of a type without a name. It returns nil if
// nothing does. An alias out of reach gives way to what it stands for, and a defined type out of
// reach to an alias of it that the package declares or that a package which it imports exports.
func Unnameable(from *types.Package, t types.Type) types.Object {
	v := viewer{from}
	return v.unnameable(t)
}

// SeesInternal reports whether the go command lets a package import another one, which may be
// internal. Packages that the standard library has vendored are as good as internal.
func SeesInternal(from *types.Package, path string) bool {
	importer := from.Path()
	if strings.HasSuffix(from.Name(), "_test") {
		importer = strings.TrimSuffix(importer, "_test") // external tests see what their package sees
	}
	if strings.HasPrefix(path, "vendor/") {
		return false
	}
	i := strings.LastIndex("/"+path+"/", "/internal/")
	if i < 0 {
		return true
	}
	parent := strings.TrimSuffix(path[:max(i-1, 0)], "/")
	return i > 0 && (importer == parent || strings.HasPrefix(importer, parent+"/"))
}

// A viewer looks at types from a package.
type viewer struct{ *types.Package }

// mayMention reports whether the package's files may mention a declared name.
func (v viewer) mayMention(obj types.Object) bool {
	return v.owns(obj) || obj.Exported() && SeesInternal(v.Package, obj.Pkg().Path())
}

// owns reports whether a name is predeclared or the package's own.
func (v viewer) owns(obj types.Object) bool { return obj.Pkg() == nil || obj.Pkg().Path() == v.Path() }

func (v viewer) unnameable(t types.Type) types.Object {
	switch t := t.(type) {
	case named:
		if v.mayMention(t.Obj()) {
			return v.first(t.TypeArgs().Types())
		}
		if instead := v.instead(t); instead != nil && v.unnameable(instead) == nil {
			return nil
		}
		return t.Obj()
	case *types.Map:
		if obj := v.unnameable(t.Key()); obj != nil {
			return obj
		}
		return v.unnameable(t.Elem())
	case interface{ Elem() types.Type }: // pointers, slices, arrays, channels
		return v.unnameable(t.Elem())
	case *types.Signature:
		return v.inSignature(t)
	case *types.Struct:
		return v.inStruct(t)
	case *types.Interface:
		return v.inInterface(t)
	}
	return nil
}

// instead returns what can be named in place of a type that cannot; nil for nothing.
func (v viewer) instead(t named) types.Type {
	if alias, ok := t.(*types.Alias); ok {
		return alias.Rhs()
	}
	packages := slices.Clone(v.Imports())
	slices.SortFunc(packages, func(a, b *types.Package) int { // what is near in the tree of packages is first
		path := t.Obj().Pkg().Path()
		return cmp.Or(cmp.Compare(commonPrefix(b.Path(), path), commonPrefix(a.Path(), path)), cmp.Compare(a.Path(), b.Path()))
	})
	for _, pkg := range slices.Insert(packages, 0, v.Package) {
		for _, name := range pkg.Scope().Names() {
			obj, ok := pkg.Scope().Lookup(name).(*types.TypeName)
			if !ok || !obj.IsAlias() || !v.mayMention(obj) {
				continue
			}
			if alias := instantiate(obj, t.TypeArgs()); alias != nil && types.Identical(alias, t) {
				return alias
			}
		}
	}
	return nil
}

// instantiate returns the type of an alias: with the type arguments, if it takes as many.
func instantiate(obj *types.TypeName, args *types.TypeList) types.Type {
	alias, ok := obj.Type().(*types.Alias)
	if !ok || alias.TypeParams().Len() == 0 {
		return obj.Type()
	}
	if alias.TypeParams().Len() != args.Len() {
		return nil
	}
	instance, err := types.Instantiate(nil, alias, slices.Collect(args.Types()), true)
	if err != nil {
		return nil
	}
	return instance
}

func commonPrefix(a, b string) int {
	n := 0
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	return n
}

// first returns what keeps files from naming the first of the types that they cannot name; nil if
// they can name all.
func (v viewer) first(all func(yield func(types.Type) bool)) types.Object {
	for t := range all {
		if obj := v.unnameable(t); obj != nil {
			return obj
		}
	}
	return nil
}

func (v viewer) inSignature(t *types.Signature) types.Object {
	for _, tuple := range []*types.Tuple{t.Params(), t.Results()} {
		for variable := range tuple.Variables() {
			if obj := v.unnameable(variable.Type()); obj != nil {
				return obj
			}
		}
	}
	return nil
}

// inStruct returns what keeps files from naming a struct type; nil if nothing does. An embedded
// alias gives its name to the field, so nothing else can stand there.
func (v viewer) inStruct(t *types.Struct) types.Object {
	for f := range t.Fields() {
		if !f.Exported() && !v.owns(f) {
			return f
		}
		if alias, ok := f.Type().(*types.Alias); ok && f.Embedded() && !v.mayMention(alias.Obj()) {
			return alias.Obj()
		}
		if obj := v.unnameable(f.Type()); obj != nil {
			return obj
		}
	}
	return nil
}

func (v viewer) inInterface(t *types.Interface) types.Object {
	for m := range t.ExplicitMethods() {
		if !m.Exported() && !v.owns(m) {
			return m
		}
		if obj := v.inSignature(m.Signature()); obj != nil {
			return obj
		}
	}
	return v.first(t.EmbeddedTypes())
}
