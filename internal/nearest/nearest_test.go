package nearest

import "testing"

func TestTo(t *testing.T) {
	candidates := []string{"retry", "breaker", "timeout", "off"}
	for word, want := range map[string]string{
		"rety": "retry", "Retry": "retry", "RETRY": "retry", "retrys": "retry", "braeker": "breaker", "timeouts": "timeout",
		"of": "off", "on": "", "hedge": "", "": "", "x": "", "o": "",
	} {
		if got := To(word, candidates); got != want {
			t.Errorf("%s: got %q, want %q", word, got, want)
		}
	}
	if got := To("cat", []string{"bat", "hat"}); got != "bat" {
		t.Errorf("of two that are equally near, got %q and not the first", got)
	}
}
