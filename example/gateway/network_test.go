package main

import (
	"context"
	"fmt"
	"net"
	"sync"
)

// newPipes returns a network of pipes in memory. Unlike sockets they let a synctest bubble know
// when everybody waits, so that its time is virtual: eleven seconds of script take a moment, and a
// busy machine changes nothing.
func newPipes() network {
	var (
		mu        sync.Mutex
		listeners = map[string]*pipeListener{}
	)
	return network{
		listen: func() (net.Listener, error) {
			mu.Lock()
			defer mu.Unlock()
			l := &pipeListener{
				addr:   pipeAddr(fmt.Sprintf("service%d:80", len(listeners))),
				conns:  make(chan net.Conn),
				closed: make(chan struct{}),
			}
			listeners[l.addr.String()] = l
			return l, nil
		},
		dial: func(ctx context.Context, _, addr string) (net.Conn, error) {
			mu.Lock()
			l := listeners[addr]
			mu.Unlock()
			return l.dial(ctx)
		},
	}
}

// A pipeListener accepts the far ends of the pipes that were dialed.
type pipeListener struct {
	addr   pipeAddr
	conns  chan net.Conn
	closed chan struct{}
	once   sync.Once
}

func (l *pipeListener) dial(ctx context.Context) (net.Conn, error) {
	near, far := net.Pipe()
	select {
	case l.conns <- far:
		return near, nil
	case <-l.closed:
		return nil, net.ErrClosed
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (l *pipeListener) Accept() (net.Conn, error) {
	select {
	case conn := <-l.conns:
		return conn, nil
	case <-l.closed:
		return nil, net.ErrClosed
	}
}

func (l *pipeListener) Close() error {
	l.once.Do(func() { close(l.closed) })
	return nil
}

func (l *pipeListener) Addr() net.Addr { return l.addr }

type pipeAddr string

func (pipeAddr) Network() string  { return "pipe" }
func (a pipeAddr) String() string { return string(a) }
