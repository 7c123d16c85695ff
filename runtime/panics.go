package resil

// This file is for what the user brought and we call on goroutines of our own: observers, log
// handlers, discarding. A panic there would end the process, and nobody could recover it. So we do,
// count it, and log the first of each culprit: one that panics once will do it again.

import (
	"context"
	"fmt"
	"log/slog"
	"runtime/debug"
	"sync/atomic"
)

// panics are those of one culprit. The zero value is ready.
type panics struct {
	count atomic.Int64
}

// catch calls f. If it panics, that is counted, and report gets the first; it is called where
// [debug.Stack] still shows from where.
func (p *panics) catch(f func(), report func(thrown any)) {
	defer func() {
		if thrown := recover(); thrown != nil && p.count.Add(1) == 1 {
			report(thrown)
		}
	}()
	f()
}

// logObserverPanic logs an observer's panic.
func (c *Client) logObserverPanic(l *listener, thrown any) {
	c.logPanic("resil: observer panicked", slog.String("observer", fmt.Sprintf("%T", l.Observer)), thrown, l)
}

// logDiscardPanic logs a panic in what was to close a method's result.
func (c *Client) logDiscardPanic(method string, thrown any) {
	c.logPanic("resil: discard panicked", slog.String("method", method), thrown, nil)
}

// logPanic logs a panic by the client's loggers, but for the one that panicked; by [slog.Default]
// if there is no other. Handlers are the user's too, and one that panics here has been told as well
// as it can be.
func (c *Client) logPanic(message string, who slog.Attr, thrown any, culprit *listener) {
	attrs := []slog.Attr{slog.String("client", c.name), who,
		slog.String("panic", fmt.Sprint(thrown)), slog.String("stack", string(debug.Stack()))}
	for _, log := range c.logs(culprit) {
		func() {
			defer func() { _ = recover() }()
			log.LogAttrs(context.Background(), slog.LevelError, message, attrs...)
		}()
	}
}

// logs returns where to log, with one listener left out.
func (c *Client) logs(without *listener) (list []*slog.Logger) {
	if c.events != nil {
		for _, l := range c.events.listeners {
			if logger, ok := l.Observer.(*logger); ok && l != without {
				list = append(list, logger.log)
			}
		}
	}
	if list == nil {
		list = append(list, slog.Default())
	}
	return list
}
