package conformance

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"go.uber.org/goleak"
)

var update = flag.Bool("update", false, "rewrite README.md")

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// A scenario is one case.
type scenario struct {
	number string
	source source
	shows  string
	test   func(*testing.T)
}

// A source is where a case comes from.
type source string

// The sources.
const (
	microProfile source = "MicroProfile Fault Tolerance TCK"
	failsafe     source = "failsafe-go"
	polly        source = "Polly v8"
	resilience4j source = "resilience4j"
	hystrix      source = "Hystrix"
	aws          source = "AWS SDK"
	grpc         source = "gRPC A6"
	finagle      source = "Finagle"
	gobreaker    source = "gobreaker"
	cenkalti     source = "cenkalti/backoff"
	wasabi       source = "WASABI (SOSP 2024)"
	own          source = "our own"
)

// TestConformance plays every case, each in virtual time and a bubble of its own: what a case leaves running fails it. What README.md says
// is written down from the run, so it cannot claim what did not pass.
func TestConformance(t *testing.T) {
	var table bytes.Buffer
	cases := slices.Concat(retryCases, budgetCases, breakerCases, limitCases, fallbackCases, hedgeCases)
	ran := 0
	for _, c := range cases {
		passed := t.Run(c.number, func(t *testing.T) {
			ran++
			if c.source == "" || c.shows == "" {
				t.Error("the table does not say what it shows, or where it comes from")
			}
			c.test(t)
		})
		fmt.Fprintf(&table, "| %s | %s | %s | %s |\n", c.number, c.source, c.shows, map[bool]string{true: "pass", false: "**fail**"}[passed])
	}
	if ran < len(cases) {
		return // -run asked for some of them: that is nothing to write down
	}
	t.Run("README", func(t *testing.T) { compareREADME(t, head+table.String()) })
}

const head = `# Cases that other people wrote

Scenarios of the public test suites of this field, each played through a generated wrapper in virtual time, with exact numbers. The setup of a
case is the annotated interface of its name in this folder. This table is written by its test run: ` + "`go test ./generator -update`" + `.

| case | from | what it shows | |
|---|---|---|---|
`

func compareREADME(t *testing.T, text string) {
	if strings.Contains(text, "**fail**") {
		t.Fatal("not all cases pass")
	}
	old, err := os.ReadFile("README.md")
	if err == nil && string(old) == text {
		return
	}
	if !*update {
		t.Fatalf("README.md says otherwise (%v): run go test ./generator -update. Now:\n%s", err, text)
	}
	if err := os.WriteFile("README.md", []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// virtual makes the test of a case that takes time.
func virtual(f func(t *testing.T)) func(*testing.T) {
	return func(t *testing.T) { synctest.Test(t, f) }
}
