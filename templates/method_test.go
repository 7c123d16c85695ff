package templates

import (
	"testing"

	resil "github.com/resilgen/resilgen/runtime"
)

func TestMethodDoc(t *testing.T) {
	noContext := LeftOut{Policy: "timeout", Reason: "it takes no context"}
	noHedge := LeftOut{Policy: "hedge", Reason: noContext.Reason}
	consumed := LeftOut{Policy: "retry", Reason: "an attempt consumes body"}
	retry := resil.Policy{Retry: &resil.Retry{}}
	for want, m := range map[string]Method{
		"Get is guarded: retry.": {Policy: retry},
		"Get is guarded: retry (shared by the client), timeout.": { // which no retry is
			Policy: resil.Policy{Retry: &resil.Retry{}, Timeout: &resil.Timeout{}},
			Shared: []Shared{{"retry", "shared by the client"}, {"breaker", "shared as db"}},
		},
		"Get is guarded: retry, timeout.": {
			Policy: resil.Policy{Retry: &resil.Retry{}, Timeout: &resil.Timeout{}},
		},
		"Get is guarded: retry. Left out: timeout (it takes no context).": {
			Policy: retry, LeftOut: []LeftOut{noContext},
		},
		"Get is guarded: retry. Left out: timeout and hedge (it takes no context).": {
			Policy: retry, LeftOut: []LeftOut{noContext, noHedge},
		},
		"Get is guarded: fallback. Left out: timeout and hedge (it takes no context), retry (an attempt consumes body).": {
			Fallback: &Func{}, LeftOut: []LeftOut{noContext, consumed, noHedge},
		},
		"Get passes through: it takes no context. Left out: retry (an attempt consumes body).": {
			Reason: noContext.Reason, LeftOut: []LeftOut{noContext, noHedge, consumed},
		},
		"Get passes through.":                              {},
		"Get passes through: it has no error to judge by.": {Reason: "it has no error to judge by"},
		"Get passes through: it takes no context.": { // the reason is not told twice
			Reason: noContext.Reason, LeftOut: []LeftOut{noContext},
		},
		"Get passes through: it is a stream. Left out: timeout (it takes no context).": {
			Reason: "it is a stream", LeftOut: []LeftOut{{Policy: "retry", Reason: "it is a stream"}, noContext},
		},
	} {
		m.Name = "Get"
		if got := m.doc(); got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
	}
}

func TestArticle(t *testing.T) {
	for name, want := range map[string]bool{
		"API": true, "Edge": true, "index": true, "Upload": true, "Untouched": true, "Ultra": true,
		"Payments": false, "User": false, "Unit": false, "URL": false, "Übel": false,
	} {
		if got := vowel.MatchString(name); got != want {
			t.Errorf("%s takes an: %v, want %v", name, got, want)
		}
	}
}

func TestEnumerate(t *testing.T) {
	for want, words := range map[string][]string{
		"":                          nil,
		"retry":                     {"retry"},
		"retry and break":           {"retry", "break"},
		"retry, break and time out": {"retry", "break", "time out"},
	} {
		if got := enumerate(words); got != want {
			t.Errorf("enumerate(%q) = %q, want %q", words, got, want)
		}
	}
}
