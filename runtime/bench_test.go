package resil_test

import (
	"context"
	"testing"

	resil "github.com/resilgen/resilgen/runtime"
)

type caller interface {
	Call(ctx context.Context, n int) (int, error)
}
type direct struct{}

func (direct) Call(ctx context.Context, n int) (int, error) { return n, nil }

type wrapped struct {
	next caller
	call *resil.Guard
}

func (r *wrapped) Call(ctx context.Context, n int) (result int, err error) {
	err = r.call.Do(ctx, func(ctx context.Context) error {
		result, err = r.next.Call(ctx, n)
		return err
	})
	return result, err
}

var sink caller = direct{}

func BenchmarkHealthy(b *testing.B) {
	ctx := context.Background()
	b.Run("direct", func(b *testing.B) {
		c := sink
		for b.Loop() {
			c.Call(ctx, 1)
		}
	})
	for _, policy := range []string{"retry", "retry\nbreaker failures=5", "retry\nbreaker", "retry\nbreaker window=20"} {
		b.Run(policy, func(b *testing.B) {
			p, err := resil.ParsePolicy(policy)
			if err != nil {
				b.Fatal(err)
			}
			var c caller = &wrapped{direct{}, resil.NewClient("x", direct{}).Guard("Call", p)}
			b.ReportAllocs()
			for b.Loop() {
				c.Call(ctx, 1)
			}
		})
	}
}

// BenchmarkFlaky is a call whose first attempt fails and whose second succeeds: at once, after a
// timer, and after one that dice set.
func BenchmarkFlaky(b *testing.B) {
	for _, policy := range []string{"retry initial=0", "retry initial=20ns jitter=none", "retry initial=20ns"} {
		b.Run(policy, func(b *testing.B) {
			p, err := resil.ParsePolicy(policy + " budget=off")
			if err != nil {
				b.Fatal(err)
			}
			g := resil.NewClient("x", direct{}).Guard("Call", p)
			b.ReportAllocs()
			for b.Loop() {
				calls := 0
				g.Do(context.Background(), func(context.Context) error {
					if calls++; calls == 1 {
						return errBackend
					}
					return nil
				})
			}
		})
	}
}
