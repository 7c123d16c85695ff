package generator

import (
	"path/filepath"
	"testing"
)

// A call that is to wait for an open breaker must be able to outlive the open time; one that waits for another client's breaker need not.
// The other contradictions across policies are in ../testdata/errors/across.txtar, whose module does not know the runtime.
func TestRetryOfOpenBreaker(t *testing.T) {
	path, err := filepath.Abs("testdata/runtime/p.go")
	if err != nil {
		t.Fatal(err)
	}
	const rejected = "retry: on=resil.ErrOpen waits until the breaker lets a probe through, and call=5s <= open=5s: the wait could not outlive the open time"
	for policies, want := range map[string]string{
		"//resilgen:retry on=resil.ErrOpen\n//resilgen:breaker open=5s":                                              "",
		"//resilgen:retry on=resil.ErrOpen\n//resilgen:breaker open=5s\n//resilgen:timeout call=6s":                  "",
		"//resilgen:retry on=resil.ErrOpen\n//resilgen:breaker open=5s\n//resilgen:timeout call=5s":                  rejected,
		"//resilgen:retry on=resil.ErrOpen\n//resilgen:timeout call=5s":                                              "",
		"//resilgen:retry on=resil.ErrTimeout\n//resilgen:breaker open=5s\n//resilgen:timeout call=5s":               "",
		"//resilgen:retry on=resil.ErrTimeout,resil.ErrOpen\n//resilgen:breaker open=5s\n//resilgen:timeout call=5s": rejected,
	} {
		source := "package p\n\nimport \"context\"\n\n//resilgen:wrap\n" + policies + "\ntype Store interface{ Get(ctx context.Context) error }\n"
		result, err := Generate(t.Context(), Request{Dir: "testdata/runtime", Overlay: map[string][]byte{path: []byte(source)}})
		if err != nil {
			t.Fatal(err)
		}
		got, line := "", 0
		for _, d := range result.Diagnostics {
			got, line = got+d.Message, d.Pos.Line
		}
		if got != want || want != "" && line != 6 {
			t.Errorf("%s\ngot  %d: %s\nwant 6: %s", policies, line, got, want)
		}
	}
}
