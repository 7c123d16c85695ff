package main

// One run of the script: clients, api_gateway and request_processor, put together, watched, and
// taken apart again.

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"time"

	resil "github.com/resilgen/resilgen/runtime"
)

// An outcome is what happened in one run.
type outcome struct {
	way         string
	samples     samples // by client
	transitions []transition
	done        int // requests that the processor worked off
	wasted      int // those among them whose caller had left
}

// A transition is one change of the breaker's state.
type transition struct {
	at time.Duration // since the script began
	to resil.State
}

// play runs the script once. When it returns, everything that it started has stopped.
func play(ctx context.Context, n network, script []phase, seed uint64, w way, show *progress) (outcome, error) {
	sys, err := newSystem(n, seed, w)
	if err != nil {
		return outcome{}, err
	}
	clients := &crowd{url: sys.gateway.url, http: sys.toGateway, tallies: make([]tally, len(script))}
	sys.start = time.Now()

	var stage sync.WaitGroup
	stage.Go(func() { direct(ctx, script, sys.backend, clients, show) })
	became := clients.come(ctx, schedule(script, seed))
	stage.Wait()

	if err := errors.Join(sys.stop(), context.Cause(ctx)); err != nil {
		return outcome{}, err
	}
	return sys.outcome(became), nil
}

// direct walks through the phases: it starts and ends outages and shows how things are.
func direct(ctx context.Context, script []phase, b *backend, clients *crowd, show *progress) {
	for i, p := range script {
		b.setDown(p.down)
		line := func() string { return clients.tallies[i].line(p.name, len(b.queue)) }
		if !show.during(ctx, p.length, line) {
			break
		}
	}
	b.setDown(false)
}

// A system is the api_gateway and the request_processor, running.
type system struct {
	way                    string
	backend                *backend
	wrapped                Processor // as the gateway calls it
	stopWork               context.CancelFunc
	processor, gateway     *service
	toProcessor, toGateway *http.Client
	start                  time.Time // of the script

	mu          sync.Mutex
	transitions []transition
}

func newSystem(n network, seed uint64, w way) (*system, error) {
	sys := &system{way: w.name, toProcessor: n.client(), toGateway: n.client()}
	working, stopWork := context.WithCancel(context.Background())
	sys.backend, sys.stopWork = newBackend(working, seed), stopWork
	var err error
	if sys.processor, err = n.serve(sys.backend); err != nil {
		return nil, errors.Join(err, sys.stop())
	}
	client := &processorClient{url: sys.processor.url, http: sys.toProcessor}
	sys.wrapped = w.wrap(client, sys)
	if sys.gateway, err = n.serve(newGateway(sys.wrapped)); err != nil {
		return nil, errors.Join(err, sys.stop())
	}
	return sys, nil
}

// Observe notes what the generated wrapper tells about its breaker.
func (sys *system) Observe(e resil.Event) {
	if e.Kind != resil.StateChanged {
		return
	}
	sys.mu.Lock()
	defer sys.mu.Unlock()
	sys.transitions = append(sys.transitions, transition{at: e.Time.Sub(sys.start), to: e.To})
}

// stop stops everything, from the outside in, so that what is under way can end and be told.
func (sys *system) stop() error {
	sys.toGateway.CloseIdleConnections()
	err := sys.gateway.stop()
	sys.toProcessor.CloseIdleConnections()
	err = errors.Join(err, sys.processor.stop())
	sys.stopWork()
	sys.backend.crew.Wait()
	if p, ok := sys.wrapped.(*ResilientProcessor); ok {
		err = errors.Join(err, p.Resil.Flush(context.Background()))
	}
	return err
}

// outcome sums up a system that has stopped.
func (sys *system) outcome(became samples) outcome {
	for id := range became {
		became[id].received = sys.backend.received[id]
	}
	sys.mu.Lock() // a breaker that is open when all stops still gets half-open in its time
	defer sys.mu.Unlock()
	return outcome{
		way:         sys.way,
		samples:     became,
		transitions: sys.transitions,
		done:        sys.backend.done,
		wasted:      sys.backend.wasted,
	}
}
