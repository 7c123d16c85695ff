package generator

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/goproxytest"
)

const (
	policiesMod = "module example.com/policies\n\ngo 1.26\n"
	policiesGo  = `package policies

// Critical is for calls that a customer waits for.
//
//resilgen:policy
//resilgen:use example.com/policies/base.Base
//resilgen:retry attempts=3
const Critical = "critical"

// Wrong is wrong.
//
//resilgen:policy
//resilgen:retry attempts=1
const Wrong = "wrong"

// Unused is wrong, which is nobody's business here.
//
//resilgen:policy
//resilgen:rety
const Unused = ""
`
	baseGo = `package base

//resilgen:policy
//resilgen:breaker failures=30%
const Base = "base"
`
)

// A policy is found in whichever way the go command finds its package, and what is wrong with it is
// said where its user can do something about it.
func TestPoliciesOfOtherModules(t *testing.T) {
	requires := func(more string) string {
		return "module example.com/pay\n\ngo 1.26\n\nrequire example.com/policies v1.2.0\n" + more
	}
	in := func(dir string, files map[string]string) map[string]string {
		for name, content := range map[string]string{"go.mod": policiesMod, "policies.go": policiesGo, "base/base.go": baseGo} {
			files[dir+name] = content
		}
		return files
	}
	for name, tt := range map[string]struct {
		files map[string]string
		dir   string // of the module pay
		place string // where the policy is found, as the end of a path
		isOwn bool   // what is wrong with it is said there
	}{
		"cache": {
			files: map[string]string{"go.mod": requires("")},
			place: "example.com/policies@v1.2.0/policies.go",
		},
		"replace": {
			files: in("policies/", map[string]string{"pay/go.mod": requires("replace example.com/policies => ../policies\n")}),
			dir:   "pay/",
			place: "policies/policies.go",
		},
		"workspace": {
			files: in("policies/", map[string]string{"go.work": "go 1.26\n\nuse ./pay\nuse ./policies\n", "pay/go.mod": requires("")}),
			dir:   "pay/",
			place: "policies/policies.go",
			isOwn: true,
		},
		"vendor": {
			files: in("vendor/example.com/policies/", map[string]string{
				"go.mod":             requires(""),
				"vendor/modules.txt": "# example.com/policies v1.2.0\n## explicit; go 1.26\nexample.com/policies\nexample.com/policies/base\n",
			}),
			place: "vendor/example.com/policies/policies.go",
		},
		"same module": {
			files: map[string]string{"go.mod": "module example.com\n\ngo 1.26\n", "policies/policies.go": policiesGo, "policies/base/base.go": baseGo},
			dir:   "pay/",
			place: "policies/policies.go",
			isOwn: true,
		},
	} {
		t.Run(name, func(t *testing.T) {
			serve(t)
			m := newModule(t, tt.files)
			m.write(tt.dir+"pay.go", "package pay\n\nimport _ \"example.com/policies\"\n\n"+
				"//resilgen:wrap\n//resilgen:use policies.Critical\ntype Store interface{ Get() error }\n")
			if name == "cache" {
				m.download()
			}
			pay := module{t, filepath.Join(m.dir, filepath.FromSlash(tt.dir))}

			result := pay.generate()
			for _, d := range result.Diagnostics {
				t.Fatal(d)
			}
			got := pay.explain().Interfaces[0].Methods[0]
			if want := "retry attempts=3 "; !strings.HasPrefix(got.Policy.String(), want) {
				t.Errorf("the policy is %q, want %q", got.Policy, want)
			}
			for i, want := range []string{tt.place + ":7:18 example.com/policies.Critical", "base/base.go:4:20 example.com/policies/base.Base"} {
				o := got.Origins[i]
				if place := fmt.Sprint(filepath.ToSlash(o.Pos.String()), " ", o.NamedPolicy); !strings.HasSuffix(place, want) {
					t.Errorf("the origin is %s, want %s", place, want)
				}
			}
			if file := string(result.Files[0].Content); !strings.Contains(file, "Names: []string{base.Base, policies.Critical},") {
				t.Errorf("the policies are not named:\n%s", file)
			}

			m.write(tt.dir+"pay.go", "package pay\n\n//resilgen:wrap\n//resilgen:use example.com/policies.Wrong\ntype Store interface{ Get() error }\n")
			wrong := pay.generate().Diagnostics
			if len(wrong) != 1 {
				t.Fatalf("got %v", wrong)
			}
			const mistake = "retry attempts=1: want a number"
			text := filepath.ToSlash(wrong[0].String())
			if tt.isOwn {
				if want := tt.place + ":13:18: " + mistake; !strings.Contains(text, want) {
					t.Errorf("got %s, want %s", text, want)
				}
				return
			}
			if want := "pay.go:4:16: example.com/policies.Wrong is wrong: " + mistake; !strings.Contains(text, want) {
				t.Errorf("got %s, want %s", text, want)
			}
			where := filepath.ToSlash(fmt.Sprint(wrong[0].Related))
			if want := tt.place + ":13:18"; !strings.Contains(where, want) {
				t.Errorf("the mistake is said to be at %s, want %s", where, want)
			}
		})
	}
}

// serve makes the go command get example.com/policies v1.2.0 from here, into a cache of its own.
func serve(t *testing.T) {
	t.Helper()
	dir := t.TempDir()
	archive := "a module\n-- .mod --\n" + policiesMod + "-- .info --\n{\"Version\":\"v1.2.0\"}\n-- go.mod --\n" + policiesMod +
		"-- policies.go --\n" + policiesGo + "-- base/base.go --\n" + baseGo
	if err := os.WriteFile(filepath.Join(dir, "example.com_policies_v1.2.0.txtar"), []byte(archive), 0o666); err != nil {
		t.Fatal(err)
	}
	server, err := goproxytest.NewServer(dir, "")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(server.Close)
	t.Setenv("GOPROXY", server.URL)
	t.Setenv("GONOSUMDB", "*")
	t.Setenv("GOMODCACHE", t.TempDir())
	t.Setenv("GOFLAGS", "-modcacherw") // so that it can be removed
}

// download puts what the module requires into the cache.
func (m module) download() {
	m.t.Helper()
	cmd := exec.Command("go", "mod", "download", "all")
	cmd.Dir = m.dir
	if out, err := cmd.CombinedOutput(); err != nil {
		m.t.Fatalf("%v\n%s", err, out)
	}
}
