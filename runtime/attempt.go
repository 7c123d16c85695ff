package resil

import (
	"context"
	"errors"
	"time"
)

// This file runs what a breaker judges: one attempt, or one whole call. Whatever happens to it, the breaker is told: what the user brings
// (the method, an error's methods, a predicate of the annotation) may panic or end the goroutine.

// judgedAttempt runs one attempt, under the breaker if that judges attempts.
func (g *regime) judgedAttempt(c *call, w work) (err error) {
	var t ticket
	b := g.breaker
	if g.perCall {
		b = nil
	}
	if b != nil {
		if t, err = b.begin(); err != nil {
			return err
		}
	}
	returned := false
	defer g.attemptAbandoned(b, &t, &returned)
	err = g.limited(c, w, &t)
	returned = true
	if err == nil && !g.left.Load() && (b == nil || b.passes(t)) {
		if b == nil {
			g.successes.add()
		} else {
			g.succeeded()
		}
		return nil
	}
	return g.attemptEnded(c.ctx, b, t, err)
}

// attemptEnded is the rest of judgedAttempt for what is not just a success like all others.
func (g *regime) attemptEnded(ctx context.Context, b *breaker, t ticket, err error) error {
	judged := false
	defer g.attemptAbandoned(b, &t, &judged)
	o := g.judge(ctx, err)
	judged = true
	g.stats.attemptEnded(g, err)
	g.tellBreaker(b, t, o, err)
	return err
}

// tellBreaker settles an outcome, if there is a breaker. One that this guard has left learns no more than that a probe is over; one that judges
// something else by now, how that ended.
func (g *regime) tellBreaker(b *breaker, t ticket, o outcome, cause error) {
	if b == nil {
		return
	}
	if g.left.Load() && (t.probe == nil || g.now.Load().breaker != b) {
		o = neither
	}
	b.settle(t, o, cause)
}

// attemptAbandoned takes note of an attempt that did not return, or could not be judged, and lets what was thrown go on up. It is deferred.
func (g *regime) attemptAbandoned(b *breaker, t *ticket, returned *bool) {
	if !*returned {
		g.attemptThrew(b, *t, recover())
	}
}

// attemptThrew takes the outcome of an attempt that did not return, and goes on with what it was thrown: a panic is a failure. Nothing thrown is
// runtime.Goexit, which is neither, and ends the goroutine whatever we do here.
func (g *regime) attemptThrew(b *breaker, t ticket, thrown any) {
	g.stats.attempts.Add(1)
	g.tellBreaker(b, t, outcomeOf(thrown), errPanicked)
	if thrown != nil {
		panic(thrown)
	}
}

// outcomeOf returns what it says about the other side that something was thrown.
func outcomeOf(thrown any) outcome {
	if thrown != nil {
		return failure
	}
	return neither
}

var errPanicked = errors.New("the call panicked")

// judgedCall runs a whole call under a breaker that judges calls.
func (g *regime) judgedCall(c *call, w work) error {
	b := g.breaker
	t, err := b.begin()
	if err != nil {
		return err
	}
	if g.timed {
		t.began = time.Now()
	}
	judged := false
	defer func() {
		if judged {
			return
		}
		thrown := recover()
		g.tellBreaker(b, t, outcomeOf(thrown), errPanicked)
		if thrown != nil {
			panic(thrown)
		}
	}()
	err = g.retried(c, w)
	if err == nil && !g.left.Load() && b.passes(t) {
		judged = true
		g.passed.add()
		return nil
	}
	o := g.judge(c.ctx, err)
	judged = true
	g.tellBreaker(b, t, o, err)
	return err
}
