package resil

import (
	"context"
	"testing"
	"time"
)

// looked keeps what a benchmark looks at.
var looked struct {
	context.Context
	deadline time.Time
	done     <-chan struct{}
}

// BenchmarkContexts holds our contexts, from the reading of the clock to their end, beside that of
// package context: under a caller that can be cancelled, asked for no more than the deadline, or
// for Done.
func BenchmarkContexts(b *testing.B) {
	caller, cancel := context.WithCancel(b.Context())
	defer cancel()
	for _, look := range []struct {
		at string
		of func(context.Context)
	}{
		{"Deadline", func(ctx context.Context) { looked.deadline, _ = ctx.Deadline() }},
		{"Done", func(ctx context.Context) { looked.done = ctx.Done() }},
	} {
		for _, kind := range []struct {
			name string
			live func()
		}{
			{"std", func() {
				ctx, cancel := context.WithTimeoutCause(caller, time.Minute, errAttemptTimeout)
				look.of(ctx)
				cancel()
			}},
			{"attempt", func() {
				ctx := newAttemptContext(caller, time.Now().Add(time.Minute), errAttemptTimeout)
				look.of(ctx)
				ctx.end()
			}},
			{"followed", func() {
				ctx := newFollowedContext(caller, time.Now().Add(time.Minute), errAttemptTimeout)
				look.of(ctx)
				ctx.keep()
				ctx.end()
			}},
		} {
			b.Run(look.at+"/"+kind.name, func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					kind.live()
				}
			})
		}
	}
}
