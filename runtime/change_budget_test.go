package resil_test

// This file holds the retry budget while files of overrides change it, and who has part in it.

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	resil "github.com/resilgen/resilgen/runtime"
)

// TestChangeBudget plays random calls of three methods, at a few instants that are so far apart
// that nothing is remembered from one to the next. At each the arithmetic is simple: retries and
// hedges are at most a share of the calls, and so many are allowed in any case. Only methods that
// have part in the budget count, from when they join; what those did that left may or may not count
// any more. So the reference knows bounds: it says which retries must be, and which must not.
func TestChangeBudget(t *testing.T) {
	path := filepath.Join(t.TempDir(), "overrides.json")
	checkVirtually(t, func(r *rapid.T) func() error {
		s := drawBudgetScript(r)
		return func() error { return s.play(path) }
	})
}

// A budgetScript is what happens to a client with the methods Get and List, which retry, and Find,
// which hedges.
type budgetScript []budgetStep

// GoString is what rapid prints of a script that it has drawn; the failure says the rest.
func (s budgetScript) GoString() string { return fmt.Sprintf("%d steps", len(s)) }

// A budgetStep is time that passes, or a file, or calls.
type budgetStep struct {
	pass   bool
	file   string
	method string
	calls  int
	fails  int // attempts of each call, before one succeeds
}

// String returns the step as a line of the script.
func (s budgetStep) String() string {
	switch {
	case s.pass:
		return "a minute later"
	case s.file != "":
		return s.file
	}
	return fmt.Sprintf("%d calls of %s that fail %d times", s.calls, s.method, s.fails)
}

// budgetMethods are the methods. Nobody's budget differs from the others', or the client would be
// refused.
var budgetMethods = map[string]string{
	"Get":  "retry attempts=3 initial=0 budget=20% floor=10/s",
	"List": "retry attempts=3 initial=0 budget=20% floor=10/s",
	"Find": "hedge after=1s max=1",
}

func drawBudgetScript(r *rapid.T) budgetScript {
	step := rapid.Custom(func(r *rapid.T) budgetStep {
		switch rapid.IntRange(0, 9).Draw(r, "step") {
		case 0:
			return budgetStep{pass: true}
		case 1, 2:
			var says []string
			for _, m := range []string{"Get", "List"} {
				says = append(says, drawOf(r, m, "", fmt.Sprintf(`"%s": {"retry": "off"}`, m), fmt.Sprintf(`"%s": {"retry": {"budget": "off"}}`, m)))
			}
			says = append(says, drawOf(r, "share", "", `"retry": {"budget": "50%", "floor": "2/s"}`, `"retry": {"budget": "10%", "floor": "0/s"}`), drawOf(r, "hedge", "", "", `"hedge": "off"`))
			says = slices.DeleteFunc(says, func(s string) bool { return s == "" })
			return budgetStep{file: `{"clients": {"test.Client": {` + strings.Join(says, ", ") + `}}}`}
		}
		return budgetStep{
			method: drawOf(r, "method", "Get", "List", "Find"),
			calls:  drawOf(r, "calls", 1, 10, 50, 1000),
			fails:  drawOf(r, "fails", 3, 0, 1, 2),
		}
	})
	return rapid.Custom(func(r *rapid.T) budgetScript { return rapid.SliceOfN(step, 1, 30).Draw(r, "steps") }).Draw(r, "script")
}

// A refBudget is what may count, at one instant.
type refBudget struct {
	share, floor   float64
	calls, retries bounds
	by             map[string]*budgetPart // that have part in it
	unknown        bool                   // only a hedge has, which brings no numbers
}

// A budgetPart is what one method did since it joined, as far as it may count.
type budgetPart struct{ calls, retries float64 }

// A bounds is a number that is known to lie in between.
type bounds struct{ least, most float64 }

func (b *bounds) add(n float64) { b.least, b.most = b.least+n, b.most+n }

// put is what a file does: who joins begins now, who leaves may take along what it did.
func (b *refBudget) put(c *resil.Client) error {
	if c.Method("Find").Policy().Retry != nil {
		return errors.New("Find retries, which its annotation does not say")
	}
	left := false
	b.unknown = true
	for _, m := range []string{"Get", "List", "Find"} {
		p := c.Method(m).Policy()
		joins := p.Hedge != nil || p.Retry != nil && !p.Retry.Unbudgeted
		if p.Retry != nil && joins {
			b.share, b.floor, b.unknown = p.Retry.Budget, p.Retry.Floor, false
		}
		switch part := b.by[m]; {
		case joins && part == nil:
			b.by[m] = &budgetPart{}
		case !joins && part != nil:
			b.calls.least = max(0, b.calls.least-part.calls)
			b.retries.least = max(0, b.retries.least-part.retries)
			delete(b.by, m)
			left = true
		}
	}
	if left && len(b.by) == 0 {
		b.calls.least, b.retries.least = 0, 0 // nobody's budget may be forgotten
	}
	return nil
}

// passes forgets everything.
func (b *refBudget) passes() {
	b.calls, b.retries = bounds{}, bounds{}
	for _, part := range b.by {
		*part = budgetPart{}
	}
}

// called counts a call. Some count when they end.
func (b *refBudget) called(m string, least float64) {
	if part := b.by[m]; part != nil {
		part.calls++
		b.calls.least += least
		b.calls.most++
	}
}

// asked returns what is wrong with a retry that was made or not.
func (b *refBudget) asked(m string, granted bool) error {
	part := b.by[m]
	if part == nil {
		if !granted {
			return errors.New("refused without a budget")
		}
		return nil
	}
	must := b.share*b.calls.least-b.retries.most >= 1 || b.retries.most+1 <= b.floor
	may := b.share*b.calls.most-b.retries.least >= 1-1e-3 || b.retries.least+1 <= b.floor
	switch {
	case granted && !may && !b.unknown:
		return fmt.Errorf("a retry too many: %+v", *b)
	case !granted && must && !b.unknown:
		return fmt.Errorf("a retry was refused: %+v", *b)
	case granted:
		part.retries++
		b.retries.add(1)
	}
	return nil
}

func (s budgetScript) play(path string) error {
	if err := os.WriteFile(path, []byte("{}"), 0o600); err != nil {
		return err
	}
	o, err := resil.LoadOverrides(path)
	if err != nil {
		return err
	}
	c := resil.New("test.Client", s, resil.WithOverrides(o))
	for _, m := range []string{"Get", "List", "Find"} {
		p, err := resil.ParsePolicy(budgetMethods[m])
		if err != nil {
			return err
		}
		c.Guard(m, p)
	}
	c.Ready()
	b := refBudget{share: 0.2, floor: 10, by: map[string]*budgetPart{}}
	if err := b.put(c); err != nil {
		return err
	}
	for i, step := range s {
		if err := b.step(c, o, path, step); err != nil {
			var lines []string
			for _, step := range s[:i+1] {
				lines = append(lines, step.String())
			}
			return fmt.Errorf("\n%s\n%w", strings.Join(lines, "\n"), err)
		}
	}
	return nil
}

func (b *refBudget) step(c *resil.Client, o *resil.Overrides, path string, s budgetStep) error {
	switch {
	case s.pass:
		// What was counted last has to be forgotten, too.
		for _, d := range []time.Duration{2 * time.Second, time.Minute} {
			time.Sleep(d)
			b.passes()
			b.look(c)
		}
		return nil
	case s.file != "":
		if err := os.WriteFile(path, []byte(s.file), 0o600); err != nil {
			return err
		}
		_ = o.Reload() // one that shares differ in is refused
		return b.put(c)
	}
	for range s.calls {
		if err := b.call(c.Method(s.method), s.method, s.fails); err != nil {
			return err
		}
	}
	return nil
}

// look makes the budget look at the clock, by a call that fails of each method that has part in it:
// what it is asked for later counts as of now, and not as if spread over the time that has passed.
// Nothing is known of how these calls count.
func (b *refBudget) look(c *resil.Client) {
	b.calls.most = 3
	for _, m := range []string{"Get", "List", "Find"} {
		if b.by[m] == nil {
			continue
		}
		n, _ := try(c.Method(m), m, 1)
		b.retries.add(float64(n - 1))
		b.by[m].retries += float64(n - 1)
	}
}

// call makes one call, and holds what the budget did.
func (b *refBudget) call(g *resil.Guard, m string, fails int) error {
	if m == "Find" {
		return b.hedged(g, fails)
	}
	b.called(m, 1)
	n, err := try(g, m, fails)
	limit := 1
	if g.Policy().Retry != nil {
		limit = 3
	}
	for asked := 1; asked <= fails && asked < limit; asked++ {
		granted := n > asked
		if wrong := b.asked(m, granted); wrong != nil {
			return fmt.Errorf("%s: %w", m, wrong)
		}
		if !granted {
			if !errors.Is(err, resil.ErrBudget) || !errors.Is(err, errBackend) {
				return fmt.Errorf("%s: the error of a call that the budget ended: %w", m, err)
			}
			break
		}
	}
	return nil
}

// hedged makes one call whose first attempt fails, upon which the second begins if the budget
// allows it.
func (b *refBudget) hedged(g *resil.Guard, fails int) error {
	b.called("Find", 0)
	n, _ := try(g, "Find", fails)
	if fails > 0 && g.Policy().Hedge != nil {
		if wrong := b.asked("Find", n > 1); wrong != nil {
			return fmt.Errorf("Find: %w", wrong)
		}
	}
	if b.by["Find"] != nil {
		b.calls.least++
	}
	return nil
}

// try makes one call, and returns how many attempts there were.
func try(g *resil.Guard, method string, fails int) (attempts int, err error) {
	fn := func(context.Context) error {
		attempts++
		if attempts <= fails {
			return errBackend
		}
		return nil
	}
	if method != "Find" {
		err = g.Do(context.Background(), fn)
		return attempts, err
	}
	_, err = resil.Hedged(context.Background(), g, func(ctx context.Context) (int, error) { return 0, fn(ctx) }, nil)
	return attempts, err
}
