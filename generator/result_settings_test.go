package generator

import (
	"fmt"
	"strings"
	"testing"
)

// Every setting in effect is told, and where it was written: closest wins, key by key, and what has
// no say is left out.
func TestSettings(t *testing.T) {
	m := newModule(t, map[string]string{"p.go": `package p

import "io"

//resilgen:wrap
//resilgen:retry
//resilgen:breaker failures=40% window=20
//resilgen:breaker methods=Put failures=5
type Store interface {
	//resilgen:retry attempts=2 rewind=seek
	Put(io.ReadSeeker) error

	//resilgen:retry off
	//resilgen:fallback nothing
	Get() error
}

func nothing(error) error { return nil }
`})
	result := m.explain()
	for _, d := range result.Diagnostics {
		t.Fatal(d)
	}
	var got strings.Builder
	for _, method := range result.Interfaces[0].Methods {
		for _, s := range method.Settings() {
			fmt.Fprintf(&got, "%s %d:%d %s\n", method.Name, s.Pos.Line, s.Pos.Column, s.Setting)
		}
	}
	const want = `Put 6:1 retry
Put 10:19 retry attempts=2
Put 0:0 retry initial=100ms
Put 0:0 retry multiplier=2
Put 0:0 retry max=5s
Put 0:0 retry jitter=full
Put 0:0 retry hint=30s
Put 0:0 retry budget=20%
Put 0:0 retry floor=10/s
Put 10:30 retry rewind=seek
Put 8:32 breaker failures=5
Put 0:0 breaker open=10s
Put 0:0 breaker jitter=10%
Put 0:0 breaker probes=3
Put 0:0 breaker per=attempt
Put 0:0 breaker scope=method
Get 7:20 breaker failures=40%
Get 0:0 breaker min=10
Get 7:33 breaker window=20
Get 0:0 breaker open=10s
Get 0:0 breaker jitter=10%
Get 0:0 breaker probes=3
Get 0:0 breaker per=attempt
Get 0:0 breaker scope=method
Get 14:22 fallback nothing
`
	if got.String() != want {
		t.Errorf("got:\n%s\nwant:\n%s", &got, want)
	}
}
