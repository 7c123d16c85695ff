package memory

// This file finds out what everything depends on: this program, the Go release with its settings,
// and the module files.

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"

	"golang.org/x/mod/modfile"
)

// format changes when what is kept under the same key would mean something else.
const format = "1"

// settings are the variables of the go command that have a say in which files belong to a package
// and what they mean.
var settings = []string{
	"GOMOD", "GOWORK", "GOFLAGS", "GOVERSION", "GOROOT", "GOCACHEPROG", // these are looked at below
	"GOOS", "GOARCH", "GO386", "GOAMD64", "GOARM", "GOARM64", "GOMIPS", "GOMIPS64", "GOPPC64", "GORISCV64", "GOWASM",
	"CGO_ENABLED", "CC", "CXX", "CGO_CFLAGS", "CGO_CPPFLAGS", "CGO_CXXFLAGS", "PKG_CONFIG",
	"GOEXPERIMENT", "GOFIPS140", "GO111MODULE", "GOMODCACHE", "GOCACHE", "GOPATH",
}

// A surroundings is what everything depends on.
type surroundings struct {
	key    Key
	places places
	files  []string // what says so
	texts  Key      // what these hold
}

// survey returns the surroundings of a run in dir; false where they cannot be known.
func survey(ctx context.Context, dir string, flags []string) (surroundings, bool) {
	var s surroundings
	values, err := goEnv(ctx, dir)
	if err != nil || !isKnown(values) {
		return s, false
	}
	if self == "" {
		return s, false
	}
	if s.files, err = s.places.find(values[0], values[1]); err != nil {
		return s, false
	}
	if s.texts, err = textsOf(s.files); err != nil {
		return s, false
	}
	s.key = keyOf(slices.Concat([]string{format, self, os.Getenv("GODEBUG"), s.places.vendor, string(s.texts[:])}, values, flags)...)
	return s, true
}

// textsOf returns the hash of what files hold. That one does not exist is another thing than that
// it is empty.
func textsOf(files []string) (Key, error) {
	var texts []string
	for _, path := range files {
		content, err := os.ReadFile(path)
		if err == nil {
			texts = append(texts, path, string(content))
		} else if !os.IsNotExist(err) {
			return Key{}, err
		}
	}
	return keyOf(texts...), nil
}

// isUnchanged reports whether the module files are what they were.
func (s surroundings) isUnchanged() bool {
	now, err := textsOf(s.files)
	return err == nil && now == s.texts
}

// goEnv returns the values of settings.
func goEnv(ctx context.Context, dir string) ([]string, error) {
	cmd := exec.CommandContext(ctx, "go", append([]string{"env"}, settings...)...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "PWD="+dir) // by which the go command knows through which symlink dir was reached
	out, err := cmd.Output()
	if err != nil {
		return nil, err
	}
	values := strings.Split(strings.ReplaceAll(string(out), "\r\n", "\n"), "\n")
	if len(values) != len(settings)+1 { // behind the last there is a newline
		return nil, fmt.Errorf("go env printed %d lines", len(values)-1)
	}
	return values[:len(settings)], nil
}

// isKnown reports whether the settings are all there is to know.
func isKnown(values []string) bool {
	mod, work, flags, version, root, cache := values[0], values[1], values[2], values[3], values[4], values[5]
	switch {
	case mod == "" || mod == os.DevNull && !isFile(work):
		return false // no module
	case isWithin(mod, root), strings.HasPrefix(version, "devel"):
		return false // the standard library may change
	case strings.Contains(flags, "-overlay"), strings.Contains(flags, "-modfile"):
		return false // files stand in for others
	case strings.Contains(flags, "-toolexec"), strings.Contains(flags, "-compiler"), cache != "":
		return false // other programs make export data, or decide where it lies
	}
	switch driver := os.Getenv("GOPACKAGESDRIVER"); driver {
	case "off":
		return true
	case "":
		_, err := exec.LookPath("gopackagesdriver")
		return err != nil
	}
	return false
}

// isFile reports whether a value of GOWORK is the path of a file.
func isFile(work string) bool { return filepath.IsAbs(work) }

// isWithin reports whether a path lies in a directory.
func isWithin(path, dir string) bool {
	return strings.HasPrefix(path, filepath.Clean(dir)+string(filepath.Separator))
}

// self tells this program from other versions of it; "" if nothing does. It is looked at when the
// program starts: later, another one may lie in its place. Where all files are made to look equally
// old, as in images and packages, there still is what the program was built from.
var self = func() string {
	path, err := os.Executable()
	if err != nil {
		return ""
	}
	info, err := os.Stat(path)
	if err != nil {
		return ""
	}
	built, _ := debug.ReadBuildInfo()
	return fmt.Sprint(path, " ", info.Size(), " ", info.ModTime().UnixNano(), "\n", built)
}()

// find finds the places of a module or workspace, and returns the files that say so.
func (p *places) find(mod, work string) (files []string, err error) {
	mods := []string{mod}
	root := filepath.Dir(mod)
	if isFile(work) {
		root = filepath.Dir(work)
		files = append(files, work, work+".sum")
		parsed, err := parse(work, modfile.ParseWork)
		if err != nil {
			return nil, err
		}
		mods = nil
		for _, use := range parsed.Use {
			mods = append(mods, filepath.Join(inDir(root, use.Path), "go.mod"))
		}
		p.replaced(root, parsed.Replace)
	}
	for _, path := range mods {
		parsed, err := parse(path, modfile.Parse)
		if err != nil {
			return nil, err
		}
		dir := filepath.Dir(path)
		files = append(files, path, filepath.Join(dir, "go.sum"))
		if parsed.Module != nil {
			p.modules = append(p.modules, place{parsed.Module.Mod.Path, dir})
		}
		p.replaced(dir, parsed.Replace)
	}
	for _, m := range p.modules {
		files = append(files, filepath.Join(m.dir, "go.mod"))
	}
	vendor := filepath.Join(root, "vendor")
	if info, err := os.Stat(vendor); err == nil && info.IsDir() { // which the go command heeds even if it is empty
		p.vendor = vendor
	}
	return append(files, filepath.Join(vendor, "modules.txt")), nil
}

// replaced adds modules that directories stand in for.
func (p *places) replaced(dir string, replacements []*modfile.Replace) {
	for _, r := range replacements {
		if r.New.Version == "" {
			p.modules = append(p.modules, place{r.Old.Path, inDir(dir, r.New.Path)})
		}
	}
}

// inDir returns a path of a module file in dir, made absolute.
func inDir(dir, path string) string {
	if path = filepath.FromSlash(path); filepath.IsAbs(path) {
		return filepath.Clean(path)
	}
	return filepath.Join(dir, path)
}

// parse reads a go.mod or go.work file.
func parse[T any](path string, read func(string, []byte, modfile.VersionFixer) (T, error)) (T, error) {
	content, err := os.ReadFile(path)
	parsed, parseErr := read(path, content, nil)
	return parsed, cmp.Or(err, parseErr)
}
