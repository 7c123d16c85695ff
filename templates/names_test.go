package templates

import (
	"go/types"
	"testing"
)

func TestLowerCamel(t *testing.T) {
	for name, want := range map[string]string{
		"Charge":     "charge",
		"ChargeCard": "chargeCard",
		"ID":         "id",
		"HTTPGet":    "httpGet",
		"GetURL":     "getURL",
		"X":          "x",
		"S3Put":      "s3Put",
		"Ärger":      "ärger",
		"Über_All":   "über_All",
		"_Hidden":    "_Hidden",
		"already":    "already",
		"Ⅷ":          "Ⅷ", // not an upper-case letter to Go, though it has a lower case
	} {
		if got := lowerCamel(name); got != want {
			t.Errorf("lowerCamel(%q) = %q, want %q", name, got, want)
		}
	}
}

func TestFreshNamesGiveWay(t *testing.T) {
	for _, tt := range []struct {
		held   []string
		wishes []string
		want   string
	}{
		{nil, []string{"next"}, "next"},
		{[]string{"next"}, []string{"next", "wrapped"}, "wrapped"},
		{[]string{"next", "wrapped"}, []string{"next", "wrapped"}, "wrapped2"},
		{[]string{"next", "next2", "next3"}, []string{"next"}, "next4"},
		{nil, []string{"range"}, "range2"},      // a keyword
		{nil, []string{"type", "arg1"}, "arg1"}, // a keyword, and a second wish
		{nil, []string{"close"}, "close"},       // predeclared names are in use only where they are held
		{nil, []string{"err"}, "err"},           // reserved by jennifer, not by Go
		{[]string{"err"}, []string{"err"}, "err2"},
		{[]string{"range2"}, []string{"range"}, "range3"},
	} {
		var s scope
		s.hold(tt.held...)
		got := s.fresh(tt.wishes...)
		if got != tt.want {
			t.Errorf("with %v in use, fresh(%v) = %q, want %q", tt.held, tt.wishes, got, tt.want)
		}
		if !s.has(got) {
			t.Errorf("fresh(%v) gave %q away and did not hold it", tt.wishes, got)
		}
	}
}

func TestImportNames(t *testing.T) {
	pkg := types.NewPackage("example.com/p", "p")
	pkg.Scope().Insert(types.NewVar(0, pkg, "time", types.Typ[types.Int]))
	f := &File{Package: pkg, Taken: []string{"log"}, Wrappers: []Wrapper{{Name: "ResilientP", Constructor: "NewResilientP"}}}
	got := importNames(f, map[string]string{
		"example.com/context": "context",
		"example.com/any":     "any",
		"example.com/err":     "err",
		"example.com/a/log":   "log",
		"example.com/b/log":   "log",
		"example.com/wrapped": "ResilientP",
		"io":                  "io",
	})
	for path, want := range map[string]string{
		contextPath:           "context", // ours choose first
		RuntimePath:           "resil",
		timePath:              "time2", // the package has a variable time
		"example.com/context": "context2",
		"example.com/any":     "any2",
		"example.com/err":     "err2",
		"example.com/a/log":   "log2", // a file that was not type-checked declares log
		"example.com/b/log":   "log3",
		"example.com/wrapped": "ResilientP2",
		"io":                  "io",
	} {
		if got[path] != want {
			t.Errorf("%s is called %q, want %q", path, got[path], want)
		}
	}
}

func TestExpectedName(t *testing.T) {
	for path, want := range map[string]string{
		"io":                           "io",
		"net/http":                     "http",
		"github.com/jackc/pgx/v5":      "pgx",
		"github.com/redis/go-redis/v9": "go-redis", // its name is redis, which nobody expects
		"gopkg.in/yaml.v3":             "yaml.v3",
		RuntimePath:                    "runtime",
	} {
		if got := ExpectedName(path); got != want {
			t.Errorf("%s: got %s, want %s", path, got, want)
		}
	}
}
