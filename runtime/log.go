package resil

// This file is the observer that writes a log.

import (
	"context"
	"log/slog"
	"time"
)

// A logger is the observer that WithLogger makes of a log for one client: two clients that share a
// log do not silence each other.
type logger struct {
	log    *slog.Logger
	floods map[floodKey]*flood
}

// floodKey is what may flood the log: one kind of event of one method.
type floodKey struct {
	kind   EventKind
	method string
}

// A flood is when an event of its kind was last logged, and how many were not since then.
type flood struct {
	logged  time.Time
	leftOut int
}

// logEvery is how often calls given up, and exhausted budgets, are logged for each method.
const logEvery = 10 * time.Second

// Observe logs the event, if it is for the log.
func (l *logger) Observe(e Event) {
	attrs := []slog.Attr{slog.String("client", e.Client), slog.String("method", e.Method)}
	if e.Key != "" {
		attrs = append(attrs, slog.String("key", e.Key))
	}
	level := slog.LevelWarn
	switch e.Kind {
	case StateChanged:
		if e.To != Open {
			level = slog.LevelInfo
		}
		attrs = append(attrs, slog.String("from", e.From.String()), slog.String("to", e.To.String()))
	case PolicyChanged:
		level = slog.LevelInfo
		attrs = append(attrs, slog.String("change", e.Change))
	case OverridesRefused:
		level = slog.LevelError
	case OverridesLeftOut: // a warning
	case OverridesPending:
		level = slog.LevelInfo
	case GaveUp, OverBudget:
		leftOut, ok := l.mayLog(e)
		if !ok {
			return
		}
		attrs = append(attrs, slog.Int("attempts", e.Attempt), slog.Int("left_out", leftOut))
	default:
		return
	}
	if e.Err != nil {
		attrs = append(attrs, slog.Any("error", e.Err))
	}
	l.log.LogAttrs(context.Background(), level, "resil: "+e.Kind.String(), attrs...)
}

// mayLog reports whether the event is far enough from the last of its kind, and how many were left
// out in between.
func (l *logger) mayLog(e Event) (leftOut int, ok bool) {
	key := floodKey{e.Kind, e.Method}
	f := l.floods[key]
	if f == nil {
		f = &flood{}
		l.floods[key] = f
	}
	if !f.logged.IsZero() && e.Time.Sub(f.logged) < logEvery {
		f.leftOut++
		return 0, false
	}
	leftOut, f.logged, f.leftOut = f.leftOut, e.Time, 0
	return leftOut, true
}
