package resil

// An Option changes how a client is set up; generated constructors take them.
type Option func(*Client)

// WithName names the client in errors, events, logs and metrics, instead of its package and interface. Two clients of one
// interface, say of two regions, are told apart by it.
func WithName(name string) Option {
	return func(c *Client) { c.name = name }
}

// WithObserver tells o what happens to the client's calls. With several, each is told, in the order given.
func WithObserver(o Observer) Option {
	return func(c *Client) { c.observers = append(c.observers, o) }
}
