package resil

// This file is the options of constructors, but for those that stand beside what they set.

import "log/slog"

// An Option changes how a client is set up; generated constructors take them: [WithName],
// [WithObserver], [WithLogger], [WithPolicy], [WithOverrides] and [WithRandSource].
type Option func(*Client)

// WithName names the client in errors, events, logs and metrics, instead of its package and
// interface. Two clients of one interface, say of two regions, are told apart by it.
func WithName(name string) Option {
	return func(c *Client) { c.name = name }
}

// WithObserver tells o what happens to the client's calls, without holding them up: see [Observer].
// With several, each is told of an event, in the order given, before the next event. It panics if o
// is nil.
func WithObserver(o Observer) Option {
	if o == nil {
		panic("resil: WithObserver: the observer is nil")
	}
	return func(c *Client) { c.observe(o) }
}

// WithPolicy gives a method this policy instead of the one that its annotation says; the zero
// Policy switches everything off, and overrides do not switch retry or hedge on again. The
// constructor panics if the policy is invalid or the method is not guarded; where the policy needs
// what generated code only has if the annotation asks for it, a hedge or a key; and with the reason
// that generating gave if a retry or a timeout cannot act on the method, or its annotation says
// off: see [Traits]. What nobody ruled out is yours to decide: a retry sends the arguments again.
// [ParsePolicy] reads a policy as directives write it, with their defaults.
func WithPolicy(method string, p Policy) Option {
	return func(c *Client) { c.policies[method] = p }
}

// WithLogger logs what an operator should know. An outage does not flood the log: calls given up
// and exhausted budgets are logged at most once in ten seconds for each method.
//
//	message                    level                     keys
//	resil: state changed       WARN to open, else INFO   client, method, key, from, to, error
//	resil: gave up             WARN                      client, method, key, attempts, left_out, error
//	resil: over budget         WARN                      client, method, key, attempts, left_out, error
//	resil: policy changed      INFO                      client, method, change
//	resil: overrides refused   ERROR                     client, method (empty), error
//	resil: overrides left out  WARN                      client, method (empty for several), error
//	resil: overrides pending   INFO                      client, method (empty), error
//	resil: observer panicked   ERROR                     client, observer (its type), panic, stack; once a client and observer
//	resil: discard panicked    ERROR                     client, method, panic, stack; once a client: see Close
//
// The key is there if the breaker is one of several by key=, the error if something failed, and
// left_out is how many of the same kind were not logged since the last one. The two panics are
// logged without WithLogger too, by [slog.Default].
//
// The logger is an [Observer]: calls do not wait for the log, and [Client.Flush] does. It may be
// given to any number of clients, each of which counts for itself. WithLogger panics if l is nil.
func WithLogger(l *slog.Logger) Option {
	if l == nil {
		panic("resil: WithLogger: the logger is nil")
	}
	return func(c *Client) { c.observe(&logger{log: l, floods: map[floodKey]*flood{}}) }
}
