package main

// Where the services listen and how they reach each other.

import (
	"context"
	"errors"
	"net"
	"net/http"
	"time"
)

// A network connects services. The tests have one of their own, in which time is virtual.
type network struct {
	listen func() (net.Listener, error)
	dial   func(ctx context.Context, network, addr string) (net.Conn, error)
}

// loopback is this machine's own network, on ports that happen to be free.
var loopback = network{
	listen: func() (net.Listener, error) { return net.Listen("tcp", "127.0.0.1:0") },
	dial:   new(net.Dialer).DialContext,
}

// client returns an HTTP client without timeouts that keeps enough idle connections for everything
// that is under way at once.
func (n network) client() *http.Client {
	return &http.Client{Transport: &http.Transport{DialContext: n.dial, MaxIdleConnsPerHost: 1000}}
}

// A service is a handler that can be reached.
type service struct {
	url     string
	server  http.Server
	stopped chan struct{}
}

func (n network) serve(handler http.Handler) (*service, error) {
	listener, err := n.listen()
	if err != nil {
		return nil, err
	}
	s := &service{
		url:     "http://" + listener.Addr().String() + "/process",
		server:  http.Server{Handler: handler},
		stopped: make(chan struct{}),
	}
	go func() {
		defer close(s.stopped)
		s.server.Serve(listener)
	}()
	return s, nil
}

// stop lets the requests under way end, for five seconds at most, and returns when the service has
// stopped. It does nothing to a nil service.
func (s *service) stop() error {
	if s == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	err := s.server.Shutdown(ctx)
	if err != nil {
		err = errors.Join(err, s.server.Close())
	}
	<-s.stopped
	return err
}
