package resil_test

import (
	"errors"
	"testing"
	"testing/synctest"
	"time"

	resil "github.com/resilgen/resilgen/runtime"
)

// TestBudget holds how many retries a client's budget allows.
func TestBudget(t *testing.T) {
	test := func(name, policy string, f func(t *testing.T, c *resil.Client, g *resil.Guard)) {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c := resil.NewClient("test.Client", t)
				f(t, c, c.Guard("Method", parse(t, policy)))
			})
		})
	}
	retries := func(c *resil.Client) (n int64) {
		for _, m := range c.Snapshot().Methods {
			n += m.Retries
		}
		return n
	}
	failing := func(t *testing.T, g *resil.Guard) { g.Do(t.Context(), outcome("F")) }

	test("retries are at most a share of the calls", "retry attempts=2 initial=0 budget=10% floor=0/s", func(t *testing.T, c *resil.Client, g *resil.Guard) {
		for range 10_000 {
			b := backend{next: answers(errBackend)} // the first attempt fails, a second would not
			g.Do(t.Context(), b.call)
		}
		if n := retries(c); n < 999 || n > 1001 {
			t.Errorf("%d retries", n)
		}
	})
	test("the floor is allowed without any calls", "retry attempts=2 initial=0 budget=0% floor=10/s", func(t *testing.T, c *resil.Client, g *resil.Guard) {
		for range 100 {
			failing(t, g)
			time.Sleep(10*time.Millisecond - 1)
		}
		if n := retries(c); n != 10 {
			t.Errorf("%d retries", n)
		}
	})
	test("a floor below one a second", "retry attempts=2 initial=0 budget=0% floor=0.3/s", func(t *testing.T, c *resil.Client, g *resil.Guard) {
		for range 60 {
			failing(t, g)
			time.Sleep(time.Second)
		}
		if n := retries(c); n != 15 { // one in four seconds, so as not to exceed it
			t.Errorf("%d retries", n)
		}
	})
	test("methods of a client have one budget", "retry attempts=2 initial=0 floor=0/s", func(t *testing.T, c *resil.Client, g *resil.Guard) {
		other := c.Guard("Other", parse(t, "retry attempts=2 initial=0 floor=0/s"))
		for range 100 {
			other.Do(t.Context(), outcome("S"))
		}
		for range 50 {
			failing(t, g)
		}
		if n := retries(c); n != 30 { // 20 % of 100 + 50 calls
			t.Errorf("%d retries", n)
		}
	})
	test("an exhausted budget ends the call", "retry initial=0 budget=0% floor=0/s", func(t *testing.T, c *resil.Client, g *resil.Guard) {
		b := backend{next: always(errBackend, 0)}
		err := g.Do(t.Context(), b.call)
		if e, ok := errors.AsType[*resil.Error](err); !ok || e.Reason != resil.ErrBudget || e.Attempts != 1 || !errors.Is(err, errBackend) || b.calls != 1 {
			t.Errorf("%v after %d calls", err, b.calls)
		}
		if m := c.Snapshot().Methods[0]; m.OverBudget != 1 || m.Retries != 0 {
			t.Errorf("%+v", m)
		}
	})
	test("what was saved up fades after ten seconds", "retry attempts=2 initial=0 floor=0/s", func(t *testing.T, c *resil.Client, g *resil.Guard) {
		for range 100 {
			g.Do(t.Context(), outcome("S"))
		}
		if left := c.Snapshot().BudgetLeft; left != 20 {
			t.Errorf("%d left", left)
		}
		time.Sleep(11 * time.Second)
		failing(t, g)
		if n := retries(c); n != 0 {
			t.Errorf("%d retries", n)
		}
	})
	test("none", "retry attempts=5 initial=0 budget=off", func(t *testing.T, c *resil.Client, g *resil.Guard) {
		for range 100 {
			failing(t, g)
		}
		if s := c.Snapshot(); retries(c) != 400 || s.BudgetLeft != -1 {
			t.Errorf("%+v", s)
		}
	})
}

// A hedge alone says nothing of the budget: it takes what the retries of the other methods bring,
// before it or behind.
func TestBudgetOfHedges(t *testing.T) {
	hedge, retry := parse(t, "hedge after=1s"), parse(t, "retry budget=30% floor=5/s")
	c := resil.NewClient("test.Client", t)
	c.Guard("First", hedge)
	c.Guard("Second", retry)
	c.Guard("Third", hedge)
	c.Guard("Fourth", retry)
	defer func() {
		if recover() == nil {
			t.Error("two budgets")
		}
	}()
	c.Guard("Fifth", parse(t, "retry budget=20%"))
}
