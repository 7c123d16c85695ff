package resil

// This file runs what a breaker judges: one attempt, or one whole call. Whatever happens to it, the
// breaker is told: what the user brings (the method, an error's methods, a predicate of the
// annotation) may panic or end the goroutine.

import (
	"context"
	"errors"
	"time"
)

// judgedAttempt runs one attempt, under the breaker if that judges attempts.
func (g *regime) judgedAttempt(c *call, w work) (err error) {
	b, t, err := g.beginAttempt()
	if err != nil {
		return err
	}
	returned := false
	defer g.attemptAbandoned(b, &t, &returned)
	err = g.limited(c, w, &t)
	returned = true
	if err == nil && !g.superseded.Load() && (b == nil || b.passes(t)) {
		if b == nil {
			g.successes.add()
		} else {
			g.succeeded()
		}
		return nil
	}
	return g.attemptEnded(c.ctx, b, t, err)
}

// beginAttempt asks the breaker that has the say whether an attempt may begin; nil if none has. A
// breaker that loses the say meanwhile lets pass what the next one rejects, or the other way round:
// then the next one is asked.
func (g *regime) beginAttempt() (b *breaker, t ticket, err error) {
	b, err = g.judgeOfAttempts()
	for b != nil {
		t, err = b.begin()
		now, rejection := g.judgeOfAttempts()
		if now == b {
			break
		}
		if err == nil {
			b.settle(t, neither, nil)
		}
		b, t, err = now, ticket{}, rejection
	}
	return b, t, err
}

// judgeOfAttempts returns the breaker that judges the next attempt; nil for none. Where the guard
// goes by another breaker than when the call began, the other one has the say: it keeps load away
// now. If that judges whole calls and rejects them, its rejection is the error.
func (g *regime) judgeOfAttempts() (*breaker, error) {
	r := g
	if g.superseded.Load() {
		if r = g.successor(); r.perCall && r.breaker.rejects() {
			return nil, r.breaker.reject.Load()
		}
	}
	if r.perCall {
		return nil, nil
	}
	return r.breaker, nil
}

// successor returns the regime that the guard's calls go by now, even if it was the guard of a key
// that was forgotten meanwhile.
func (g *regime) successor() *regime { return g.current().inForce.Load() }

// attemptEnded judges and counts an attempt that was not just a success like all others, and tells
// the breaker.
func (g *regime) attemptEnded(ctx context.Context, b *breaker, t ticket, err error) error {
	judged := false
	defer g.attemptAbandoned(b, &t, &judged)
	o := g.judge(ctx, err)
	judged = true
	g.stats.attemptEnded(g, err)
	g.tellBreaker(b, t, o, err)
	return err
}

// tellBreaker settles the outcome of an attempt with the breaker b by which it began; nil for none.
// Once the guard goes by another breaker, or b judges something else, outcomes count no more,
// except for that of a probe while the guard still goes by b. Of any other probe b learns that it
// is over.
func (g *regime) tellBreaker(b *breaker, t ticket, o outcome, cause error) {
	if b == nil {
		return
	}
	if g.superseded.Load() && (t.probe == nil || g.successor().breaker != b) {
		o = neither
	}
	b.settle(t, o, cause)
}

// attemptAbandoned takes note of an attempt that did not return, or could not be judged, and lets
// what was thrown go on up. It is deferred.
func (g *regime) attemptAbandoned(b *breaker, t *ticket, returned *bool) {
	if !*returned {
		g.attemptThrew(b, *t, recover())
	}
}

// attemptThrew takes the outcome of an attempt that did not return, and panics on with what was
// thrown: a panic is a failure. If nothing was thrown, it was runtime.Goexit, which is neither
// success nor failure, and ends the goroutine whatever we do here.
func (g *regime) attemptThrew(b *breaker, t ticket, thrown any) {
	g.stats.attemptsWithError.Add(1)
	g.tellBreaker(b, t, outcomeOf(thrown), errPanicked)
	if thrown != nil {
		panic(thrown)
	}
}

// outcomeOf returns what it says about the other side that an attempt threw something, or nothing.
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
	if g.timesAttempts {
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
	if err == nil && !g.superseded.Load() && b.passes(t) {
		judged = true
		g.unseen.add()
		return nil
	}
	o := g.judge(c.ctx, err)
	judged = true
	g.tellBreaker(b, t, o, err)
	return err
}
