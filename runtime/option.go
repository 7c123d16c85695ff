package resil

import "log/slog"

// An Option changes how a client is set up; generated constructors take them.
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
func WithPolicy(method string, p Policy) Option {
	return func(c *Client) { c.policies[method] = p }
}

// WithLogger logs what an operator should know: state changes of breakers, calls given up and
// exhausted budgets; the last two at most once in ten seconds for each method, with the number of
// those left out. The package documentation has the table of keys. What is true of observers holds:
// calls do not wait for the log, and [Client.Flush] does. It may be given to any number of clients,
// each of which counts for itself. It panics if l is nil.
func WithLogger(l *slog.Logger) Option {
	if l == nil {
		panic("resil: WithLogger: the logger is nil")
	}
	return func(c *Client) { c.observe(&logger{log: l, floods: map[floodKey]*flood{}}) }
}
