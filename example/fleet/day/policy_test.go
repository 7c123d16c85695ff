package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// attempts is a program that says how often orders ask a stock that fails.
const attempts = `package main

import (
	"context"
	"errors"
	"fmt"

	"example.com/fleet/orders"
)

type failing int

func (f *failing) Reserve(context.Context, string, string) error {
	*f++
	return errors.New("no luck today")
}

func main() {
	var stock failing
	_ = orders.NewResilientStock(&stock).Reserve(context.Background(), "order-1", "tea")
	fmt.Println(int(stock), "attempts")
}
`

// TestPolicyChange walks the way of a changed number, in a copy of the fleet: check finds the
// services that do not have it yet, explain says where it comes from, and when the code has been
// generated anew, the services behave by it; not before.
func TestPolicyChange(t *testing.T) {
	f := copyFleet(t)
	f.run(t, 0, "go tool resilgen check work")
	f.run(t, 0, "go run ./day/attempts", "3 attempts\n")

	before, after, ok := strings.Cut(f.read(t, "policies/policies.go"), "attempts=3")
	if !ok {
		t.Fatal("the policy is another than this test changes")
	}
	f.write(t, "policies/policies.go", before+"attempts=2"+after)

	f.run(t, 1, "go tool resilgen check work",
		"orders/orders_resil.go: stale", "shop/shop_resil.go: stale", "\n-\t\t\t\tAttempts:   3,\n+\t\t\t\tAttempts:   2,\n")
	line := strings.Count(before, "\n") + 1
	f.run(t, 0, "go tool resilgen explain ./orders", fmt.Sprintf("policies/policies.go:%d ", line), "attempts=2 initial=20ms")
	f.run(t, 0, "go run ./day/attempts", "3 attempts\n")

	f.run(t, 0, "go generate work")
	f.run(t, 0, "go tool resilgen check work")
	f.run(t, 0, "go run ./day/attempts", "2 attempts\n")
}

// TestPolicyRemoved: a policy that somebody uses cannot vanish unnoticed, not even where nobody
// checks or generates.
func TestPolicyRemoved(t *testing.T) {
	f := copyFleet(t)
	f.write(t, "policies/policies.go", "package policies\n")
	f.run(t, 1, "go build ./orders", "undefined: policies.Critical")
	f.run(t, 1, "go tool resilgen check ./orders", "orders/orders.go:19:")
}

// A fleetCopy is the path of a copy of this workspace, for tests that change it.
type fleetCopy string

func copyFleet(t *testing.T) fleetCopy {
	t.Helper()
	root, err := filepath.Abs("../../..")
	if err != nil {
		t.Fatal(err)
	}
	f := fleetCopy(t.TempDir())
	if err := os.CopyFS(string(f), os.DirFS("..")); err != nil {
		t.Fatal(err)
	}
	f.write(t, "go.work", f.read(t, "go.work")+"\nreplace github.com/resilgen/resilgen => "+root+"\n")
	if err := os.Mkdir(filepath.Join(string(f), "day", "attempts"), 0o755); err != nil {
		t.Fatal(err)
	}
	f.write(t, "day/attempts/main.go", attempts)
	return f
}

func (f fleetCopy) read(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(string(f), name))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func (f fleetCopy) write(t *testing.T, name, text string) {
	t.Helper()
	write(t, filepath.Join(string(f), name), text)
}

// run runs a command, and holds what its exit status is and what it says.
func (f fleetCopy) run(t *testing.T, status int, command string, says ...string) {
	t.Helper()
	words := strings.Fields(command)
	c := exec.CommandContext(t.Context(), words[0], words[1:]...)
	c.Dir = string(f)
	output, err := c.CombinedOutput()
	if c.ProcessState == nil || c.ProcessState.ExitCode() != status {
		t.Fatalf("%s: %v, want exit status %d\n%s", command, err, status, output)
	}
	for _, s := range says {
		if !strings.Contains(string(output), s) {
			t.Errorf("%s does not say %q:\n%s", command, s, output)
		}
	}
}
