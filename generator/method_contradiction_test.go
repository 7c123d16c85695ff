package generator

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
)

// A call that is to wait for an open breaker must meet one, and be able to outlive the open time;
// one that waits for another client's breaker need not. The other contradictions across policies
// are in ../testdata/errors/policies_in_vain.txtar, whose module does not know the runtime.
func TestRetryOfOpenBreaker(t *testing.T) {
	path, err := filepath.Abs("testdata/runtime/p.go")
	if err != nil {
		t.Fatal(err)
	}
	const (
		waits   = "retry: on=resil.ErrOpen waits until the breaker lets a probe through, and "
		shorter = waits + "call=4.5s <= open=5s - jitter=10% = 4.5s: the wait could not outlive the open time"
		exact   = waits + "call=5s <= open=5s: the wait could not outlive the open time"
		outside = "retry: on=resil.ErrOpen has no effect with the breaker's per=call: it stands outside the retries, and no attempt meets it open"
	)
	for _, tt := range []struct {
		directives []string // from line 6 on
		want       string
	}{
		{[]string{"retry on=resil.ErrOpen", "breaker open=5s"}, ""},
		{[]string{"retry on=resil.ErrOpen", "breaker open=5s", "timeout call=4501ms"}, ""},
		{[]string{"retry on=resil.ErrOpen", "breaker open=5s", "timeout call=4500ms"}, "6: " + shorter},
		{[]string{"retry on=resil.ErrOpen", "breaker open=5s jitter=none", "timeout call=5001ms"}, ""},
		{[]string{"retry on=resil.ErrOpen", "breaker open=5s jitter=none", "timeout call=5s"}, "6: " + exact},
		{[]string{"retry on=resil.ErrOpen", "timeout call=5s"}, ""},
		{[]string{"retry on=resil.ErrTimeout", "breaker open=5s", "timeout call=4s"}, ""},
		{[]string{"retry on=resil.ErrTimeout,resil.ErrOpen", "breaker open=5s", "timeout call=4500ms"}, "6: " + shorter},
		{[]string{"use Waits", "breaker open=5s", "timeout call=4500ms"}, "7: " + shorter},

		{[]string{"retry on=resil.ErrOpen", "breaker per=call"}, "6: " + outside},
		{[]string{"retry on=resil.ErrOpen", "breaker open=5s per=call", "timeout call=4s"}, "6: " + outside},
		{[]string{"retry on=resil.ErrOpen", "breaker methods=G* per=call"}, "7: " + outside},
		{[]string{"retry on=resil.ErrOpen", "breaker per=call", "retry methods=Get off"}, ""},
		{[]string{"retry on=resil.ErrTimeout", "breaker per=call"}, ""},
		{[]string{"use Waits"}, ""},
		{[]string{"use Waits", "breaker per=call"}, "7: " + outside},
		{[]string{"use Waits,Whole"}, "6: " + outside + "\n10: Waits says retry on=resil.ErrOpen"},
	} {
		const policies = "//resilgen:policy\n//resilgen:retry on=resil.ErrOpen\nconst Waits = \"waits\"\n\n" +
			"//resilgen:policy\n//resilgen:breaker per=call\nconst Whole = \"whole\"\n"
		source := "package p; import \"context\"\n\n\n\n//resilgen:wrap\n//resilgen:" + strings.Join(tt.directives, "\n//resilgen:") +
			"\ntype Store interface{ Get(ctx context.Context) error }\n\n" + policies
		result, err := Generate(t.Context(), Request{Dir: "testdata/runtime", Overlay: map[string][]byte{path: []byte(source)}})
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, d := range result.Diagnostics {
			got = append(got, fmt.Sprintf("%d: %s", d.Pos.Line, d.Message))
			for _, r := range d.Related {
				got = append(got, fmt.Sprintf("%d: %s", r.Pos.Line, r.Message))
			}
		}
		if got := strings.Join(got, "\n"); got != tt.want {
			t.Errorf("%s\ngot  %s\nwant %s", tt.directives, got, tt.want)
		}
	}
}
