package resil

import (
	"context"
	"errors"
)

// This file runs what a breaker judges: one attempt, or one whole call.

// judgedAttempt runs one attempt, under the breaker if that judges attempts.
func (g *regime) judgedAttempt(ctx context.Context, fn func(context.Context) error) (err error) {
	var t ticket
	b := g.breaker
	if b != nil && !g.perCall {
		if t, err = b.begin(g.policy.Breaker.SlowCall > 0); err != nil {
			return err
		}
	} else {
		b = nil
	}
	returned := false
	defer func() {
		if returned {
			return
		}
		g.abandoned(b, t, recover())
	}()
	err = g.limited(ctx, fn)
	returned = true
	if err == nil && (b == nil || b.passes(t)) {
		g.successes.add()
		if b != nil && g.passed != g.successes {
			g.passed.add()
		}
		return nil
	}
	return g.attemptEnded(ctx, b, t, err)
}

// attemptEnded is the rest of judgedAttempt for what is not just a success like all others.
func (g *regime) attemptEnded(ctx context.Context, b *breaker, t ticket, err error) error {
	o := g.judge(ctx, err)
	g.stats.attemptEnded(g, o, err)
	if b != nil {
		b.settle(t, o, err)
	}
	return err
}

// judgedCall runs a whole call under a breaker that judges calls.
func (g *regime) judgedCall(ctx context.Context, fn func(context.Context) error) error {
	b := g.breaker
	t, err := b.begin(g.policy.Breaker.SlowCall > 0)
	if err != nil {
		return err
	}
	returned := false
	defer func() {
		if returned {
			return
		}
		thrown := recover()
		if thrown == nil {
			b.settle(t, neither, nil)
			return
		}
		b.settle(t, failure, errPanicked)
		panic(thrown)
	}()
	err = g.retried(ctx, fn)
	returned = true
	if err == nil && b.passes(t) {
		g.passed.add()
		return nil
	}
	b.settle(t, g.judge(ctx, err), err)
	return err
}

// abandoned takes the outcome of an attempt that did not return, and goes on with what it was thrown: a panic is a failure. Nothing thrown is
// runtime.Goexit, which is neither, and ends the goroutine whatever we do here.
func (g *regime) abandoned(b *breaker, t ticket, thrown any) {
	o, cause := neither, error(nil)
	if thrown != nil {
		o, cause = failure, errPanicked
	}
	g.stats.abandoned(g, o)
	if b != nil {
		b.settle(t, o, cause)
	}
	if thrown != nil {
		panic(thrown)
	}
}

var errPanicked = errors.New("the call panicked")
