package resil

// This file is for results that nobody gets.

import "io"

// Close closes what a failed attempt returned, by its method Close, whether that returns an error
// or not. What has no such method is left alone, and so is a nil pointer in an interface, which
// functions that fail often return.
//
// What the result's method panics with goes on to the caller. But what the attempts of a hedge
// leave behind is closed on a goroutine of its own, for which nobody waits: there a panic is
// recovered and counted in [Snapshot].DiscardPanics, and a client's first one is logged with its
// stack, by the loggers of [WithLogger], or else by [slog.Default].
func Close(result any) {
	if isNil(result) {
		return
	}
	switch c := result.(type) {
	case io.Closer:
		c.Close()
	case interface{ Close() }:
		c.Close()
	}
}

// discardInBackground runs discard on a goroutine of its own. Neither the caller nor the process
// nor what else is to be discarded depends on how discard ends, or whether it does.
func (g *Guard) discardInBackground(discard func()) {
	go g.client.discards.catch(discard, func(thrown any) { g.client.logDiscardPanic(g.method, thrown) })
}
