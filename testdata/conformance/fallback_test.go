package conformance

import (
	"context"
	"strings"
	"testing"
)

var fallbackCases = []scenario{
	{"F1", microProfile, "when attempts ran out the fallback gets the arguments and the error", virtual(func(t *testing.T) {
		b := newBackend(fails)
		got, err := NewResilientF1(b).Get(t.Context(), "a key")
		if err != nil || !strings.HasPrefix(got, "a key, in spite of ") || !strings.HasSuffix(got, "failure A") {
			t.Errorf("%q, %v", got, err)
		}
		b.executions(t, 2)
	})},
	{"F2", microProfile, "a fallback of another signature is refused at its directive, with the one that is wanted", refused(`package p

import "context"

//resilgen:wrap
type P interface {
	//resilgen:fallback remembered
	Get(ctx context.Context, key string) (string, error)
}

func remembered(key string) (string, error) { return key, nil }
`, "remembered\n\tGet", "func(ctx context.Context, key string, err error) (string, error) is wanted")},
	{"F3", failsafe, "a cancelled caller gets no fallback", virtual(func(t *testing.T) {
		b := newBackend(hangs)
		ctx, cancel := context.WithCancel(t.Context())
		inBackground(ctx, func(context.Context) error { cancel(); return nil })
		_, err := NewResilientF1(b).Get(ctx, "a key")
		same(t, err, context.Canceled)

		ctx, cancel = context.WithCancel(t.Context())
		b.will(answer{then: func() error { cancel(); return ErrA }})
		got, err := NewResilientF1(b).Get(ctx, "a key")
		if strings.Contains(got, "in spite of") {
			t.Errorf("%q", got)
		}
		is(t, err, ErrA)
	})},
	{"F4", failsafe, "the error of a fallback that fails is the cause as well", virtual(func(t *testing.T) {
		_, err := NewResilientF4(newBackend(fails)).Get(t.Context(), "a key")
		is(t, err, ErrB, ErrA)
	})},
}
