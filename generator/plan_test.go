package generator

import (
	"fmt"
	"runtime"
	"slices"
	"strings"
	"testing"
)

// Packages that are planned at the same time use the same policies, and all that is said is what
// would be said of one package. The race detector tells if the shelf does not guard the policies.
func TestPackagesSharePolicies(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(10))
	const wrong = "\n//resilgen:policy\n//resilgen:retry on=io.Eof\nconst Wrong = \"wrong\"\n"
	policies, uses := "package policies\n", []string{}
	for i := range 100 {
		policies += fmt.Sprintf("\n//resilgen:policy\n//resilgen:retry on=io.EOF\nconst P%d = \"p%[1]d\"\n", i)
		uses = append(uses, fmt.Sprintf("example.com/policies.P%d", i))
	}
	for what, tt := range map[string]struct {
		policies string
		uses     []string
		want     string
	}{
		"right": {policies, uses, "[]"},
		"one wrong": {policies + wrong, append(uses, "example.com/policies.Wrong"),
			"[policies/policies.go:404:21: package io declares no Eof (did you mean io.EOF?)]"},
	} {
		t.Run(what, func(t *testing.T) {
			m := newModule(t, map[string]string{"policies/policies.go": tt.policies})
			var wrapped, got []string
			for i := range 20 {
				name := fmt.Sprintf("p%02d", i)
				wrapped = append(wrapped, "example.com/users/"+name)
				m.write("users/"+name+"/p.go", "package "+name+"\n\n//resilgen:wrap\n//resilgen:use "+strings.Join(tt.uses, ",")+
					"\ntype Store interface{ Get() error }\n")
			}
			result := m.generate("./users/...")
			if said := m.relative(fmt.Sprint(result.Diagnostics)); said != tt.want {
				t.Errorf("got %s\nwant %s", said, tt.want)
			}
			for _, i := range result.Interfaces {
				got = append(got, i.Package)
			}
			if !slices.Equal(got, wrapped) {
				t.Errorf("interfaces of %q, want of %q", got, wrapped)
			}
		})
	}
}
